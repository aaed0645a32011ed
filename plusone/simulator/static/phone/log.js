// What LINE saw: calls that came in, webhooks that went out, newest first; each opens to its details.

import { button, el, fill } from "./dom.js";
import { channel, chat, chatName, on, state } from "./state.js";
import { bodyWords } from "./summary.js";
import { has, momentOf, number, secondOf, t } from "./words.js";

const SHOWN = 80;
const KINDS = {
  all: () => true,
  delivery: (row) => row.sort === "delivery",
  call: (row) => row.sort === "call",
  bad: (row) => !isGood(row),
};

let only = "all";
let view = null;
const opened = new Set();

export function startLog(node) {
  view = {
    chips: el("div", { class: "chips", role: "group", "aria-label": t("log.filter") }),
    rows: el("ol", { class: "log" }),
  };
  node.append(view.chips, view.rows);
  on("log world", draw);
  draw();
}

function draw() {
  fill(
    view.chips,
    Object.keys(KINDS).map(
      (name) => button(
        {
          id_: `log-${name}`, "aria-pressed": String(only === name), onclick: () => { only = name; draw(); }
        },
        t(`log.${name}`),
      ),
    ),
  );
  const rows = state.log.filter(KINDS[only]).slice(-SHOWN).reverse();
  fill(view.rows, rows.length ? rows.map(rowFor) : el("li", { class: "empty" }, t("log.empty")));
}

const isGood = (row) => row.status >= 200 && row.status < 300;

// The mark says it by shape and word too: a colour alone is lost on some eyes.
function rowFor(row) {
  const words = [
    el("span", { class: "log-way", title: t(`log.way_${row.sort}`) }, row.sort === "call" ? "→" : "←"),
    el("span", { class: "log-what" }, el("b", {}, title(row)), el("span", {}, gist(row))),
  ];
  const result = el(
    "span",
    { class: `log-status ${isGood(row) ? "is-good" : "is-bad"}` },
    `${isGood(row) ? "✓" : "✕"} ${row.status || t("log.no_status")}`,
  );
  const when = el(
    "span",
    { class: "log-when" },
    t("log.ms", { ms: number(Math.round(row.ms)) }),
    el("time", {}, secondOf(row.time)),
  );
  const open = opened.has(row.seq);
  const head = button(
    {
      class: "log-head",
      id_: `log-open-${row.seq}`,
      "aria-expanded": String(open),
      onclick: () => toggle(row.seq),
    },
    words,
    result,
    when,
  );
  return el(
    "li",
    {
      class: "log-row",
      dataset: {
        testid: "log-row",
        sort: row.sort,
        status: String(row.status),
        what: row.endpoint ?? row.kind,
      },
    },
    head,
    open && details(row),
  );
}

function toggle(seq) {
  if (!opened.delete(seq)) opened.add(seq);
  draw();
}

function title(row) {
  if (row.sort === "delivery") return t(`delivery.${row.kind}`);
  return has(`call.${row.endpoint}`) ? t(`call.${row.endpoint}`) : `${row.method} ${row.path}`;
}

function gist(row) {
  if (row.sort === "delivery") return row.events.map((one) => one.type).join(", ") || t("log.no_events");
  if (row.message) return row.message;
  const texts = (row.accepted?.messages ?? []).map((one) => bodyWords(one.type, one));
  return texts.join(" / ") || `${row.method} ${row.path}`;
}

function details(row) {
  const facts = row.sort === "delivery" ? deliveryFacts(row) : callFacts(row);
  const list = facts.filter(([, value]) => value !== null && value !== undefined && value !== "").map(
    ([name, value]) => [el("dt", {}, t(`log.${name}`)), el("dd", {}, String(value))],
  );
  const raw = row.accepted?.messages ? el(
    "pre",
    { tabindex: "0" },
    JSON.stringify(row.accepted.messages, null, 2),
  ) : null;
  return el("div", { class: "log-details" }, el("dl", {}, list), raw);
}

function deliveryFacts(row) {
  const events = row.events.map(
    (one) => `${one.type} ${one.id}${one.redelivery ? ` (${t("delivery.redelivery")})` : ""}`,
  ).join("\n");
  return [
    ["time", momentOf(row.time)],
    ["account", accountName(row.channel)],
    ["address", row.url],
    ["reason", has(`reason.${row.reason}`) ? t(`reason.${row.reason}`) : row.reason],
    ["events", events],
  ];
}

function callFacts(row) {
  const kept = row.accepted ?? {};
  return [
    ["time", momentOf(row.time)],
    ["account", accountName(row.channel)],
    ["address", `${row.method} ${row.path}`],
    ["error", row.message],
    ["to", placeName(kept)],
    [
      "cost",
      row.accepted ? (kept.billed ? t("log.billed", { count: number(kept.billed) }) : t("log.free")) : null,
    ],
    ["request_id", row.request_id],
    ["retry_key", kept.retry_key],
    ["reply_token", kept.reply_token],
    ["event_id", kept.event_id],
  ];
}

const accountName = (id) => (id ? `${channel(id)?.name ?? id} (${id})` : null);

function placeName(kept) {
  const known = chat(kept.chat);
  if (known) return chatName(known);
  return Array.isArray(kept.to) ? t("log.people", { count: kept.to.length }) : kept.to;
}
