// The rich menu at the bottom of a 1:1 chat: a picture with areas to tap, and the bar that opens and closes it.

import { act } from "./actions.js";
import { button, el, fill, icon } from "./dom.js";
import { current, state } from "./state.js";
import { t } from "./words.js";

// What a person opened or closed stays so for this menu in this chat; before that the menu's own wish counts.
const opened = new Map();
let shown = null;

export function drawRichMenu(node) {
  const menu = state.world.menus?.[current()?.menu];
  const key = menu ? `${state.me}|${state.chat}|${menu.id}` : null;
  if (key === shown) return;
  shown = key;
  fill(node, menu && parts(node, menu, key));
}

function parts(node, menu, key) {
  const isOpen = opened.get(key) ?? menu.selected;
  const toggle = button(
    {
      class: "menu-bar",
      id_: "rich-menu-bar",
      "aria-expanded": String(isOpen),
      onclick: () => {
        opened.set(key, !isOpen);
        fill(node, parts(node, menu, key));
      },
    },
    icon("menu"),
    el("span", {}, menu.chatBarText),
  );
  return [isOpen && picture(menu), toggle];
}

function picture(menu) {
  const image = el("img", { src: menu.image, alt: "", draggable: "false" });
  const areas = menu.areas.map((area, index) => tappable(area, index + 1, menu.size));
  return el(
    "div",
    {
      class: "rich-menu",
      id_: "rich-menu",
      role: "group",
      "aria-label": menu.chatBarText,
      css: { "aspect-ratio": `${menu.size.width} / ${menu.size.height}` },
    },
    image,
    areas,
  );
}

function tappable({ bounds, action }, number, size) {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  return button({
    class: "rich-menu-area",
    id_: `rich-menu-area-${number}`,
    "aria-label": nameOf(action) || t("menu.area", { number }),
    css: {
      left: share(bounds.x, size.width),
      top: share(bounds.y, size.height),
      width: share(bounds.width, size.width),
      height: share(bounds.height, size.height),
    },
    onclick: () => act(action),
  });
}

const nameOf = (action) => action.label || action.text || action.displayText || "";
