// A round picture for a person, an account or a group: the first letter on their colour.

import { el } from "./dom.js";
import { channel, person } from "./state.js";

const COLOURS = ["#5b5bd6", "#b4527a", "#2f7fb0", "#a4632a", "#7a56b5", "#3d7d6b", "#8c5a50", "#4d6488"];

export function avatar(from) {
  const found = from.kind === "account" ? channel(from.id) : from.kind === "person" ? person(from.id) : from;
  const name = found?.name ?? from.id ?? "?";
  const spare = COLOURS[sum(from.id ?? name) % COLOURS.length];
  const known = /^#[0-9a-f]{6}$/i.test(found?.color ?? "") ? found.color : spare;
  const kind = from.kind === "account" ? " is-account" : from.kind === "group" ? " is-group" : "";
  return el(
    "span",
    { class: `avatar${kind}`, "aria-hidden": "true", css: { "--own": known } },
    firstLetter(name),
  );
}

export function picture(address) {
  const image = el("img", { class: "avatar", src: address, alt: "" });
  return image;
}

const firstLetter = (name) => (/^[A-Za-z]/.test(name) ? name[0].toUpperCase() : [...name][0]);

const sum = (text) => [...String(text)].reduce((total, letter) => total + letter.codePointAt(0), 0);
