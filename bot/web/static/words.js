// All words of the page chrome. What the bot says comes from the server, in the reader's language.

const WORDS = {
  "zh-CN": {
    "product": "三同信箱",
    "other-language": "English",
    "other-language-label": "Switch to English",

    "demo-title": "三同信箱 · 演示",
    "demo-about": "青年工人和学生匿名写信给身边的团干部，机器人打标签、排队、送到人手里，回信原路送回：团干部看得到事情，看不到写信的人。",
    "demo-hints": "试一试",
    "hint-write": "在「青年」里选一个站点，写一句",
    "hint-sample": "宿舍热水坏了三天",
    "hint-answer": "「团干部」收到卡片，直接回复，信会回到「青年」",
    "hint-stored": "到最下面打开「库里存了什么」：里面没有写信人的身份",
    "phones": "三部手机",

    "title-youth": "青年",
    "title-cadre": "团干部",
    "title-admin": "管理员",
    "title-me": "三同信箱",
    "under-youth": "匿名写信",
    "under-cadre": "只看到分给自己的信",
    "under-admin": "管排队和名册，看不到写信人",
    "under-me": "匿名写给身边的团干部",
    "empty-youth": "想说什么就写什么。对方只看到内容，看不到你是谁。",
    "empty-cadre": "有信分到你这里，会出现在这儿。",
    "empty-admin": "写 /help 看看能做什么。",
    "empty-me": "想说什么就写什么。对方只看到内容，看不到你是谁。",
    "input-youth": "写点什么…",
    "input-cadre": "写回信…",
    "input-admin": "写一条命令，例如 /help",
    "input-me": "写点什么…",
    "cadre-who": "现在是哪位团干部",

    "send": "发送",
    "keys": "回车发送，Shift+回车换行",
    "by-me": "我：",
    "by-bot": "信箱：",
    "online": "已连接",
    "offline": "正在连接…",
    "sending": "正在发送…",
    "retrying": "网络不通，正在重试…",
    "unsent": "没有发出去",
    "too-long": "这条太长了（{n} 字），没有发出去。一条最多 {most} 字，请分成几条。",
    "failed": "没有发出去，请稍后再试。",
    "unread": "{n} 条未读",
    "new-below": "↓ {n} 条新消息",
    "reply": "回复",
    "reply-to": "回复 {name}",
    "cancel-reply": "不回复这一条了",
    "join-left": "还能接着写 {n} 秒",
    "undo-left": "{n} 秒内可撤回",

    "path": "上一封信走到哪里了",
    "path-none": "还没有信。写第一句试试。",
    "path-received": "收到",
    "path-tagged": "打标签",
    "path-queued": "排队",
    "path-delivered": "送达",
    "path-clock": "从收到起算",
    "stored": "库里存了什么",
    "stored-about": "这是上一封信在数据库里的全部原样：没有写信人的姓名、账号和号码；密封的列没有密钥，谁也打不开。",
    "stored-none": "还没有信，所以什么也没有。",
    "bytes": "共 {n} 字节",
    "characters": "共 {n} 字",
    "sealed": "密封",
  },
  "en": {
    "product": "Santong",
    "other-language": "中文",
    "other-language-label": "切换到中文",

    "demo-title": "Santong · Demo",
    "demo-about": "Young workers and students write anonymously to a league cadre near them; the bot tags, queues and delivers each letter and carries the answer back, and the cadre never learns who wrote.",
    "demo-hints": "Try this",
    "hint-write": "As Youth, pick a site and write",
    "hint-sample": "No hot water in our dorm for three days",
    "hint-answer": "As Cadre, answer the card that arrives",
    "hint-stored": "Below, open \"What is stored\": no identity",
    "phones": "Three phones",

    "title-youth": "Youth",
    "title-cadre": "Cadre",
    "title-admin": "Admin",
    "title-me": "Santong",
    "under-youth": "writes without a name",
    "under-cadre": "sees only the letters assigned to them",
    "under-admin": "runs queues and rosters, never sees who",
    "under-me": "write without a name to a cadre near you",
    "empty-youth": "Write whatever you want to say. The reader sees the words, never who you are.",
    "empty-cadre": "Letters assigned to you appear here.",
    "empty-admin": "Write /help to see what you can do.",
    "empty-me": "Write whatever you want to say. The reader sees the words, never who you are.",
    "input-youth": "Write something…",
    "input-cadre": "Write an answer…",
    "input-admin": "Write a command, such as /help",
    "input-me": "Write something…",
    "cadre-who": "Which cadre this is",

    "send": "Send",
    "keys": "Enter sends, Shift+Enter starts a new line",
    "by-me": "Me: ",
    "by-bot": "Santong: ",
    "online": "Connected",
    "offline": "Connecting…",
    "sending": "Sending…",
    "retrying": "No network, trying again…",
    "unsent": "Not sent",
    "too-long": "This is too long ({n} characters) and was not sent. {most} at most; please send it in parts.",
    "failed": "Not sent. Please try again later.",
    "unread": "{n} unread",
    "new-below": "↓ {n} new",
    "reply": "Reply",
    "reply-to": "Reply to {name}",
    "cancel-reply": "Do not reply to this one",
    "join-left": "{n} s left to add more",
    "undo-left": "{n} s left to undo",

    "path": "Where the last letter is",
    "path-none": "No letter yet. Write the first line.",
    "path-received": "Received",
    "path-tagged": "Tagged",
    "path-queued": "Queued",
    "path-delivered": "Delivered",
    "path-clock": "counted from receipt",
    "stored": "What is stored",
    "stored-about": "Everything the database holds of the last letter, as it is: no name, account or number of the writer; nobody can read the sealed columns without the key.",
    "stored-none": "No letter yet, so there is nothing.",
    "bytes": "{n} bytes in all",
    "characters": "{n} characters in all",
    "sealed": "sealed",
  },
};

const REMEMBERED = "santong-language";

// In a private window of some phones, localStorage throws.
function remembered() {
  try { return localStorage.getItem(REMEMBERED); } catch { return null; }
}

function remember(language) {
  try { localStorage.setItem(REMEMBERED, language); } catch { /* then only this page knows */ }
}

function known(language) {
  if (!language) return null;
  return language.startsWith("en") ? "en" : language.startsWith("zh") ? "zh-CN" : null;
}

const asked = known(new URLSearchParams(location.search).get("lang"));
if (asked) remember(asked);

// null until the person has said which one they want
export let chosen = asked ?? known(remembered());
export let language = chosen ?? "zh-CN";

export const changes = new EventTarget();

export function speak(wanted) {
  language = known(wanted) ?? language;
  translate(document);
  changes.dispatchEvent(new Event("language"));
}

function choose(wanted) {
  chosen = known(wanted);
  remember(chosen);
  speak(chosen);
}

export function say(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// data-say: the text; data-say-label, -placeholder, -title: the attribute of that name.
export function translate(root) {
  if (root === document) document.documentElement.lang = language;
  for (const node of root.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say, node.dataset);
  for (const [slot, attribute] of [["label", "aria-label"], ["placeholder", "placeholder"], ["title", "title"]]) {
    for (const node of root.querySelectorAll(`[data-say-${slot}]`)) {
      node.setAttribute(attribute, say(node.getAttribute(`data-say-${slot}`), node.dataset));
    }
  }
}

export function languageButton(button, phones) {
  button.addEventListener("click", () => {
    choose(language === "en" ? "zh-CN" : "en");
    for (const phone of phones) phone.tell(language);
  });
}
