// Left: my chats with their last words, the official accounts by provider, and the language of the page.

import { addGroup, befriend, seed } from "./api.js";
import { avatar } from "./avatar.js";
import { askFor, choice, field, ticks } from "./dialog.js";
import { button, el, fill, icon } from "./dom.js";
import { loadPreviews, loadWorld } from "./poll.js";
import { go } from "./route.js";
import { attempt } from "./say.js";
import { channel, chatName, isUnread, myChats, nameOf, on, providerName, state } from "./state.js";
import { summary } from "./summary.js";
import { LANGUAGES, t, tag, timeOf } from "./words.js";

export function startChats() {
  on("world who chat previews messages", draw);
}

function draw() {
  fill(
    document.getElementById("left"),
    el(
      "div",
      { class: "side-head" },
      el("h2", {}, t("chats.title")),
      button({ class: "quiet", id_: "add-group", onclick: askForGroup }, icon("plus"), t("groups.new")),
    ),
    el("ul", { class: "chats" }, sorted(myChats()).map(chatRow)),
    myChats().length === 0 && el("p", { class: "empty" }, t("chats.empty")),
    el("h2", { class: "side-title" }, t("accounts.title")),
    providers().map(providerPart),
    button(
      { class: "quiet wide", id_: "add-account", onclick: askForAccount },
      icon("plus"),
      t("accounts.add"),
    ),
    el(
      "div",
      { class: "languages", role: "group", "aria-label": t("language") },
      LANGUAGES.map(languageLink),
    ),
  );
}

// A group first, then by the newest word, as people look for them.
const sorted = (chats) => [...chats].sort((one, other) => lastTime(other) - lastTime(one));
const lastTime = (one) => state.latest.get(one.id)?.time ?? 0;

function chatRow(one) {
  const last = state.latest.get(one.id);
  const group = { kind: "group", id: one.id, name: one.name };
  const shown = one.kind === "user" ? { kind: "account", id: one.channel } : group;
  const unread = one.id !== state.chat && isUnread(one.id);
  const name = el(
    "span",
    { class: "chat-name" },
    chatName(one),
    one.kind !== "user" && el("span", { class: "count" }, ` (${one.people.length})`),
  );
  const words = el("span", { class: "chat-last" }, last ? lastWords(last, one) : t("chats.nothing"));
  const side = el(
    "span",
    { class: "chat-side" },
    last && el("time", {}, timeOf(last.time)),
    unread && el("span", { class: "dot" }, el("span", { class: "unseen" }, t("chats.unread"))),
  );
  return el(
    "li",
    {},
    button(
      {
        class: "chat",
        id_: `chat-${one.id}`,
        "aria-current": one.id === state.chat ? "true" : null,
        onclick: () => go({ chat: one.id }),
      },
      avatar(shown),
      el("span", { class: "chat-words" }, name, words),
      side,
    ),
  );
}

function lastWords(message, one) {
  const words = summary(message);
  return one.kind === "user" || message.from.kind === "system" ? words : `${nameOf(message.from)}: ${words}`;
}

const providers = () => [...new Set(state.world.channels.map((one) => one.provider))];

function providerPart(id) {
  const accounts = state.world.channels.filter((one) => one.provider === id);
  return el(
    "section",
    { class: "provider" },
    el("h3", {}, t("accounts.provider", { name: providerName(id) })),
    el("ul", { class: "chats" }, accounts.map(accountRow)),
  );
}

// What the button beside an account does, by how one stands to it now.
export const NEXT_STATE = {
  friend: ["blocked", "friend.block"],
  blocked: ["friend", "friend.unblock"],
  none: ["friend", "friend.add"],
};

