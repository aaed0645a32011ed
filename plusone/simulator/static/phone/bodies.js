// The inside of a bubble, by kind of message.

import { act } from "./actions.js";
import { enlarge } from "./dialog.js";
import { button, el, icon, setLooks } from "./dom.js";
import { drawFlex } from "./flex.js";
import { isLiff, openLiff } from "./liff.js";
import { photo } from "./pictures.js";
import { person } from "./state.js";
import { drawSticker } from "./stickers.js";
import { bodyWords } from "./summary.js";
import { drawTemplate } from "./template.js";
import { t } from "./words.js";

const DRAW = {
  text,
  textV2,
  image,
  sticker: stickerBody,
  flex,
  template,
  location: place,
  file,
  audio,
  video,
  imagemap,
};

export function drawBody(message) {
  return (DRAW[message.type] ?? other)(message.body, message.type);
}

function text(body) {
  const node = el("p", { class: "words" });
  let at = 0;
  for (const mark of marksOf(body)) {
    node.append(...linked(body.text.slice(at, mark.index)), mark.node);
    at = mark.index + mark.length;
  }
  node.append(...linked(body.text.slice(at)));
  return node;
}

// Mentions and LINE's own emoji stand at UTF-16 positions, which is how JavaScript counts too.
function marksOf(body) {
  const mentions = (body.mention?.mentionees ?? []).map(
    (one) => ({ ...one, node: el("b", { class: "mention" }, body.text.slice(one.index, one.index + one.length)) }),
  );
  const emojis = (body.emojis ?? []).map(
    (one) => ({ ...one, length: one.length ?? 1, node: el("span", { class: "emoji" }, "🙂") }),
  );
  return [...mentions, ...emojis].sort((one, two) => one.index - two.index);
}

const ADDRESS = /(https?:\/\/[^\s<>"「」（）]+)/;

function linked(words) {
  return words.split(ADDRESS).map(
    (part, index) => (index % 2 ? link(part) : part),
  );
}

function link(address) {
  const open = isLiff(address) ? (event) => { event.preventDefault(); openLiff(address); } : null;
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", onclick: open }, address);
}

function textV2(body) {
  const parts = body.text.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? substituted(part, body) : plain(part)));
  return el("p", { class: "words" }, parts);
}

const plain = (words) => linked(words.replaceAll("{{", "{").replaceAll("}}", "}"));

function substituted(key, body) {
  const value = body.substitution?.[key];
  if (value?.type === "emoji") return el("span", { class: "emoji" }, "🙂");
  if (value?.type !== "mention") return `{${key}}`;
  const name = value.mentionee?.type === "all" ? t("message.everyone") : (person(value.mentionee?.userId)?.name ?? key);
  return el("b", { class: "mention" }, `@${name}`);
}

function image(body) {
  const open = () => enlarge(body.originalContentUrl, t("kind.image"));
  return button(
    { class: "photo", "aria-label": t("message.enlarge"), onclick: open },
    photo(body.previewImageUrl ?? body.originalContentUrl, t("kind.image")),
  );
}

function stickerBody(body) {
  return drawSticker(body.packageId, body.stickerId, body.keywords);
}
function flex(body) {
  return drawFlex(body);
}
function template(body) {
  return drawTemplate(body.template ?? {});
}

function card(symbol, title, detail) {
  return el(
    "div",
    { class: "card" },
    icon(symbol),
    el("span", {}, el("b", {}, title), detail && el("small", {}, detail)),
  );
}

function place(body) {
  return card("pin", body.title ?? t("kind.location"), body.address ?? `${body.latitude}, ${body.longitude}`);
}
function file(body) {
  return card(
    "file",
    body.fileName ?? t("kind.file"),
    body.fileSize && t("message.bytes", { size: Math.ceil(body.fileSize / 1024) }),
  );
}
function audio(body) {
  return card(
    "sound",
    t("kind.audio"),
    body.duration && t("message.seconds", { count: Math.round(body.duration / 1000) }),
  );
}

function video(body) {
  if (!body.previewImageUrl) return card("play", t("kind.video"), null);
  return el(
    "span",
    { class: "photo" },
    photo(body.previewImageUrl, t("kind.video")),
    el("span", { class: "play" }, icon("play")),
  );
}

function imagemap(body) {
  const { width = 1040, height = 1040 } = body.baseSize ?? {};
  const areas = (body.actions ?? []).map((action) => area(action, width, height));
  return setLooks(
    el("div", { class: "imagemap" }, photo(`${body.baseUrl}/1040`, body.altText), areas),
    { "aspect-ratio": `${width} / ${height}` },
  );
}

function area(action, width, height) {
  const box = action.area ?? {};
  const looks = {
    left: `${(100 * box.x) / width}%`,
    top: `${(100 * box.y) / height}%`,
    width: `${(100 * box.width) / width}%`,
    height: `${(100 * box.height) / height}%`,
  };
  const known = action.type === "uri" ? { ...action, uri: action.linkUri } : action;
  return button(
    {
      class: "imagemap-area",
      "aria-label": action.label ?? action.text ?? action.linkUri ?? "",
      css: looks,
      onclick: () => act(known),
    },
  );
}

function other(body, type) {
  return el("p", { class: "words" }, bodyWords(type, body) || t("kind.other"));
}
