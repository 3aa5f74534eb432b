// Under the phones: how far the last letter is, and what the database holds of it.

import { element } from "./line.js";
import { get } from "./link.js";
import { language, say, translate } from "./words.js";

const STEPS = ["received", "tagged", "queued", "delivered"];
const LONGEST_BYTES = 24;
const LONGEST_TEXT = 120;

export function followPath() {
  const about = document.getElementById("path-about");
  const toggle = document.getElementById("stored-toggle");
  const panel = document.getElementById("stored");
  const rows = document.getElementById("stored-rows");
  let path = null;
  let stored = "";
  let asking = false;

  toggle.addEventListener("click", async () => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute("aria-expanded", !panel.hidden);
    if (panel.hidden) return;
    await lookInside();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    panel.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  });
  setInterval(() => document.hidden || look(), 1000);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  look();
  return { look, draw };

  async function look() {
    if (asking) return;
    asking = true;
    path = (await get(`/demo/path?lang=${language}`)) ?? path;
    draw();
    if (!panel.hidden) await lookInside();
    asking = false;
  }

  function draw() {
    const start = path?.received ?? null;
    for (const step of STEPS) {
      const node = document.getElementById(`path-${step}`);
      const at = path?.[step] ?? null;
      node.dataset.done = at !== null;
      node.lastElementChild.textContent = at === null ? "–" : step === "received" ? clock(at) : since(at - start);
    }
    const known = [path?.name, path?.category].filter(Boolean);
    about.textContent = start === null ? say("path-none") : known.join(" · ");
  }

  async function lookInside() {
    const answer = await get("/demo/stored");
    if (!answer) return;
    const text = JSON.stringify(answer);
    // Drawing again would take away what the visitor has just selected or scrolled to.
    if (text === stored) return;
    stored = text;
    rows.replaceChildren(...(answer.rows.length ? answer.rows.map(table) : [element("p", { "data-say": "stored-none" })]));
    translate(rows);
  }
}

function clock(at) {
  const then = new Date(at);
  const seconds = then.toLocaleTimeString(language, { hour12: false, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return `${seconds}.${String(then.getMilliseconds()).padStart(3, "0")}`;
}

function since(milliseconds) {
  if (milliseconds < 1000) return `+${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
  return `+${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}

function table({ table: name, row, sealed = [] }) {
  const columns = Object.entries(row).map(([column, value]) => element("tr", {},
    element("th", { scope: "row" }, column, ...(sealed.includes(column) ? [element("span", { "class": "lock", "data-say": "sealed" })] : [])),
    element("td", { dir: "auto" }, ...shortened(value))));
  return element("table", { "data-table": name },
    element("caption", {}, name),
    element("tbody", {}, ...columns));
}

function shortened(value) {
  if (value === null) return [element("span", { class: "null" }, "NULL")];
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const isBytes = /^(?:[0-9a-f]{2})+$/i.test(text) && text.length > LONGEST_BYTES * 2;
  if (isBytes) return cut(text, LONGEST_BYTES * 2, "bytes", text.length / 2);
  return text.length > LONGEST_TEXT ? cut(text, LONGEST_TEXT, "characters", text.length) : [text];
}

function cut(text, length, word, n) {
  return [`${text.slice(0, length)}… `, element("span", { "class": "total", "data-say": word, "data-n": n })];
}
