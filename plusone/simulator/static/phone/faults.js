// Faults: what LINE or the network does wrong on purpose, each in plain words, with the numbers that belong to it.

import { faults, resetFaults, setFault } from "./api.js";
import { button, el, fill } from "./dom.js";
import { attempt, notice } from "./say.js";
import { on, state } from "./state.js";
import { t } from "./words.js";

const GROUPS = {
  calls: ["down", "slow", "error_before", "error_after", "cut_after", "quota_empty", "rate_tiny"],
  webhooks: ["duplicates", "shuffle", "batch", "late", "drop", "unknown", "no_user_id", "standby"],
};
const NUMBERS = {
  slow: ["delay_ms"],
  late: ["delay_ms"],
  shuffle: ["window_ms"],
  batch: ["size", "wait_ms"],
  rate_tiny: ["per_second"],
};
const ENDPOINTS = ["reply", "push", "multicast", "broadcast", "profile", "content", "quota", "token"];

let known = {};
let view = null;

export function startFaults(node) {
  view = node;
  on("faults", load);
  load();
}

async function load() {
  const answer = await faults().catch(() => null);
  if (!answer) return;
  known = answer.faults;
  draw();
}

function draw() {
  const reset = button(
    {
      class: "quiet",
      id_: "faults-reset",
      disabled: !Object.values(known).some((one) => one.on),
      onclick: resetAll,
    },
    t("faults.reset"),
  );
  fill(
    view,
    el("div", { class: "view-head" }, el("p", {}, t("faults.intro")), reset),
    Object.entries(GROUPS).map(groupPart),
  );
}

async function resetAll() {
  if (!(await attempt(resetFaults))) return;
  notice(t("faults.reset_done"));
  await load();
}

function groupPart([name, faultNames]) {
  return el(
    "section",
    { class: "faults" },
    el("h3", {}, t(`faults.${name}`)),
    faultNames.filter((one) => known[one]).map((one) => faultPart(one, known[one], name)),
  );
}

function faultPart(name, fault, group) {
  const toggle = button(
    {
      class: "switch",
      role: "switch",
      id_: `fault-${name}`,
      "aria-checked": String(fault.on),
      "aria-label": t(`fault.${name}`),
      "aria-describedby": `about-${name}`,
      onclick: () => change(name, { on: !fault.on }),
    },
  );
  const words = el(
    "span",
    { class: "fault-words" },
    el("b", {}, t(`fault.${name}`)),
    el("span", { id: `about-${name}` }, t(`fault.${name}.about`)),
  );
  return el(
    "div",
    { class: `fault${fault.on ? " is-on" : ""}` },
    el("div", { class: "fault-head" }, words, toggle),
    fault.on && numbersPart(name, fault, group),
  );
}

function numbersPart(name, fault, group) {
  return el("div", { class: "fault-numbers" },
    name === "down" && modePart(fault),
    (NUMBERS[name] ?? []).map((field) => numberPart(name, field, fault[field])),
    percentPart(name, fault),
    timesPart(name, fault),
    group === "calls" && name !== "quota_empty" && endpointPart(name, fault),
    state.world.channels.length > 1 && channelPart(name, fault),
  );
}

async function change(name, fields) {
  if (await attempt(() => setFault(name, fields))) await load();
}

function labelled(words, control) {
  return el("label", { class: "number" }, el("span", {}, words), control);
}

function numberPart(name, field, value) {
  const set = (event) => event.target.validity.valid && change(name, { [field]: Number(event.target.value) });
  return labelled(
    t(`faults.${field}`),
    el(
      "input",
      {
        type: "number",
        min: "1",
        max: "600000",
        required: true,
        value: String(value ?? 1),
        id_: `fault-${name}-${field}`,
        onchange: set,
      },
    ),
  );
}

function percentPart(name, fault) {
  const set = (event) => event.target.validity.valid && change(
    name,
    { probability: Number(event.target.value) / 100 },
  );
  return labelled(
    t("faults.probability"),
    el(
      "input",
      {
        type: "number",
        min: "0",
        max: "100",
        required: true,
        value: String(Math.round(fault.probability * 100)),
        id_: `fault-${name}-probability`,
        onchange: set,
      },
    ),
  );
}

function timesPart(name, fault) {
  const set = (event) => change(
    name,
    { times: event.target.value === "" ? null : Number(event.target.value) },
  );
  return labelled(
    t("faults.times"),
    el(
      "input",
      {
        type: "number",
        min: "1",
        placeholder: t("faults.always"),
        value: fault.times === null ? "" : String(fault.times),
        id_: `fault-${name}-times`,
        onchange: set,
      },
    ),
  );
}

function select(name, words, field, options, chosen) {
  const set = (event) => change(name, { [field]: options[event.target.selectedIndex][0] });
  const items = options.map(
    ([value, text]) => el("option", { selected: JSON.stringify(value) === JSON.stringify(chosen) }, text),
  );
  return labelled(words, el("select", { id_: `fault-${name}-${field}`, onchange: set }, items));
}

function modePart(fault) {
  return select(
    "down",
    t("faults.mode"),
    "mode",
    ["close", "503"].map((one) => [one, t(`faults.mode_${one}`)]),
    String(fault.mode),
  );
}

function endpointPart(name, fault) {
  const options = [[[], t("faults.all_calls")], ...ENDPOINTS.map((one) => [[one], t(`call.${one}`)])];
  return select(name, t("faults.endpoints"), "endpoints", options, fault.endpoints);
}

function channelPart(name, fault) {
  const options = [
    [null, t("faults.all_accounts")],
    ...state.world.channels.map((one) => [one.id, one.name]),
  ];
  return select(name, t("faults.channel"), "channel", options, fault.channel);
}
