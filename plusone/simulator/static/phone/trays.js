// What opens below the composer: sample photos, one's own photos, stickers.

import { button, el, icon } from "./dom.js";
import { send } from "./sending.js";
import { state } from "./state.js";
import { drawSticker, stickerName } from "./stickers.js";
import { t } from "./words.js";

export function drawPhotos(done) {
  const chosen = new Set();
  const several = button(
    { class: "quiet", id_: "photo-several", "aria-pressed": "false", onclick: () => toggleSeveral() },
    t("photos.several"),
  );
  const sendChosen = button(
    { class: "main", id_: "photo-send", hidden: true, onclick: () => sendPhotos([...chosen], done) },
  );
  const tiles = state.world.camera_roll.map((one, index) => tile(one, index + 1, pick));

  function toggleSeveral() {
    const now = several.getAttribute("aria-pressed") !== "true";
    several.setAttribute("aria-pressed", String(now));
    chosen.clear();
    show();
  }

  function pick(name) {
    if (several.getAttribute("aria-pressed") !== "true") return sendPhotos([name], done);
    if (!chosen.delete(name)) chosen.add(name);
    return show();
  }

  function show() {
    for (const one of tiles) one.setAttribute("aria-pressed", String(chosen.has(one.dataset.name)));
    sendChosen.hidden = chosen.size === 0;
    sendChosen.textContent = t("photos.send", { count: chosen.size });
  }

  return [
    el("div", { class: "tray-head" }, upload(done), several, sendChosen),
    el("div", { class: "tiles" }, tiles),
  ];
}

function tile(one, number, pick) {
  const words = t("photos.sample", { number });
  return button(
    {
      class: "tile",
      id_: `sample-photo-${number}`,
      dataset: { name: one.name },
      "aria-label": words,
      onclick: () => pick(one.name),
    },
    el("img", { src: one.url, alt: "" }),
  );
}

function upload(done) {
  const input = el(
    "input",
    {
      type: "file",
      accept: "image/jpeg,image/png",
      multiple: true,
      class: "unseen",
      id_: "photo-file",
      onchange: () => sendFiles(input.files, done),
    },
  );
  return el("label", { class: "quiet upload" }, icon("plus"), t("photos.upload"), input);
}

function sendPhotos(photos, done) {
  done();
  return send({ person: state.me, type: "image", photos });
}

function sendFiles(files, done) {
  const form = new FormData();
  form.append("person", state.me);
  form.append("type", "image");
  for (const file of files) form.append("photo", file);
  done();
  return send(form);
}

export function drawStickers(quotedId, done) {
  return el(
    "div",
    { class: "tiles" },
    state.world.stickers.map((one, index) => stickerTile(one, index + 1, quotedId, done)),
  );
}

function stickerTile(one, number, quotedId, done) {
  const choose = () => {
    const quote = quotedId();
    done();
    return send(
      {
        person: state.me,
        type: "sticker",
        package_id: one.package_id,
        sticker_id: one.sticker_id,
        ...(quote && { quote }),
      },
    );
  };
  return button(
    {
      class: "tile is-sticker",
      id_: `sticker-${number}`,
      "aria-label": stickerName(one.keywords),
      onclick: choose,
    },
    drawSticker(one.package_id, one.sticker_id, one.keywords),
  );
}