function accountRow(one) {
  const chat = state.world.chats.find(
    (other) => other.kind === "user" && other.channel === one.id && other.people.includes(state.me),
  );
  const friendship = chat?.friendship ?? "none";
  const open = () => (chat ? go({ chat: chat.id }) : setFriend(one.id, "friend"));
  const info = el(
    "span",
    { class: "chat-words" },
    el("span", { class: "chat-name" }, one.name),
    el("span", { class: "chat-last" }, `${t(`friend.${friendship}`)} · ${one.basic_id}`),
  );
  const [wanted, label] = NEXT_STATE[friendship];
  return el(
    "li",
    { class: "account" },
    button(
      { class: "chat", id_: `account-${one.id}`, onclick: open },
      avatar({ kind: "account", id: one.id }),
      info,
    ),
    button(
      { class: "quiet", id_: `friend-${one.id}`, onclick: () => setFriend(one.id, wanted) },
      t(label),
    ),
  );
}

export function setFriend(channelId, wanted) {
  return attempt(async () => {
    await befriend(channelId, state.me, wanted);
    await loadWorld();
    const chat = state.world.chats.find(
      (one) => one.kind === "user" && one.channel === channelId && one.people.includes(state.me),
    );
    if (chat && wanted === "friend") go({ chat: chat.id });
  });
}

function languageLink(one) {
  return el(
    "a",
    {
      href: `?lang=${one.code}${location.hash}`,
      lang: one.tag,
      "aria-current": one.tag === tag ? "true" : null,
      onclick: keepHash,
    },
    one.name,
  );
}

const keepHash = (event) => { event.currentTarget.href = event.currentTarget.search + location.hash; };

function askForGroup() {
  const accounts = state.world.channels.filter((one) => one.allow_groups).map((one) => [one.id, one.name]);
  const fields = [
    field("name", t("groups.name"), { required: true, maxlength: 50, id_: "new-group-name" }),
    ticks("people", t("groups.people"), state.world.people.map((one) => [one.id, one.name])),
    choice("channel", t("groups.account"), [["", t("groups.no_account")], ...accounts], ""),
  ];
  askFor(t("groups.new"), fields, (form) => attempt(() => createGroup(form)), t("groups.make"));
}

async function createGroup(form) {
  const people = [...new Set([state.me, ...form.getAll("people")])];
  const made = await addGroup(
    { name: form.get("name"), people, ...(form.get("channel") && { channel: form.get("channel") }) },
  );
  await loadWorld();
  go({ chat: made.id });
}

export function askForAccount() {
  const fields = [
    field("name", t("accounts.name"), { required: true, maxlength: 20 }),
    field(
      "webhook_url",
      t("accounts.webhook"),
      { type: "url", required: true, placeholder: "http://127.0.0.1:8000/t/…/webhook" },
    ),
    field(
      "channel_id",
      t("accounts.id"),
      { required: true, pattern: "[0-9]+", inputmode: "numeric", value: freeChannelId() },
    ),
    field("secret", t("accounts.secret"), { required: true, value: randomHex(16) }),
    field("access_token", t("accounts.token"), { required: true, value: randomHex(24) }),
    field(
      "provider",
      t("accounts.provider_id"),
      { pattern: "[a-z0-9\\-]+", placeholder: state.world.providers[0]?.id ?? "provider-1" },
    ),
  ];
  askFor(t("accounts.add"), fields, (form) => attempt(() => createAccount(form)));
}

async function createAccount(form) {
  const values = Object.fromEntries([...form].filter(([, value]) => value !== ""));
  const { channel: made } = await seed(values);
  await loadWorld();
  await loadPreviews();
  const mine = myChats().find((one) => one.channel === (made?.id ?? values.channel_id));
  go({ person: state.me ?? state.world.people[0].id, chat: mine?.id });
}

function freeChannelId() {
  let id = 2000000001;
  while (channel(String(id))) id += 1;
  return String(id);
}

function randomHex(bytes) {
  const random = [...crypto.getRandomValues(new Uint8Array(bytes))];
  return random.map((one) => one.toString(16).padStart(2, "0")).join("");
}
