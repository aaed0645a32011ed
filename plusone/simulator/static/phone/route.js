// Where one is stands in the address (#person=…&chat=…), so that a link opens a given phone and Back works.

import { inChat, myChats, person, state, tell } from "./state.js";
import { loadChat, loadPreviews } from "./poll.js";

export const hashFor = (personId, chatId) => `#${new URLSearchParams({ person: personId ?? "", chat: chatId ?? "" })}`;

export function go(change) {
  const next = hashFor(
    change.person ?? state.me,
    change.chat ?? (change.person ? chatFor(change.person) : state.chat),
  );
  showPane("phone");
  if (next !== location.hash) location.hash = next;
}

// Another person looks at the same group, or at their own chat with the same account.
function chatFor(personId) {
  const now = state.world.chats.find((one) => one.id === state.chat);
  if (now?.people.includes(personId)) return now.id;
  const theirs = state.world.chats.filter((one) => one.people.includes(personId));
  return (theirs.find((one) => one.channel === now?.channel && one.kind === "user") ?? theirs[0])?.id ?? "";
}

export function followAddress() {
  window.addEventListener("hashchange", arrive);
  return arrive();
}

async function arrive() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const before = state.me;
  state.me = person(wanted.get("person"))?.id ?? state.world.people[0]?.id ?? null;
  state.chat = chatIn(wanted.get("chat"));
  tell("who");
  if (before !== state.me) loadPreviews().catch(() => {});
  await loadChat().catch(() => tell("chat"));
}

function chatIn(id) {
  const known = state.world.chats.find((one) => one.id === id);
  return known && (inChat(known) || known.kind !== "user") ? known.id : (myChats()[0]?.id ?? null);
}

export function showPane(name) {
  document.body.dataset.pane = name;
  tell("pane");
}
