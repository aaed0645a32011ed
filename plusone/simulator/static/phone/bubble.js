// One row of the chat: who, what, when, and whether it was read.

import { avatar, picture } from "./avatar.js";
import { drawBody } from "./bodies.js";
import { openMenu } from "./menu.js";
import { button, el, icon } from "./dom.js";
import { nameOf, state } from "./state.js";
import { bodyWords, summary, systemWords } from "./summary.js";
import { t, timeOf } from "./words.js";

const LONG_PRESS = 450;
const BARE = new Set(["sticker", "image", "video", "flex", "template", "imagemap"]);

export function drawBubble(message, { follows, mine }) {
  if (message.type === "system") return el(
    "p",
    { class: "line", dataset: { messageId: message.id, testid: "system" } },
    systemWords(message.body),
  );
  if (message.unsent) return unsentLine(message, mine);
  const words = el("div", { class: "said" }, !mine && !follows && senderName(message), line(message, mine));
  const face = mine ? null : follows ? el("span", { class: "avatar is-gap" }) : faceOf(message);
  return el(
    "div",
    { class: `row ${mine ? "is-mine" : "is-theirs"}${follows ? " is-next" : ""}` },
    face,
    words,
  );
}

function unsentLine(message, mine) {
  const words = mine ? t("message.unsent_mine") : t("message.unsent_by", { name: nameOf(message.from) });
  return el("p", { class: "line", dataset: { messageId: message.id, testid: "unsent" } }, words);
}

function senderName(message) {
  const own = nameOf(message.from);
  const posing = message.body.sender?.name;
  return el("span", { class: "sender" }, posing ? t("message.sender", { name: posing, account: own }) : own);
}

function faceOf(message) {
  const address = message.body.sender?.iconUrl ?? "";
  return /^https?:/.test(address) ? picture(address) : avatar(message.from);
}

function line(message, mine) {
  const bubble = bubbleNode(message, mine);
  const open = (at) => openMenu(message, mine, bubble, at);
  listenForMenu(bubble, open);
  const more = button(
    {
      class: "more",
      "aria-label": t("message.menu", { words: summary(message).slice(0, 40) }),
      id_: "bubble-menu",
      onclick: () => open(),
    },
    icon("more"),
  );
  return el("div", { class: "line-of" }, bubble, el("span", { class: "meta" }, more, marks(message, mine)));
}

function bubbleNode(message, mine) {
  const data = {
    testid: "bubble",
    messageId: message.id,
    from: mine ? "me" : message.from.kind === "account" ? "account" : "other",
    type: message.type,
  };
  const looks = BARE.has(message.type) && !message.quoted ? "bubble is-bare" : "bubble";
  return el(
    "div",
    { class: looks, dataset: data },
    message.quoted && quotedPart(message.quoted),
    drawBody(message),
  );
}

function quotedPart(quoted) {
  const known = state.messages.get(state.chat)?.get(quoted.id);
  const shown = known?.type === "image" && !known.unsent ? el(
    "img",
    { src: known.body.previewImageUrl, alt: "" },
  ) : null;
  const words = known?.unsent ? t("message.unsent") : quoted.text || bodyWords(quoted.type);
  const jump = () => flash(quoted.id);
  return button(
    { class: "quoted", id_: "quoted", onclick: jump },
    el("span", { class: "quoted-words" }, el("b", {}, nameOf(quoted.from)), el("span", {}, words)),
    shown,
  );
}

function flash(id) {
  const target = document.querySelector(`[data-message-id="${CSS.escape(id)}"]`);
  target?.scrollIntoView({ block: "center", behavior: "smooth" });
  target?.animate([{ outline: "3px solid var(--accent)" }, { outline: "3px solid transparent" }], 1200);
}

function marks(message, mine) {
  const edited = message.edited && el("span", {}, t("message.edited"));
  const seen = mine && message.read && el("span", { class: "read" }, t("message.read"));
  return el("span", { class: "marks" }, edited, seen, el("time", {}, timeOf(message.time)));
}

// A long press, a right click, or a click on words that are neither a link nor being selected.
function listenForMenu(bubble, open) {
  let timer = 0;
  let held = false;
  const stop = () => clearTimeout(timer);
  bubble.addEventListener("pointerdown", (event) => {
    held = false;
    if (event.pointerType !== "mouse") timer = setTimeout(() => { held = true; open(event); }, LONG_PRESS);
  });
  for (const name of ["pointerup", "pointermove", "pointercancel"]) bubble.addEventListener(name, stop);
  bubble.addEventListener(
    "contextmenu",
    (event) => { event.preventDefault(); stop(); if (!held) open(event); },
  );
  bubble.addEventListener("click", (event) => {
    if (held) return event.stopPropagation(), event.preventDefault();
    const busy = event.target.closest("a, button, [role=button]") || String(getSelection());
    return busy ? undefined : open(event);
  }, true);
}
