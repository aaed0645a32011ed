// Quick replies: chips above the composer while the message that brought them is the last one.

import { act } from "./actions.js";
import { button, el, fill } from "./dom.js";

let shown = null;

export function drawQuickReplies(node, last) {
  const items = last && !last.unsent ? (last.body?.quickReply?.items ?? []) : [];
  const key = items.length ? last.id : null;
  if (key === shown && node.childElementCount === items.length) return;
  shown = key;
  fill(node, items.map(({ action, imageUrl }) => chip(action, imageUrl)));
}

function chip(action, imageUrl) {
  const image = /^https?:/.test(imageUrl ?? "") ? el("img", { src: imageUrl, alt: "" }) : null;
  return button(
    { class: "chip", id_: "quick-reply", onclick: () => act(action) },
    image,
    action.label ?? action.text ?? "",
  );
}
