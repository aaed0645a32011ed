// The account of the open chat: its quota and switches; the clock; and what has been counted so far.

import { moveClock, setChannel, stats, verifyWebhook } from "./api.js";
import { avatar } from "./avatar.js";
import { askFor, field } from "./dialog.js";
import { button, el, fill } from "./dom.js";
import { loadWorld } from "./poll.js";
import { attempt, notice } from "./say.js";
import { channel, current, on, providerName, state } from "./state.js";
import { has, momentOf, number, t } from "./words.js";

const SWITCHES = ["webhook_active", "redelivery", "allow_groups", "standby"];
const STEPS = [["minute", 60], ["minutes20", 1200], ["hour", 3600], ["day", 86_400], ["month", 2_678_400]];
const COUNTERS = ["accepted", "refused", "deliveries"];

const parts = { account: el("div"), quota: el("div"), clock: el("div"), counts: el("div") };
let visible = null;

export function startAccount(node) {
  visible = () => node.offsetParent !== null;
  node.append(parts.account, parts.quota, parts.clock, parts.counts);
  on("world who chat", drawAccount);
  on("world who quota", drawQuota);
  on("world", drawClock);
  setInterval(tick, 1000);
}

const shownAccount = () => channel(current()?.channel) ?? state.world.channels[0];

function drawAccount() {
  const one = shownAccount();
  if (!one) return fill(parts.account, el("p", { class: "empty" }, t("account.none")));
  const head = el(
    "div",
    { class: "account-head" },
    avatar({ kind: "account", id: one.id }),
    el(
      "span",
      {},
      el("b", {}, one.name),
      el("small", {}, `${one.basic_id} · ${providerName(one.provider)} · ${one.id}`),
    ),
  );
  return fill(parts.account, head, addressPart(one), SWITCHES.map((name) => switchPart(one, name)));
}

function addressPart(one) {
  const address = el("code", {}, one.webhook_url || t("account.no_address"));
  const change = button(
    { class: "quiet", id_: "webhook-change", onclick: () => askForAddress(one) },
    t("account.change"),
  );
  const verify = button(
    { class: "quiet", id_: "webhook-verify", disabled: !one.webhook_url, onclick: () => verifyNow(one) },
    t("account.verify"),
  );
  return el(
    "div",
    { class: "address" },
    el("b", {}, t("account.address")),
    address,
    el("span", { class: "pair" }, change, verify),
  );
}

function askForAddress(one) {
  const input = field(
    "webhook_url",
    t("account.address"),
    { type: "url", value: one.webhook_url ?? "", maxlength: 500 },
  );
  askFor(t("account.change_address"), [input], (form) => set(one, { webhook_url: form.get("webhook_url") }));
}

async function verifyNow(one) {
  const answer = await attempt(() => verifyWebhook(one.id));
  if (!answer) return;
  const key = `reason.${answer.reason}`;
  notice(
    t(
      "account.verified",
      {
        reason: has(key) ? t(key) : answer.reason,
        status: answer.status || t("log.no_status"),
        ms: number(Math.round(answer.ms)),
      },
    ),
  );
}

async function set(one, settings) {
  const done = await attempt(() => setChannel(one.id, settings));
  if (done) await loadWorld();
  return Boolean(done);
}

function switchPart(one, name) {
  const words = el(
    "span",
    { class: "fault-words" },
    el("b", {}, t(`setting.${name}`)),
    el("span", { id: `about-${name}` }, t(`setting.${name}.about`)),
  );
  const toggle = button(
    {
      class: "switch",
      role: "switch",
      id_: `setting-${name}`,
      "aria-checked": String(Boolean(one[name])),
      "aria-label": t(`setting.${name}`),
      "aria-describedby": `about-${name}`,
      onclick: () => set(one, { [name]: !one[name] }),
    },
  );
  return el("div", { class: "fault" }, el("div", { class: "fault-head" }, words, toggle));
}

function drawQuota() {
  const one = shownAccount();
  if (!one) return fill(parts.quota);
  const { limit, used } = state.quota[one.id] ?? { limit: one.quota, used: one.used ?? 0 };
  const words = limit === null ? t("quota.unlimited", { used: number(used) }) : t(
    "quota.used",
    { used: number(used), limit: number(limit) },
  );
  const meter = limit === null ? null : el(
    "meter",
    {
      min: "0",
      max: String(Math.max(limit, 1)),
      value: Math.min(used, limit),
      "aria-label": t("quota.title"),
    },
  );
  const change = button(
    { class: "quiet", id_: "quota-change", onclick: () => askForQuota(one, limit) },
    t("account.change"),
  );
  return fill(
    parts.quota,
    el(
      "section",
      { class: "quota", dataset: { testid: "quota" } },
      el("h3", {}, t("quota.title")),
      el("p", {}, words),
      meter,
      el("small", {}, t("quota.about")),
      change,
    ),
  );
}

function askForQuota(one, limit) {
  const input = field(
    "quota",
    t("quota.limit"),
    { type: "number", min: "0", value: limit ?? "", help: t("quota.empty_means") },
  );
  askFor(
    t("quota.title"),
    [input],
    (form) => set(one, { quota: form.get("quota") === "" ? null : Number(form.get("quota")) }),
  );
}

function drawClock() {
  const ahead = Math.round(state.world.clock_offset);
  const steps = STEPS.map(
    ([name, seconds]) => button(
      { class: "quiet", id_: `clock-${name}`, onclick: () => move({ advance: seconds }) },
      t(`clock.${name}`),
    ),
  );
  const reset = button(
    { class: "quiet", id_: "clock-reset", disabled: ahead === 0, onclick: () => move({ offset: 0 }) },
    t("clock.reset"),
  );
  parts.now = el("time", {}, momentOf(state.world.now || Date.now()));
  fill(
    parts.clock,
    el(
      "section",
      { class: "clock" },
      el("h3", {}, t("clock.title")),
      el("p", { class: "now" }, parts.now),
      el("small", {}, t("clock.about")),
      el("div", { class: "pair" }, steps, reset),
    ),
  );
}

async function move(change) {
  if (await attempt(() => moveClock(change))) await loadWorld();
}

// The counters have no change number of their own; they are read only while one looks at them.
async function tick() {
  if (!visible() || document.visibilityState !== "visible") return;
  if (parts.now) parts.now.textContent = momentOf(state.world.now);
  const counted = await stats().catch(() => null);
  if (counted) drawCounts(counted);
}

function drawCounts(counted) {
  const rows = COUNTERS.flatMap(
    (name) => Object.entries(counted[name] ?? {}).filter(([, value]) => value > 0).map(
      ([key, value]) => [countWords(name, key), value],
    ),
  );
  const more = [[t("counts.tokens"), counted.tokens?.live ?? 0], [t("counts.queued"), counted.queued ?? 0]];
  const list = [...rows, ...more].map(([words, value]) => [el("dt", {}, words), el("dd", {}, number(value))]);
  fill(parts.counts, el("section", { class: "counts" }, el("h3", {}, t("counts.title")), el("dl", {}, list)));
}

function countWords(name, key) {
  const inner = { accepted: `call.${key}`, deliveries: `reason.${key}` }[name];
  return t(`counts.${name}`, { what: inner && has(inner) ? t(inner) : key });
}
