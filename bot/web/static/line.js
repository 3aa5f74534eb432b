// One line of the log: the bubble with what belongs to it (time, countdown, buttons, notes).

import { say, translate } from "./words.js";

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export class Line {
  // actions: press(line, button), quote(line), leftKey: the word for the running countdown
  constructor(bubble, actions) {
    this.actions = actions;
    this.from = bubble.from;
    this.when = element("time", { class: "when" });
    this.said = element("div", { class: "said", dir: "auto" });
    this.words = element("div", { class: "words" }, this.said);
    this.choices = element("div", { class: "choices", role: "group" });
    this.bubble = element("div", { "class": "bubble", "data-testid": "bubble", "data-from": this.from }, this.words);
    this.node = element("div", { class: "line", "data-from": this.from },
      this.when,
      element("span", { class: "hidden-label", "data-say": `by-${this.from}` }),
      element("span", { class: "avatar", "aria-hidden": "true" }),
      this.bubble,
    );
    this.update(bubble);
    translate(this.node);
  }

  update({ id, text, at, buttons = [], until = null, case: name = "" }) {
    this.rename(id);
    this.at = at;
    this.text = text;
    this.name = name;
    this.until = until;
    this.said.textContent = text;
    this.when.dateTime = new Date(at * 1000).toISOString();
    this.offer(buttons);
    if (name && !this.reply) this.addReply();
  }

  rename(id) {
    this.id = id;
    this.bubble.dataset.id = id;
  }

  offer(buttons) {
    const tokens = JSON.stringify(buttons);
    if (tokens === this.tokens) return;
    this.tokens = tokens;
    this.choices.replaceChildren(...buttons.map((button) => {
      const node = element("button", { "type": "button", "class": "choice", "data-testid": "choice" }, button.label);
      node.addEventListener("click", () => this.actions.press(this, button, node));
      return node;
    }));
    if (buttons.length) this.words.after(this.choices);
    else this.choices.remove();
  }

  allow(allowed) {
    for (const node of this.choices.children) node.disabled = !allowed;
  }

  mark(pressed) {
    const index = JSON.parse(this.tokens).findIndex((button) => button.token === pressed.token);
    this.choices.children[index]?.classList.add("pressed");
  }

  addReply() {
    this.reply = element("button", {
      "type": "button", "class": "reply", "data-testid": "reply", "data-say": "reply",
      "data-say-label": "reply-to", "data-name": this.name,
    });
    this.reply.addEventListener("click", () => this.actions.quote(this));
    this.node.append(this.reply);
    translate(this.node);
  }

  cite(text) {
    this.bubble.append(element("div", { class: "cited", dir: "auto" }, text));
  }

  // state: sending | retrying | unsent | "" ; error: the server's sentence
  note(state, error = "") {
    this.node.dataset.state = state;
    this.status?.remove();
    this.status = null;
    if (!state) return;
    this.status = element("div", { "class": "note", "data-testid": state === "unsent" ? "error" : "status" });
    if (error) this.status.textContent = error;
    else this.status.dataset.say = state;
    this.bubble.append(this.status);
    translate(this.node);
  }

  // Called several times a second while it runs; `now` is the server's clock. Answers whether it still runs.
  tick(now) {
    const left = this.until === null ? 0 : this.until - now;
    if (left <= 0) {
      this.countdown?.remove();
      this.countdown = null;
      // What cannot be undone any more should not offer it.
      if (this.until !== null && this.actions.leftKey === "undo-left") this.choices.remove();
      return false;
    }
    if (!this.countdown) {
      this.full = left;
      // A log that is read aloud must not read every second of it.
      this.countdown = element("div", { "class": "countdown", "data-testid": "countdown", "role": "timer", "aria-live": "off" },
        element("span", { "class": "ring", "aria-hidden": "true" }), element("span"));
      this.words.append(this.countdown);
    }
    this.full = Math.max(this.full, left);
    const [ring, text] = this.countdown.children;
    ring.style.setProperty("--left", `${(left / this.full) * 360}deg`);
    const sentence = say(this.actions.leftKey, { n: Math.ceil(left) });
    if (text.textContent !== sentence) text.textContent = sentence;
    return true;
  }
}
