// The middle of the page: one chat as its person sees it, from header to composer.

import { read } from "./api.js";
import { avatar } from "./avatar.js";
import { drawBubble } from "./bubble.js";
import { openChatMenu, joinBar } from "./chatmenu.js";
import { startComposer } from "./composer.js";
import { button, el, fill, icon } from "./dom.js";
import { drawQuickReplies } from "./quick.js";
import { drawRichMenu } from "./richmenu.js";
import { showPane } from "./route.js";
import { announce } from "./say.js";
import {
  chatName,
  current,
  inChat,
  isUnread,
  me,
  nameOf,
  on,
  person,
  remember,
  shownMessages,
  state,
} from "./state.js";
import { summary } from "./summary.js";
import { dayOf, t } from "./words.js";

const parts = {};
const drawn = new Map();
let shownChat = null;

export function startChat() {
  parts.head = el("header", { class: "phone-head" });
  parts.list = el(
    "div",
    { class: "messages", role: "log", "aria-live": "off", tabindex: "0", id_: "messages" },
  );
  parts.down = button(
    { class: "to-end", hidden: true, onclick: () => toEnd(true) },
    icon("down"),
    t("chat.newer"),
  );
  parts.quick = el("div", { class: "quick" });
  parts.bar = el("div", { class: "join-bar" });
  parts.composer = startComposer();
  parts.menu = el("div", { class: "menu-at-bottom" });
  const bottom = el("div", { class: "phone-bottom" }, parts.down, parts.quick, parts.bar, parts.composer, parts.menu);
  document.getElementById("phone").replaceChildren(parts.head, parts.list, bottom);
  parts.list.addEventListener("scroll", () => isAtEnd() && (parts.down.hidden = true));
  new ResizeObserver(() => wasAtEnd && toEnd()).observe(parts.list);
  on("who chat world", drawAll);
  on("messages", takeNew);
  on("connected", drawHead);
}

function drawAll() {
  drawHead();
  drawBottom();
  if (shownChat !== `${state.me}|${state.chat}`) clearList();
  drawList();
}

function clearList() {
  shownChat = `${state.me}|${state.chat}`;
  drawn.clear();
  parts.list.replaceChildren();
  wasAtEnd = true;
}

function drawHead() {
  const one = current();
  parts.list.setAttribute("aria-label", one ? chatName(one) : t("chats.title"));
  const back = button(
    { class: "round back", "aria-label": t("chat.back"), id_: "back", onclick: () => showPane("chats") },
    icon("back"),
  );
  if (!one) return fill(parts.head, back, el("h1", {}, t("page.title")));
  const count = one.kind === "user" ? null : el("span", { class: "count" }, ` (${one.people.length})`);
  const as = el(
    "span",
    { class: "as", title: t("chat.as", { name: me()?.name ?? "" }) },
    avatar({ kind: "person", id: state.me }),
    el("span", {}, me()?.name ?? ""),
  );
  const menu = button(
    { class: "round", "aria-label": t("chat.menu"), id_: "chat-menu", onclick: openChatMenu },
    icon("menu"),
  );
  return fill(
    parts.head,
    back,
    el("h1", {}, el("span", { class: "name" }, chatName(one)), count),
    as,
    menu,
    !state.connected && el("p", { class: "lost", role: "alert" }, t("error.lost")),
  );
}

function drawBottom() {
  const bar = joinBar();
  parts.composer.hidden = !current() || Boolean(bar?.closed);
  fill(parts.bar, bar?.node);
  drawRichMenu(parts.menu);
}

function takeNew(fresh) {
  const before = wasAtEnd;
  wasAtEnd ||= fresh.some((one) => one.chat === state.chat && one.from.id === state.me);
  drawList();
  const others = fresh.filter(
    (one) => one.chat === state.chat && one.from.id !== state.me && drawn.size > fresh.length,
  );
  if (!others.length) return;
  announce(others.map((one) => `${nameOf(one.from)} ${summary(one)}`).join(". "));
  if (!before) parts.down.hidden = false;
}

// Bubbles are kept by id and drawn again only when their message has changed:
// pictures don't flicker, the keyboard stays.
function drawList() {
  const messages = inChat(current()) ? shownMessages() : [];
  const rows = messages.flatMap(
    (message, index) => [dayLine(message, messages[index - 1]), rowFor(message, messages[index - 1])],
  );
  place(rows.filter(Boolean));
  if (!messages.length) parts.list.replaceChildren(emptyWords());
  drawQuickReplies(parts.quick, messages.at(-1));
  if (wasAtEnd) toEnd();
  markSeen(messages);
}

function rowFor(message, before) {
  const follows = isSameVoice(message, before);
  const key = `${message.seq}|${follows}|${state.world.version}`;
  const known = drawn.get(message.id);
  if (known?.key === key) return known.node;
  const node = drawBubble(
    message,
    { follows, mine: message.from.kind === "person" && message.from.id === state.me },
  );
  if (known) known.node.replaceWith(node);
  drawn.set(message.id, { key, node });
  return node;
}

function isSameVoice(message, before) {
  if (!before || message.type === "system" || before.type === "system" || before.unsent) return false;
  return before.from.id === message.from.id && message.time - before.time < 60_000 && dayOf(before.time) === dayOf(
    message.time,
  );
}

function dayLine(message, before) {
  const day = dayOf(message.time);
  if (before && dayOf(before.time) === day) return null;
  const known = drawn.get(`day ${day}`);
  if (known) return known.node;
  const node = el("p", { class: "line day" }, day);
  drawn.set(`day ${day}`, { node });
  return node;
}

function place(rows) {
  rows.forEach((row, index) => {
    const there = parts.list.children[index];
    if (there !== row) parts.list.insertBefore(row, there ?? null);
  });
  while (parts.list.children.length > rows.length) parts.list.lastElementChild.remove();
}

function emptyReason() {
  if (!state.world.channels.length) return "chat.no_account";
  if (!current()) return "chat.none";
  return inChat(current()) ? "chat.empty" : "chat.not_in";
}

function emptyWords() {
  const words = emptyReason();
  return el("p", { class: "line hint" }, t(words, { name: person(state.me)?.name ?? "" }));
}

let wasAtEnd = true;
const isAtEnd = () => (wasAtEnd = parts.list.scrollHeight - parts.list.scrollTop - parts.list.clientHeight < 60);

function toEnd(smooth = false) {
  parts.list.scrollTo({ top: parts.list.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  parts.down.hidden = true;
}

function markSeen(messages) {
  const last = messages.at(-1);
  if (!last || !inChat(current())) return;
  const unread = isUnread(state.chat);
  remember(state.chat, last.id);
  if (unread && messages.some((one) => one.from.kind === "account" && !one.read)) read(
    state.chat,
    state.me,
  ).catch(() => {});
}
