// Behind the chat's menu button: friendship in a 1:1 chat, members and the account in a group.

import { inviteAccount, joinGroup, leaveGroup, removeAccount } from "./api.js";
import { avatar } from "./avatar.js";
import { NEXT_STATE, setFriend } from "./chats.js";
import { openSheet } from "./dialog.js";
import { button, el } from "./dom.js";
import { loadChat, loadWorld } from "./poll.js";
import { attempt, notice } from "./say.js";
import { channel, chatName, current, inChat, state } from "./state.js";
import { t } from "./words.js";

// What stands in the composer's way, if anything: blocked, not yet a friend, not a member.
export function joinBar() {
  const one = current();
  if (!one) return null;
  if (one.kind !== "user") return inChat(one) ? null : bar(
    "group.not_member",
    "group.join",
    () => change(() => joinGroup(one.id, state.me)),
    true,
  );
  if (one.friendship === "blocked") return bar(
    "friend.is_blocked",
    "friend.unblock",
    () => setFriend(one.channel, "friend"),
    true,
  );
  if (one.friendship === "none") return bar(
    "friend.is_none",
    "friend.add",
    () => setFriend(one.channel, "friend"),
    false,
  );
  return null;
}

function bar(words, label, doing, closed) {
  return {
    closed,
    node: el(
      "div",
      { class: "bar" },
      el("span", {}, t(words)),
      button({ class: "main", id_: "join", onclick: doing }, t(label)),
    ),
  };
}

// The account's answer may be on its way already: the world and the chat are read again at once.
async function change(doing, said) {
  const done = await attempt(async () => {
    await doing();
    await loadWorld();
    await loadChat();
    return true;
  });
  if (done && said) notice(said);
}

export function openChatMenu() {
  const one = current();
  openSheet(chatName(one), (close) => (one.kind === "user" ? friendPart(one, close) : groupPart(one, close)));
}

const entry = (testid, words, doing, close) => button(
  { class: "entry", id_: testid, onclick: () => { close(); doing(); } },
  words,
);

function friendPart(one, close) {
  const account = channel(one.channel);
  const [wanted, label] = NEXT_STATE[one.friendship];
  return [
    el("p", { class: "sheet-words" }, `${account?.basic_id ?? ""} · ${t(`friend.${one.friendship}`)}`),
    entry(`menu-${wanted}`, t(label), () => setFriend(one.channel, wanted), close),
  ];
}

function groupPart(one, close) {
  return [
    el("h3", {}, t("group.account")),
    accountEntries(one, close),
    el("h3", {}, t("group.members")),
    memberEntries(one, close),
  ];
}

function accountEntries(one, close) {
  if (one.channel) {
    const name = channel(one.channel)?.name ?? one.channel;
    return entry(
      "remove-account",
      t("group.remove_account", { name }),
      () => change(() => removeAccount(one.id)),
      close,
    );
  }
  const invite = (account) => entry(
    `invite-${account.id}`,
    t(account.allow_groups ? "group.invite" : "group.invite_closed", { name: account.name }),
    () => change(() => inviteAccount(one.id, account.id)),
    close,
  );
  return state.world.channels.map(invite);
}

function memberEntries(one, close) {
  return state.world.people.map((person) => {
    const member = one.people.includes(person.id);
    const doing = () => change(() => (member ? leaveGroup(one.id, person.id) : joinGroup(one.id, person.id)));
    const words = el(
      "span",
      { class: "entry-words" },
      person.name,
      el("small", {}, t(member ? "group.leave" : "group.add")),
    );
    return entry(`member-${person.id}`, [avatar({ kind: "person", id: person.id }), words], doing, close);
  });
}
