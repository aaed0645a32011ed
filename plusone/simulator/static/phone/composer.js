// Below the chat: write, quote, edit, and the trays for photos and stickers.

import { edit } from "./api.js";
import { button, el, fill, icon } from "./dom.js";
import { attempt } from "./say.js";
import { sayText } from "./sending.js";
import { nameOf, on, state, takeIn } from "./state.js";
import { summary } from "./summary.js";
import { drawPhotos, drawStickers } from "./trays.js";
import { t } from "./words.js";

const parts = {};
const drafts = new Map();
let quoting = null;
let editing = null;
let open = null;
let here = null;

export function startComposer() {
  parts.about = el("div", { class: "about" });
  parts.tray = el("div", { class: "tray", hidden: true });
  parts.words = el(
    "textarea",
    {
      class: "words-in",
      id_: "composer",
      rows: "1",
      maxlength: "5000",
      "aria-label": t("composer.label"),
      placeholder: t("composer.label"),
      oninput: grow,
      onkeydown: onKey,
    },
  );
  parts.send = button(
    { class: "send", id_: "send", "aria-label": t("composer.send"), onclick: send },
    icon("send"),
  );
  const line = el(
    "div",
    { class: "composer-line" },
    trayButton("photos", "photo", "photo"),
    trayButton("stickers", "sticker", "smile"),
    parts.words,
    parts.send,
  );
  on("who", changePlace);
  return el("div", { class: "composer" }, parts.about, line, parts.tray);
}

function trayButton(name, testid, symbol) {
  parts[name] = button(
    {
      class: "round",
      id_: testid,
      "aria-label": t(`composer.${name}`),
      "aria-expanded": "false",
      onclick: () => openTray(open === name ? null : name),
    },
    icon(symbol),
  );
  return parts[name];
}

export function openTray(name) {
  open = name;
  for (const one of ["photos", "stickers"]) parts[one].setAttribute("aria-expanded", String(one === name));
  parts.tray.hidden = !name;
  if (name) fill(parts.tray, name === "photos" ? drawPhotos(closeTray) : drawStickers(quotedId, sendDone));
}

const closeTray = () => openTray(null);

// What goes with the words of the chat as long as it is quoted.
const quotedId = () => quoting?.id;

function sendDone() {
  setAbout({});
  closeTray();
}

// Unsent words stay with their person and chat.
function changePlace() {
  const place = `${state.me}|${state.chat}`;
  if (place === here) return;
  if (here) drafts.set(here, editing ? "" : parts.words.value);
  here = place;
  setAbout({});
  closeTray();
  setWords(drafts.get(place) ?? "");
}

function onKey(event) {
  if (event.key === "Escape" && (quoting || editing)) return stopAbout();
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return undefined;
  if (matchMedia("(pointer: coarse)").matches) return undefined;
  event.preventDefault();
  return send();
}

async function send() {
  const text = parts.words.value.trim();
  if (!text) return parts.words.focus();
  const [message, quote] = [editing, quotedId()];
  setWords("");
  setAbout({});
  const done = message ? await sendEdit(message, text) : await sayText(text, quote);
  if (!done && !parts.words.value) setWords(text);
  return parts.words.focus({ preventScroll: true });
}

async function sendEdit(message, text) {
  const answer = await attempt(() => edit(message.id, state.me, text));
  if (answer) takeIn([answer.message]);
  return Boolean(answer);
}

export function startQuote(message) {
  setAbout({ quote: message });
  parts.words.focus();
}

export function startEdit(message) {
  setAbout({ edit: message });
  startTyping(message.body.text);
}

export function startTyping(text) {
  setWords(text);
  parts.words.focus();
}

function stopAbout() {
  if (editing) setWords("");
  setAbout({});
  parts.words.focus();
}

function setAbout({ quote = null, edit: changed = null }) {
  [quoting, editing] = [quote, changed];
  const message = quote ?? changed;
  if (!message) return fill(parts.about);
  const title = quote ? t("composer.quoting", { name: nameOf(quote.from) }) : t("composer.editing");
  const cancel = button(
    { class: "round", "aria-label": t("composer.cancel"), onclick: stopAbout },
    icon("close"),
  );
  const preview = message.type === "image" ? el("img", { src: message.body.previewImageUrl, alt: "" }) : null;
  return fill(
    parts.about,
    el(
      "div",
      { class: "about-line", id_: "about" },
      preview,
      el("span", {}, el("b", {}, title), el("span", {}, summary(message))),
      cancel,
    ),
  );
}

function setWords(text) {
  parts.words.value = text;
  grow();
}

function grow() {
  parts.words.style.setProperty("height", "auto");
  parts.words.style.setProperty("height", `${Math.min(parts.words.scrollHeight, 120)}px`);
  parts.send.classList.toggle("is-ready", parts.words.value.trim() !== "");
}
