// chat.html: the one phone that a person in a workshop or a dormitory opens.

import { Phone } from "./chat.js";
import { changes, languageButton, say, translate } from "./words.js";

const button = document.getElementById("language");
const phone = new Phone(document.getElementById("me"), "me", { onUnread: name, adopts: true, heading: "h1" });

phone.bar.append(button);
languageButton(button, [phone]);
changes.addEventListener("language", () => {
  phone.tidy();
  name();
});
translate(document);
name();

function name() {
  const count = phone.unread.size;
  document.title = `${count ? `(${count}) ` : ""}${say("product")}`;
}

// iOS lays its keyboard over the page instead of making the page smaller.
function fit() {
  document.documentElement.style.setProperty("--height", `${visualViewport.height}px`);
  scrollTo(0, 0);
}
if (window.visualViewport) {
  visualViewport.addEventListener("resize", fit);
  fit();
}
