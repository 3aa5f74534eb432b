// The demo page: three phones side by side, or as tabs on a narrow screen.

import { Phone } from "./chat.js";
import { followPath } from "./path.js";
import { element } from "./line.js";
import { get, post } from "./link.js";
import { changes, languageButton, say, translate } from "./words.js";

const NAMES = ["youth", "cadre", "admin"];
const narrow = matchMedia("(max-width: 800px)");
const byId = (id) => document.getElementById(id);

const path = followPath();
const phones = NAMES.map((name) => new Phone(byId(name), name, { onSent: () => path.look(), onUnread: count }));
const tabs = NAMES.map((name) => byId(`${name}-tab`));
let active = 0;

languageButton(byId("language"), phones);
byId("sample").addEventListener("click", fillIn);
tabs.forEach((tab, index) => tab.addEventListener("click", () => open(index)));
byId("tabs").addEventListener("keydown", ({ key }) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (!step) return;
  open((active + step + tabs.length) % tabs.length);
  tabs[active].focus();
});
narrow.addEventListener("change", arrange);
changes.addEventListener("language", () => {
  for (const phone of phones) phone.tidy();
  count();
  path.draw();
  path.look();
});

translate(document);
arrange();
offerCadres();

function open(index) {
  active = index;
  arrange();
}

function arrange() {
  phones.forEach((phone, index) => {
    const showing = !narrow.matches || index === active;
    phone.node.dataset.showing = showing;
    phone.node.setAttribute("role", narrow.matches ? "tabpanel" : "region");
    tabs[index].setAttribute("aria-selected", index === active);
    tabs[index].tabIndex = index === active ? 0 : -1;
    phone.show(showing);
  });
  count();
}

function count() {
  let total = 0;
  phones.forEach((phone, index) => {
    const n = phone.unread.size;
    const badge = tabs[index].lastElementChild;
    badge.hidden = n === 0;
    badge.textContent = n || "";
    badge.setAttribute("aria-label", say("unread", { n }));
    // One name on the page: the badge that this layout shows.
    badge.toggleAttribute("data-testid", false);
    phone.badge.toggleAttribute("data-testid", false);
    (narrow.matches ? badge : phone.badge).dataset.testid = `${phone.name}-unread`;
    total += n;
  });
  document.title = `${total ? `(${total}) ` : ""}${say("demo-title")}`;
}

function fillIn() {
  open(0);
  phones[0].input.value = byId("sample").textContent;
  phones[0].fit();
  phones[0].input.focus();
}

async function offerCadres() {
  const cadres = await get("/demo/cadres");
  if (!cadres?.length) return;
  const phone = phones[1];
  const select = element("select", { "class": "who", "data-testid": "cadre-who", "data-say-label": "cadre-who" },
    ...cadres.map(({ id, name, unit, current }) => element("option", { value: id, selected: current }, `${name} · ${unit}`)));
  select.addEventListener("change", () => phone.handOver(() => post("/demo/cadre", { id: select.value })));
  phone.under.replaceWith(select);
  translate(phone.bar);
}
