// One phone: a log, a composer, a connection. The demo opens three of them, the page chat.html one.

import { newId, openStream, post } from "./link.js";
import { Line, element } from "./line.js";
import { chosen, language, say, speak, translate } from "./words.js";

const NEAR_THE_END = 40;
const PAUSE_WORTH_A_TIME = 300;
const LATE_ANSWER = 2;
const DOUBLE_CLICK = 600;
const LONGEST = 4000;
const COMFORTABLE_POINTER = matchMedia("(pointer: fine)");

export class Phone {
  // onSent: the server took a message; onUnread: the number changed; adopts: the page follows the server's language
  constructor(node, name, { onSent = () => {}, onUnread = () => {}, adopts = false, heading = "h2" } = {}) {
    Object.assign(this, { node, name, onSent, onUnread, adopts });
    this.lines = [];
    this.unread = new Set();
    this.shownUnread = 0;
    this.quoted = null;
    this.queue = Promise.resolve();
    this.skew = 0;
    this.showing = true;
    this.atEnd = true;
    this.greeted = false;
    this.leftKey = name === "cadre" ? "undo-left" : "join-left";
    this.build(heading);
    this.listen();
    // The greeting comes with the connection, so the language must be known before it.
    if (chosen) this.tell(chosen);
    this.queue = this.queue.then(() => this.connect());
  }

  connect() {
    this.stream = openStream(this.name, {
      onFrame: (frame) => this.take(frame),
      onState: (online) => this.connected(online),
    });
  }

