// Keeps the page up to date: one cheap call every 400 ms while somebody is looking.

import * as api from "./api.js";
import { forget, inChat, current, myChats, noteLatest, state, takeAll, takeIn, tell } from "./state.js";

const EVERY = 400;
const AFTER_FAILURE = 2000;
const LOG_KEPT = 300;
const LOADED = 200;

let after = 0;
let timer = 0;
let running = false;

export function startPolling() {
  document.addEventListener("visibilitychange", () => schedule(0));
  schedule(0);
}

function schedule(wait) {
  clearTimeout(timer);
  if (document.visibilityState === "visible" && !running) timer = setTimeout(step, wait);
}

async function step() {
  running = true;
  const reached = await look().then(() => true, reportTrouble);
  setConnected(reached);
  running = false;
  schedule(reached ? EVERY : AFTER_FAILURE);
}

function reportTrouble(error) {
  if (error.status === 404) loadWorld().catch(() => {});
  return error.status < 500;
}

function setConnected(reached) {
  if (state.connected === reached) return;
  state.connected = reached;
  tell("connected");
}

async function look() {
  const known = inChat(current()) ? state.chat : null;
  const news = await api.poll(after, known);
  if (news.seq < after) return startOver();
  const first = after === 0;
  after = news.seq;
  if (news.world !== state.world.version) await loadWorld().then(loadChat);
  takeNews(news, first);
  return undefined;
}

// The sequence went back: the simulator was started or emptied anew.
async function startOver() {
  after = 0;
  forget();
  await loadWorld();
  tell("chat");
}

function takeNews(news, first) {
  state.world.now = news.now;
  takeIn(news.messages);
  takeLog(news);
  if (JSON.stringify(state.quota) !== JSON.stringify(news.quota)) {
    state.quota = news.quota;
    tell("quota");
  }
  if (state.faultsOn.join() !== news.faults_on.join()) {
    state.faultsOn = news.faults_on;
    tell("faults");
  }
  if (!first) loadPreviews(Object.keys(news.chats).filter((id) => id !== state.chat));
}

// Calls and deliveries become one list by time; what was accepted explains its call.
function takeLog({ requests, accepted, deliveries }) {
  const rows = [
    ...requests.map((row) => ({ ...row, sort: "call" })),
    ...deliveries.map((row) => ({ ...row, sort: "delivery" })),
  ].sort((one, other) => one.seq - other.seq);
  for (const row of accepted) {
    const call = [...rows, ...state.log].find((one) => one.request_id === row.request_id);
    if (call) call.accepted = row;
  }
  if (!rows.length && !accepted.length) return;
  state.log = [...state.log, ...rows].slice(-LOG_KEPT);
  tell("log");
}

export async function loadWorld() {
  const fresh = await api.world();
  state.world = fresh;
  tell("world");
  return fresh;
}

export async function loadChat() {
  const wanted = state.chat;
  if (!inChat(current())) return tell("chat");
  takeAll(wanted, await api.messages(wanted, LOADED), LOADED);
  if (wanted === state.chat) tell("chat");
  return undefined;
}

export async function loadPreviews(ids = myChats().map((one) => one.id)) {
  const mine = new Set(myChats().map((one) => one.id));
  const wanted = ids.filter((id) => mine.has(id)).slice(0, 40);
  const lists = await Promise.all(wanted.map((id) => api.messages(id, 1).catch(() => ({ messages: [] }))));
  lists.flatMap((list) => list.messages).forEach(noteLatest);
  if (wanted.length) tell("previews");
}
