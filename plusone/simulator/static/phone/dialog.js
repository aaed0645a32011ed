// Sheets from the bottom on a phone, boxes in the middle at a desk. The browser's own dialog keeps the keyboard inside.

import { button, el, icon } from "./dom.js";
import { t } from "./words.js";

export function openSheet(title, content, { className = "sheet" } = {}) {
  const close = () => sheet.close();
  const head = el(
    "header",
    { class: "sheet-head" },
    el("h2", {}, title),
    button({ class: "round", "aria-label": t("close"), onclick: close }, icon("close")),
  );
  const sheet = el(
    "dialog",
    { class: className, "aria-label": title },
    head,
    el("div", { class: "sheet-body" }, content(close)),
  );
  sheet.addEventListener("click", (event) => event.target === sheet && close());
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
  return close;
}

export function enlarge(address, words) {
  openSheet(
    words,
    () => el("img", { class: "enlarged", src: address, alt: words }),
    { className: "sheet lightbox" },
  );
}

// A form whose fields become one object; the first field has the keyboard. It stays open when `done` answers false.
export function askFor(title, fields, done, label) {
  openSheet(title, (close) => {
    const form = el(
      "form",
      { class: "ask" },
      fields,
      el("button", { class: "main", type: "submit", id_: "ask-done" }, label ?? t("done")),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await done(new FormData(form)) !== false) close();
    });
    return form;
  });
  document.querySelector("dialog:last-of-type .ask :is(input, select)")?.focus();
}

export function field(name, label, { help, ...props } = {}) {
  return el(
    "label",
    { class: "field" },
    el("span", {}, label),
    el("input", { name, autocomplete: "off", ...props }),
    help && el("small", {}, help),
  );
}

export function choice(name, label, options, chosen) {
  const items = options.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
  return el("label", { class: "field" }, el("span", {}, label), el("select", { name }, items));
}

export function ticks(name, label, options) {
  const items = options.map(
    ([value, text]) => el(
      "label",
      { class: "tick" },
      el("input", { type: "checkbox", name, value, checked: true }),
      text,
    ),
  );
  return el("fieldset", { class: "field" }, el("legend", {}, label), items);
}
