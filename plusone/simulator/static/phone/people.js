// Top of the page: who am I? One tap plays another person.

import { addPerson } from "./api.js";
import { avatar } from "./avatar.js";
import { askFor, choice, field } from "./dialog.js";
import { button, el, fill, icon } from "./dom.js";
import { loadWorld } from "./poll.js";
import { go } from "./route.js";
import { attempt } from "./say.js";
import { on, state } from "./state.js";
import { LANGUAGES, t, tag } from "./words.js";

export function startPeople() {
  on("world who", draw);
}

function draw() {
  const people = state.world.people.map(personButton);
  const add = button(
    { class: "person", id_: "add-person", title: t("people.add"), onclick: askForPerson },
    el("span", { class: "avatar is-empty" }, icon("plus")),
    el("span", {}, t("people.new")),
  );
  const strip = el("div", { class: "strip", role: "group", "aria-label": t("people.who") }, people, add);
  fill(
    document.getElementById("top"),
    el("strong", { class: "brand" }, t("page.short")),
    el("span", { class: "who" }, t("people.who")),
    strip,
  );
  strip.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function personButton(one) {
  const choose = () => go({ person: one.id });
  return button(
    {
      class: "person",
      id_: `person-${one.id}`,
      "aria-pressed": String(one.id === state.me),
      onclick: choose,
    },
    avatar({ kind: "person", id: one.id }),
    el("span", {}, one.name),
  );
}

function askForPerson() {
  const fields = [
    field("name", t("people.name"), { required: true, maxlength: 40, id_: "new-person-name" }),
    choice("language", t("people.language"), LANGUAGES.map((one) => [one.tag, one.name]), tag),
  ];
  askFor(
    t("people.add"),
    fields,
    (form) => attempt(() => create(form.get("name").trim(), form.get("language"))),
  );
}

async function create(name, language) {
  const id = freeId(name);
  await addPerson({ id, name, language });
  await loadWorld();
  go({ person: id });
}

function freeId(name) {
  const base = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "person";
  const taken = new Set(state.world.people.map((one) => one.id));
  let id = base;
  for (let count = 2; taken.has(id); count += 1) id = `${base}-${count}`;
  return id;
}
