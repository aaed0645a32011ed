// What one can do with a message: reply to it, copy it, take it back, edit it.

import { unsend } from "./api.js";
import { button, el, setLooks } from "./dom.js";
import { startEdit, startQuote } from "./composer.js";
import { attempt, notice } from "./say.js";
import { current, state, takeIn } from "./state.js";
import { t } from "./words.js";

let menu = null;

export function openMenu(message, mine, bubble, at) {
  closeMenu();
  const items = choices(message, mine).map(([name, act]) => item(name, act));
  const opener = document.activeElement;
  menu = el("div", { class: "bubble-popup", role: "menu", popover: "auto" }, items);
  menu.addEventListener("toggle", (event) => event.newState === "closed" && finish(event.target, opener));
  menu.addEventListener("keydown", step);
  document.body.append(menu);
  menu.showPopover();
  position(menu, bubble.getBoundingClientRect(), at);
  if (!at) items[0].focus();
}

export function closeMenu() {
  menu?.hidePopover();
}

function finish(node, opener) {
  node.remove();
  if (menu === node) menu = null;
  if (document.activeElement === document.body && opener?.isConnected) opener.focus({ preventScroll: true });
}

function choices(message, mine) {
  const text = message.type === "text" ? (message.body.text ?? "") : "";
  return [
    ["quote", () => startQuote(message)],
    text && ["copy", () => copy(text)],
    mine && message.type === "text" && current()?.kind === "group" && ["edit", () => startEdit(message)],
    mine && ["unsend", () => takeBack(message)],
  ].filter(Boolean);
}

function item(name, act) {
  return button(
    { role: "menuitem", id_: `menu-${name}`, onclick: () => { closeMenu(); act(); } },
    t(`menu.${name}`),
  );
}

function step(event) {
  const items = [...event.currentTarget.children];
  const move = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!move) return;
  event.preventDefault();
  items.at((items.indexOf(document.activeElement) + move) % items.length).focus();
}

function position(node, bubble, at) {
  const box = node.getBoundingClientRect();
  const middle = at?.clientX ?? bubble.left + bubble.width / 2;
  const left = Math.max(8, Math.min(middle - box.width / 2, innerWidth - box.width - 8));
  const above = Math.min(bubble.top, at?.clientY ?? bubble.top) - box.height - 8;
  const top = above > 8 ? above : Math.min(bubble.bottom + 8, innerHeight - box.height - 8);
  setLooks(node, { left: `${left}px`, top: `${top}px` });
}

export async function copy(text) {
  await navigator.clipboard?.writeText(text).then(
    () => notice(t("menu.copied")),
    () => notice(t("menu.not_copied")),
  );
}

async function takeBack(message) {
  const answer = await attempt(() => unsend(message.id, state.me));
  if (answer) takeIn([answer.message]);
}
