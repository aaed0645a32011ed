// Template messages: buttons, a yes-or-no, and carousels of them.

import { act } from "./actions.js";
import { button, el, setLooks } from "./dom.js";
import { color } from "./flexlooks.js";
import { photo } from "./pictures.js";

const DRAW = { buttons: column, confirm, carousel, image_carousel: imageCarousel };

export function drawTemplate(template) {
  return (DRAW[template.type] ?? column)(template);
}

function column(content, { imageAspectRatio, imageSize } = content) {
  const image = content.thumbnailImageUrl ? thumbnail(content, imageAspectRatio, imageSize) : null;
  const title = content.title ? el("b", { class: "template-title" }, content.title) : null;
  const words = el("p", {}, content.text ?? "");
  const text = content.defaultAction ? button(
    { class: "template-text", onclick: () => act(content.defaultAction) },
    title,
    words,
  ) : el("div", { class: "template-text" }, title, words);
  return el("div", { class: "template" }, image, text, actionButtons(content.actions));
}

function thumbnail(content, shape, size) {
  const node = el(
    "div",
    {
      class: `template-image${shape === "square" ? " is-square" : ""}${size === "contain" ? " is-fit" : ""}`,
    },
    photo(content.thumbnailImageUrl, ""),
  );
  return setLooks(node, { "background-color": color(content.imageBackgroundColor) });
}

function actionButtons(actions = []) {
  return el(
    "div",
    { class: "template-actions" },
    actions.map(
      (action) => button({ id_: "template-button", onclick: () => act(action) }, action.label ?? ""),
    ),
  );
}

function confirm(content) {
  const node = column(content);
  node.classList.add("is-confirm");
  return node;
}

function carousel(content) {
  return el(
    "div",
    { class: "carousel", tabindex: "0" },
    (content.columns ?? []).map((one) => column(one, content)),
  );
}

function imageCarousel(content) {
  return el("div", { class: "carousel", tabindex: "0" }, (content.columns ?? []).map(imageColumn));
}

function imageColumn({ imageUrl, action }) {
  return button(
    { class: "image-column", onclick: () => act(action) },
    photo(imageUrl, ""),
    action?.label && el("span", {}, action.label),
  );
}
