// The simulator's control API, as docs/simulator.md describes it.

export class Refused extends Error {
  constructor(status, code, detail) {
    super(code);
    Object.assign(this, { status, code, detail });
  }
}

async function call(method, path, body) {
  const options = { method, cache: "no-store" };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) Object.assign(
    options,
    { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } },
  );
  const answer = await fetch(`/control/${path}`, options);
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data.error ?? String(answer.status), data.detail ?? {});
  return data;
}

const at = (...parts) => parts.map(encodeURIComponent).join("/");
const query = (values) => new URLSearchParams(
  Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
);

export const world = () => call("GET", "world");
export const poll = (after, chat) => call("GET", `poll?${query({ after, chat })}`);
export const messages = (chat, limit) => call("GET", `chats/${at(chat)}/messages?${query({ limit })}`);
export const stats = () => call("GET", "stats");

export const say = (chat, message) => call("POST", `chats/${at(chat)}/messages`, message);
export const postback = (chat, body) => call("POST", `chats/${at(chat)}/postback`, body);
export const switchMenu = (chat, body) => call("POST", `chats/${at(chat)}/menu`, body);
export const read = (chat, person) => call("POST", `chats/${at(chat)}/read`, { person });
export const unsend = (id, person) => call("POST", `messages/${at(id)}/unsend`, { person });
export const edit = (id, person, text) => call("POST", `messages/${at(id)}/edit`, { person, text });

export const befriend = (channel, person, state) => call(
  "PUT",
  `channels/${at(channel)}/friends/${at(person)}`,
  { state },
);
export const addPerson = (person) => call("POST", "people", person);
export const addGroup = (group) => call("POST", "groups", group);
export const joinGroup = (chat, person) => call("POST", `groups/${at(chat)}/members`, { person });
export const leaveGroup = (chat, person) => call("DELETE", `groups/${at(chat)}/members/${at(person)}`);
export const inviteAccount = (chat, channel) => call("PUT", `groups/${at(chat)}/account`, { channel });
export const removeAccount = (chat) => call("DELETE", `groups/${at(chat)}/account`);

export const openLiff = (body) => call("POST", "liff/open", body);
export const seed = (account) => call("POST", "seed", account);
export const setChannel = (channel, settings) => call("PATCH", `channels/${at(channel)}`, settings);
export const verifyWebhook = (channel) => call("POST", "webhook", { channel, events: [], wait: true });

export const faults = () => call("GET", "faults");
export const setFault = (name, fields) => call("PUT", `faults/${at(name)}`, fields);
export const resetFaults = () => call("POST", "faults/reset", {});
export const moveClock = (change) => call("POST", "clock", change);
