// What the page knows. Modules draw from it and listen for the topics they show;
// only poll.js, route.js and the calls below write it.

export const state = {
  world: {
    version: null,
    channels: [],
    people: [],
    chats: [],
    liff_apps: [],
    providers: [],
    camera_roll: [],
    stickers: [],
    clock_offset: 0,
    now: 0,
  },
  me: null,
  chat: null,
  messages: new Map(),
  latest: new Map(),
  seen: new Map(),
  log: [],
  quota: {},
  faultsOn: [],
  connected: true,
};

const listeners = new Map();

export function on(topics, listener) {
  for (const topic of topics.split(" ")) listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

export function tell(topic, value) {
  for (const listener of listeners.get(topic) ?? []) listener(value);
}

export const person = (id) => state.world.people.find((one) => one.id === id);
export const channel = (id) => state.world.channels.find((one) => one.id === id);
export const chat = (id) => state.world.chats.find((one) => one.id === id);
export const me = () => person(state.me);
export const current = () => chat(state.chat);
export const inChat = (one) => Boolean(one?.people.includes(state.me));
export const myChats = () => state.world.chats.filter(inChat);
export const providerName = (id) => state.world.providers.find((one) => one.id === id)?.name ?? id;

export function nameOf(from) {
  if (from?.kind === "account") return channel(from.id)?.name ?? from.id;
  return person(from?.id)?.name ?? from?.id ?? "";
}

// A 1:1 chat is called after the other side, a group by its own name.
export const chatName = (one) => (one.kind === "user" ? (channel(one.channel)?.name ?? one.name) : one.name);

// Ids are decimal numbers longer than JavaScript counts exactly; length, then letters, gives their order.
const byAge = (one, other) => one.time - other.time || one.id.length - other.id.length || (one.id < other.id ? -1 : 1);

export const shownMessages = () => [...(state.messages.get(state.chat)?.values() ?? [])].sort(byAge);

// Takes messages in; answers those that are new, with what was changed told to the chat.
export function takeIn(list) {
  const fresh = [];
  for (const message of list) {
    const known = state.messages.get(message.chat) ?? new Map();
    if (!known.has(message.id)) fresh.push(message);
    if ((known.get(message.id)?.seq ?? -1) < message.seq) known.set(message.id, message);
    state.messages.set(message.chat, known);
    noteLatest(message);
  }
  if (list.length) tell("messages", fresh);
  return fresh;
}

export function noteLatest(message) {
  const known = state.latest.get(message.chat);
  if (!known || byAge(known, message) < 0 || known.id === message.id) state.latest.set(message.chat, message);
}

const SEEN = "phone.seen";
const seenKey = (chatId) => `${state.me}|${chatId}`;

// What was seen outlives the page, so that opening it again does not mark everything as new.
export function remember(chatId, messageId) {
  if (state.seen.get(seenKey(chatId)) === messageId) return;
  state.seen.set(seenKey(chatId), messageId);
  localStorage.setItem(SEEN, JSON.stringify([...state.seen].slice(-500)));
}

export function recall() {
  state.seen = new Map(JSON.parse(localStorage.getItem(SEEN) ?? "[]"));
}

export function isUnread(chatId) {
  const last = state.latest.get(chatId);
  if (!last || last.from.kind === "system" || last.from.id === state.me) return false;
  return state.seen.get(seenKey(chatId)) !== last.id;
}

// A chat read anew: what is no longer there goes, unless it is younger than the answer.
export function takeAll(chatId, { seq, messages }, limit) {
  const known = state.messages.get(chatId);
  const there = new Set(messages.map((one) => one.id));
  for (const one of messages.length < limit ? [...(known?.values() ?? [])] : []) {
    if (!there.has(one.id) && one.seq <= seq) known.delete(one.id);
  }
  takeIn(messages);
}

export function forget() {
  for (const one of [state.messages, state.latest]) one.clear();
  state.log = [];
}