  build(heading) {
    const { name } = this;
    this.dot = element("span", { "class": "dot", "data-testid": `${name}-connection`, "data-say-title": "offline" },
      element("span", { "class": "hidden-label", "data-say": "offline" }));
    this.badge = element("span", { "class": "badge", "data-testid": `${name}-unread`, "hidden": true });
    this.under = element("p", { "class": "under", "data-say": `under-${name}` });
    this.bar = element("header", { class: "bar" },
      this.dot,
      element("div", { class: "names" },
        element(heading, { "class": "title", "id": `${name}-title`, "data-say": `title-${name}` }), this.under),
      this.badge);
    this.log = element("div", {
      "class": "log", "data-testid": `${name}-log`, "role": "log", "aria-live": "polite", "aria-relevant": "additions",
      "aria-busy": "true", "aria-labelledby": `${name}-title`, "tabindex": "0",
    });
    this.empty = element("p", { "class": "empty", "data-say": `empty-${name}` });
    this.below = element("button", { "type": "button", "class": "below", "data-say": "new-below", "hidden": true });
    this.quote = element("div", { "class": "quote", "data-testid": "quote", "hidden": true },
      element("span", { class: "quoted", dir: "auto" }),
      element("button", { "type": "button", "class": "cancel", "data-testid": "quote-cancel", "data-say-label": "cancel-reply" }));
    this.input = element("textarea", {
      "id": `${name}-input`, "data-testid": `${name}-input`, "rows": "1", "dir": "auto", "enterkeyhint": "send",
      "autocomplete": "off", "data-say-placeholder": `input-${name}`, "data-say-title": "keys",
    });
    this.button = element("button", { "type": "submit", "class": "send", "data-testid": `${name}-send`, "data-say": "send", "disabled": true });
    this.form = element("form", { class: "composer" },
      this.quote,
      element("label", { "class": "hidden-label", "for": `${name}-input`, "data-say": `input-${name}` }),
      this.input, this.button);
    this.log.append(this.empty);
    this.node.classList.add("phone");
    this.node.dataset.name = name;
    this.node.setAttribute("aria-labelledby", `${name}-title`);
    this.node.append(this.bar, element("div", { class: "middle" }, this.log, this.below), this.form);
    translate(this.node);
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.quoted) this.cite(null);
      // 229: Safari reports the Enter that ends a composition after the composition has ended.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.send();
    });
    this.input.addEventListener("input", () => this.fit());
    // A tap on "send" that took the focus would close the keyboard between two messages.
    this.button.addEventListener("mousedown", (event) => event.preventDefault());
    this.quote.lastChild.addEventListener("click", () => this.cite(null));
    this.below.addEventListener("click", () => this.toEnd());
    this.log.addEventListener("scroll", () => {
      this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_THE_END;
      this.look();
    }, { passive: true });
    // The keyboard of a real phone, a growing input and a turned screen all take height from the log.
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.log);
    document.addEventListener("visibilitychange", () => this.look());
  }

  // --- what comes in

  take(frame) {
    if (frame.type === "hello") this.greet(frame);
    if (frame.type === "bubble") {
      // Nothing comes before its time, so the server's clock is at least there.
      this.skew = Math.max(this.skew, frame.bubble.at - Date.now() / 1000);
      this.put(frame.bubble, true);
    }
    if (frame.type === "remove") this.remove(this.find(frame.id));
    this.tidy();
  }

  greet({ language: theirs, now, until, bubbles }) {
    this.skew = now - Date.now() / 1000;
    for (const bubble of bubbles) this.put(bubble, this.greeted);
    this.extend(until, this.newest(() => true));
    this.greeted = true;
    // Only after the first filling: a screen reader should not read the whole past aloud.
    setTimeout(() => this.log.setAttribute("aria-busy", "false"));
    if (!chosen && this.adopts && theirs !== language) speak(theirs);
  }

  put(bubble, counts) {
    const line = this.find(bubble.id) ?? this.expected(bubble);
    if (line) {
      line.pending = false;
      const { at } = line;
      line.update(bubble);
      // One's own words stay where they were said: below what was there, above what answers them.
      if (line.from === "me") line.at = at;
      else this.place(line);
      return;
    }
    this.place(this.make(bubble));
    if (counts && bubble.from === "bot" && !this.seen()) this.unread.add(bubble.id);
  }

  // The socket can bring our own words before the POST that sent them has its answer.
  expected({ from, text, at }) {
    if (from !== "me") return undefined;
    return this.lines.find((line) => line.pending && line.text === text && at > line.at - 30);
  }

  make(bubble) {
    return new Line(bubble, {
      press: (line, button) => this.press(line, button),
      quote: (line) => this.cite(line),
      leftKey: this.leftKey,
    });
  }

  place(line) {
    this.lines = this.lines.filter((other) => other !== line);
    let index = this.lines.length;
    while (index > 0 && this.lines[index - 1].at > line.at) index -= 1;
    this.lines.splice(index, 0, line);
    const next = this.lines[index + 1]?.node ?? null;
    // Moving a node that is already right would make a screen reader say it again.
    if (line.node.parentNode !== this.log || line.node.nextSibling !== next) this.log.insertBefore(line.node, next);
  }

  remove(line) {
    if (!line) return;
    if (this.quoted === line) this.cite(null);
    this.lines = this.lines.filter((other) => other !== line);
    this.unread.delete(line.id);
    line.node.remove();
  }

  find(id) {
    return this.lines.find((line) => line.id === id);
  }

  newest(fits) {
    return this.lines.filter((line) => line.from === "bot" && fits(line)).at(-1);
  }

  // Later bubbles of a letter prolong the time to add more. An undo belongs to one answer and is never prolonged.
  // The answer may come before the receipt of a new letter: an older letter's must not begin to count again.
  extend(until, otherwise, name) {
    if (until === null || until === undefined || this.leftKey !== "join-left") return;
    const counts = (other) => other.until !== null && other.until > this.now() - LATE_ANSWER;
    const line = this.newest((other) => counts(other) && (!name || other.name === name)) ?? otherwise;
    // A time that is over ends the countdown: the letter was handed over or taken back.
    if (line) line.until = until <= this.now() ? until : Math.max(line.until ?? 0, until);
  }

  // --- what goes out

  send() {
    const text = this.input.value;
    if (!text.trim()) return;
    const quoted = this.quoted;
    const line = this.mine(text);
    if (quoted) line.cite(quoted.text);
    this.input.value = "";
    this.cite(null);
    this.fit();
    this.deliver(line, { text, ...(quoted && { reply_to: quoted.id }) }, () => {
      this.input.value = this.input.value ? `${text}\n${this.input.value}` : text;
      if (quoted && this.lines.includes(quoted)) this.cite(quoted);
      this.fit();
    });
  }

  press(line, button) {
    line.allow(false);
    if (COMFORTABLE_POINTER.matches) this.input.focus({ preventScroll: true });
    // A second click of a double click is none; after that the server knows which button still works.
    const again = () => setTimeout(() => line.allow(true), DOUBLE_CLICK);
    this.deliver(this.mine(button.label), { choice: button.token }, again, () => {
      line.mark(button);
      if (this.leftKey === "undo-left" && line.until !== null) line.until = 0;
      again();
    });
  }

  mine(text) {
    // The words of a failed one went back into the input, so its bubble has done its duty.
    for (const line of this.lines.filter((other) => other.node.dataset.state === "unsent")) this.remove(line);
    // Never above what is on the screen, and never below the answer, whose clock may be a second behind.
    const at = Math.max(Math.floor(this.now()) - 1, this.lines.at(-1)?.at ?? 0);
    const line = this.make({ id: `mine-${newId()}`, from: "me", text, at });
    line.pending = true;
    line.note("sending");
    this.place(line);
    this.tidy();
    this.toEnd();
    return line;
  }

  // One after the other: what was written first must arrive first, also over a bad network.
  deliver(line, body, onRefused, onTaken = () => {}) {
    const whole = { id: newId(), ...body };
    this.queue = this.queue.then(async () => {
      const answer = tooLong(body.text) ?? await post(`/web/${this.name}/messages`, whole, () => line.note("retrying"));
      if (answer.error) {
        line.pending = false;
        line.note("unsent", answer.error);
        onRefused();
      } else {
        line.note("");
        this.identify(line, answer.bubble);
        this.extend(answer.until, undefined, answer.case);
        onTaken();
      }
      this.tidy();
      this.onSent();
    });
  }

  identify(line, id) {
    const twin = this.find(id);
    if (!id || twin === line) line.pending = false;
    else if (line.pending && twin) this.remove(line);
    else if (line.pending) {
      line.pending = false;
      line.rename(id);
    } else if (!twin) this.place(this.make({ id, from: "me", text: line.text, at: line.at }));
  }

  tell(wanted) {
    this.queue = this.queue.then(() => post(`/web/${this.name}/language`, { id: newId(), language: wanted }));
  }

  // Another person takes this phone: what is still on its way belongs to the one before.
  handOver(change) {
    this.queue = this.queue.then(async () => {
      await change();
      for (const line of [...this.lines]) this.remove(line);
      this.greeted = false;
      this.atEnd = true;
      this.tidy();
    });
    if (chosen) this.tell(chosen);
    this.queue = this.queue.then(() => this.stream.again());
  }

  // --- what is seen

  now() {
    return Date.now() / 1000 + this.skew;
  }

  seen() {
    return this.showing && !document.hidden && this.atEnd;
  }

  look() {
    if (this.seen()) this.unread.clear();
    const n = this.unread.size;
    if (n === this.shownUnread) return;
    this.shownUnread = n;
    this.badge.hidden = n === 0;
    this.badge.textContent = n || "";
    this.badge.dataset.n = this.below.dataset.n = n;
    this.badge.setAttribute("aria-label", say("unread", { n }));
    this.below.hidden = n === 0;
    translate(this.below.parentNode);
    this.onUnread();
  }

  show(showing) {
    this.showing = showing;
    this.look();
  }

  toEnd() {
    this.atEnd = true;
    this.log.scrollTop = this.log.scrollHeight;
    this.look();
  }

  tidy() {
    this.empty.hidden = this.lines.length > 0 || !this.greeted;
    let before = 0;
    for (const line of this.lines) {
      line.when.hidden = line.at - before < PAUSE_WORTH_A_TIME;
      if (!line.when.hidden) line.when.textContent = clock(line.at);
      before = line.at;
    }
    this.tick();
    if (this.atEnd) this.toEnd();
    else this.look();
  }

  tick() {
    clearTimeout(this.ticking);
    const now = this.now();
    const running = this.lines.filter((line) => line.tick(now));
    if (running.length) this.ticking = setTimeout(() => this.tick(), 100);
  }

  connected(online) {
    const word = online ? "online" : "offline";
    if (this.dot.dataset.state === word) return;
    this.dot.dataset.state = word;
    this.dot.dataset.sayTitle = this.dot.firstChild.dataset.say = word;
    translate(this.bar);
  }

  cite(line) {
    this.quoted = line;
    this.quote.hidden = !line;
    if (!line) return;
    this.quote.firstChild.textContent = `${say("reply-to", { name: line.name })}: ${line.text}`;
    this.input.focus();
  }

  fit() {
    this.button.disabled = !this.input.value.trim();
    this.input.style.height = "auto";
    const edges = this.input.offsetHeight - this.input.clientHeight;
    this.input.style.height = `${this.input.scrollHeight + edges}px`;
  }
}

// Said here already, so that the words go back into the input instead of on a long way.
function tooLong(text = "") {
  const n = [...text].length;
  return n > LONGEST ? { error: say("too-long", { n, most: LONGEST }) } : null;
}

function clock(at) {
  const then = new Date(at * 1000);
  const today = new Date().toDateString() === then.toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  return then.toLocaleString(language, { ...day, hour: "2-digit", minute: "2-digit", hour12: false });
}

