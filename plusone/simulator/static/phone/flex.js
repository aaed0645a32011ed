// Flex messages drawn as LINE draws them: bubbles and carousels of boxes, texts, pictures and buttons.

import { act } from "./actions.js";
import { button, el, setLooks } from "./dom.js";
import {
  ALIGN,
  JUSTIFY,
  boxLooks,
  color,
  gap,
  lengthOf,
  offsetLooks,
  ratio,
  textSize,
  IMAGE_SIZES,
} from "./flexlooks.js";
import { photo } from "./pictures.js";

const DRAW = { box, text, span, image, icon, button: flexButton, separator, filler, spacer, video };

const OWN_WIDTH = new Set(["icon", "separator", "spacer"]);
const PARTS = ["header", "hero", "body", "footer"];

export function drawFlex(message) {
  const { contents } = message;
  if (contents?.type !== "carousel") return bubble(contents ?? {});
  return el("div", { class: "carousel", tabindex: "0" }, (contents.contents ?? []).map(bubble));
}

function bubble(content) {
  const parts = PARTS.filter((name) => content[name]).map((name) => part(name, content));
  const node = el(
    "div",
    {
      class: `flex flex-${/^\w+$/.test(content.size) ? content.size : "mega"}`,
      dir: content.direction === "rtl" ? "rtl" : null,
    },
    parts,
  );
  return tappable(node, content.action);
}

function part(name, content) {
  const style = content.styles?.[name] ?? {};
  const node = el("div", { class: `flex-part flex-${name}` }, component(content[name], "vertical"));
  if (style.separator) node.prepend(
    setLooks(el("hr", { class: "flex-separator" }), { "border-color": color(style.separatorColor) }),
  );
  return setLooks(node, { "background-color": color(style.backgroundColor) });
}

function component(content, direction) {
  const node = (DRAW[content.type] ?? unknown)(content, direction);
  placeIn(node, content, direction);
  return tappable(node, content.type === "button" ? null : content.action);
}

// In a row everything shares the width unless it says flex 0;
// in a column everything keeps its height unless it asks for a share.
function placeIn(node, content, direction) {
  const across = direction !== "vertical";
  const shares = across && !OWN_WIDTH.has(content.type) && !content.width;
  const share = content.flex ?? (shares ? 1 : 0);
  setLooks(node, { flex: share > 0 ? `${share} ${share} ${across ? "0" : "auto"}` : "0 0 auto" });
  if (across && share === 0) node.classList.add("flex-own-width");
  const margin = gap(content.margin);
  if (margin) setLooks(node, { [across ? "margin-inline-start" : "margin-top"]: margin });
  if (content.gravity) setLooks(
    node,
    {
      "align-self": across ? ALIGN[content.gravity] : null,
      "margin-block": !across && content.gravity === "center" && share > 0 ? "auto" : null,
    },
  );
  setLooks(node, offsetLooks(content));
}

function tappable(node, action) {
  if (!action) return node;
  const run = (event) => { event.stopPropagation(); act(action); };
  node.classList.add("is-tappable");
  node.setAttribute("role", "button");
  node.tabIndex = 0;
  if (action.label) node.setAttribute("aria-label", action.label);
  node.addEventListener("click", run);
  node.addEventListener(
    "keydown",
    (event) => event.target === node && ["Enter", " "].includes(event.key) && (event.preventDefault(), run(event)),
  );
  return node;
}

function box(content) {
  const layout = ["horizontal", "baseline"].includes(content.layout) ? content.layout : "vertical";
  const children = (content.contents ?? []).map(
    (child, index) => spaced(component(child, layout), child, index, content.spacing, layout),
  );
  const node = el("div", { class: `flex-box is-${layout}` }, children);
  return setLooks(
    node,
    {
      ...boxLooks(content),
      "justify-content": JUSTIFY[content.justifyContent],
      "align-items": layout === "baseline" ? "baseline" : ALIGN[content.alignItems],
    },
  );
}

// A box's spacing stands before each child but the first; a child's own margin wins over it.
function spaced(node, child, index, spacing, layout) {
  if (index === 0 || child.margin || !gap(spacing) || child.position === "absolute") return node;
  return setLooks(node, { [layout === "vertical" ? "margin-top" : "margin-inline-start"]: gap(spacing) });
}

function text(content) {
  const node = el(
    "p",
    { class: `flex-text${content.wrap ? " is-wrapped" : ""}` },
    content.contents?.length ? content.contents.map(span) : (content.text ?? ""),
  );
  if (content.wrap && content.maxLines > 0) node.classList.add("is-clamped");
  const looks = {
    "text-align": { start: "start", end: "end", center: "center" }[content.align],
    "-webkit-line-clamp": content.maxLines > 0 ? String(content.maxLines) : null,
  };
  return setLooks(
    node,
    { ...letterLooks(content), "font-size": textSize(content.size) ?? textSize("md"), ...looks },
  );
}

function span(content) {
  return setLooks(
    el("span", {}, content.text ?? ""),
    { ...letterLooks(content), "font-size": textSize(content.size) },
  );
}

function letterLooks(content) {
  return {
    color: color(content.color),
    "font-weight": content.weight === "bold" ? "700" : null,
    "font-style": content.style === "italic" ? "italic" : null,
    "text-decoration": { underline: "underline", "line-through": "line-through" }[content.decoration],
  };
}

function image(content) {
  const node = el(
    "div",
    { class: `flex-image is-${content.aspectMode === "cover" ? "cover" : "fit"}` },
    photo(content.url, ""),
  );
  const width = content.size === "full" ? "100%" : (lengthOf(content.size, IMAGE_SIZES) ?? IMAGE_SIZES.md);
  const holder = el("div", { class: `flex-image-line is-${content.align ?? "center"}` }, node);
  setLooks(
    node,
    {
      width,
      "aspect-ratio": ratio(content.aspectRatio) ?? "1",
      "background-color": color(content.backgroundColor),
    },
  );
  return holder;
}

function video(content) {
  const node = el("div", { class: "flex-image is-cover" }, photo(content.previewUrl, ""));
  return setLooks(node, { width: "100%", "aspect-ratio": ratio(content.aspectRatio) ?? "1" });
}

function icon(content) {
  const node = photo(content.url, "");
  node.classList.add("flex-icon");
  return setLooks(
    node,
    { height: textSize(content.size) ?? textSize("md"), "aspect-ratio": ratio(content.aspectRatio) ?? "1" },
  );
}

function flexButton(content) {
  const style = ["primary", "secondary"].includes(content.style) ? content.style : "link";
  const node = button(
    {
      class: `flex-button is-${style}${content.height === "sm" ? " is-small" : ""}`,
      id_: "flex-button",
      onclick: () => act(content.action),
    },
    content.action?.label ?? "",
  );
  return setLooks(node, { [style === "link" ? "color" : "background-color"]: color(content.color) });
}

function separator(content, direction) {
  return setLooks(
    el("div", { class: `flex-separator${direction === "vertical" ? "" : " is-upright"}`, role: "separator" }),
    { "border-color": color(content.color) },
  );
}

function filler(content) {
  return setLooks(el("div", { class: "flex-filler" }), { flex: `${content.flex ?? 1}` });
}

function spacer(content) {
  return setLooks(
    el("div", {}),
    { "padding-top": gap(content.size ?? "md"), "padding-inline-start": gap(content.size ?? "md") },
  );
}

const unknown = (content) => el("p", { class: "flex-text" }, `[${content.type}]`);
