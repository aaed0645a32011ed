// Right: three views of LINE itself, and on a phone the bar at the bottom that leads to them.

import { startAccount } from "./account.js";
import { button, el, fill, icon } from "./dom.js";
import { startFaults } from "./faults.js";
import { startLog } from "./log.js";
import { showPane } from "./route.js";
import { isUnread, myChats, on, state } from "./state.js";
import { t } from "./words.js";

const VIEWS = { log: startLog, faults: startFaults, account: startAccount };
const PANES = [["chats", "chat"], ["phone", "phone"], ["line", "pulse"]];

let shown = "log";
const nodes = {};

export function startPanel() {
  for (const [name, start] of Object.entries(VIEWS)) {
    nodes[name] = el(
      "section",
      { class: `view view-${name}`, role: "tabpanel", id: `view-${name}`, "aria-labelledby": `tab-${name}` },
    );
    start(nodes[name]);
  }
  nodes.tabs = el(
    "div",
    { class: "view-tabs", role: "tablist", "aria-label": t("panel.title"), onkeydown: step },
  );
  document.getElementById("right").append(nodes.tabs, nodes.log, nodes.faults, nodes.account);
  on("faults", drawTabs);
  on("pane who previews messages faults", drawPanes);
  show("log");
  drawPanes();
}

function show(name) {
  shown = name;
  for (const one of Object.keys(VIEWS)) nodes[one].hidden = one !== name;
  drawTabs();
}

function drawTabs() {
  fill(nodes.tabs, Object.keys(VIEWS).map(tabFor));
}

function tabFor(name) {
  const count = name === "faults" && state.faultsOn.length ? el(
    "span",
    { class: "badge" },
    String(state.faultsOn.length),
  ) : null;
  return button(
    {
      role: "tab",
      id: `tab-${name}`,
      id_: `tab-${name}`,
      "aria-selected": String(name === shown),
      "aria-controls": `view-${name}`,
      tabindex: name === shown ? "0" : "-1",
      onclick: () => show(name),
    },
    t(`panel.${name}`),
    count,
  );
}

function step(event) {
  const names = Object.keys(VIEWS);
  const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!move) return;
  show(names.at((names.indexOf(shown) + move) % names.length));
  nodes.tabs.querySelector("[aria-selected=true]").focus();
}

function drawPanes() {
  const news = myChats().some((one) => one.id !== state.chat && isUnread(one.id));
  const marks = { chats: news, line: state.faultsOn.length > 0 };
  fill(document.getElementById("tabs"), PANES.map(([name, symbol]) => paneButton(name, symbol, marks[name])));
}

function paneButton(name, symbol, marked) {
  const here = document.body.dataset.pane === name;
  return button(
    { id_: `pane-${name}`, "aria-current": here ? "true" : null, onclick: () => showPane(name) },
    icon(symbol),
    el("span", {}, t(`pane.${name}`)),
    marked && el("span", { class: "dot" }),
  );
}
