// Pictures from wherever an account says they are.

import { el, icon } from "./dom.js";
import { t } from "./words.js";

// A picture that can't be fetched says so: an account may name any address, and offline many don't answer.
export function photo(address, words) {
  const shown = /^(https?:|\/|blob:)/.test(address ?? "") ? address : "";
  const node = el("img", { src: shown, alt: words ?? "", loading: "lazy" });
  node.addEventListener(
    "error",
    () => node.replaceWith(el("span", { class: "broken" }, icon("photo"), t("message.no_picture"))),
    { once: true },
  );
  return node;
}
