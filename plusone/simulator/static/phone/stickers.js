// Our own stickers: a steamed bun with a mood, drawn here. LINE's art is LINE's; its ids are only a number to us.

import { el, svgEl } from "./dom.js";
import { t } from "./words.js";

const EYES = {
  open: ["M38 52v6", "M62 52v6"],
  happy: ["M33 57q5-7 10 0", "M57 57q5-7 10 0"],
  closed: ["M33 55q5 5 10 0", "M57 55q5 5 10 0"],
  wide: ["M38 50v10", "M62 50v10"],
  wink: ["M38 52v6", "M56 55h11"],
};
const MOUTHS = {
  smile: "M43 66q7 7 14 0",
  grin: "M41 65h18q-2 11-9 11t-9-11z",
  sad: "M43 71q7-7 14 0",
  flat: "M44 68h12",
  oh: "M50 65a4 5 0 1 0 .1 0z",
  kiss: "M47 66q5 2 0 4q5 2 0 4",
};

// A mood: words it is known by, eyes, mouth, colour, and one thing beside the face.
const MOODS = [
  {
    name: "thanks", words: /thank|grateful|bow|polite/, eyes: "closed", mouth: "smile", colour: "#ffe3b8",
    extra: "M16 78q8-10 14 0M70 78q6-10 14 0",
  },
  {
    name: "yes", words: /ok|yes|good|agree|thumb|nice|sure|got/, eyes: "happy", mouth: "smile", colour: "#fff0c2",
    extra: "M76 26l6 7 12-15",
  },
  {
    name: "love", words: /love|heart|like/, eyes: "happy", mouth: "smile", colour: "#ffd3dc",
    extra: "M82 32c-9-6-12-11-7-15q4-2 7 3q3-5 7-3c5 4 2 9-7 15z",
  },
  {
    name: "sad", words: /sad|cry|sorry|tear/, eyes: "closed", mouth: "sad", colour: "#d5e5fb",
    extra: "M70 62q-5 9 0 10q5-1 0-10",
  },
  {
    name: "please", words: /please|want|beg|need/, eyes: "wide", mouth: "kiss", colour: "#e3d6fb",
    extra: "M82 24v14M75 27l14 8M89 27l-14 8",
  },
  {
    name: "laugh", words: /laugh|haha|happy|joy|lol/, eyes: "happy", mouth: "grin", colour: "#ffdfb0",
    extra: "M22 58q-8 6-3 11q7-1 3-11M78 58q8 6 3 11q-7-1-3-11",
  },
  {
    name: "surprise", words: /surpris|shock|wow|what|huh|question/, eyes: "wide", mouth: "oh", colour: "#fde8cf",
    extra: "M84 12v16M84 35v.5",
  },
  {
    name: "sleep", words: /sleep|night|tired|bed/, eyes: "closed", mouth: "flat", colour: "#dcd9f7",
    extra: "M74 16h14l-14 14h14M66 30h8l-8 8h8",
  },
  {
    name: "angry", words: /angry|mad|no\b|refuse/, eyes: "open", mouth: "sad", colour: "#ffc7b3",
    extra: "M32 44l11 5M68 44l-11 5",
  },
  {
    name: "party", words: /party|cheer|fun|congrat|celebrat|excit/, eyes: "happy", mouth: "grin", colour: "#fff0c2",
    extra: "M14 26l4 8M24 16l2 9M86 26l-4 8M76 16l-2 9",
  },
  {
    name: "hello", words: /hello|hi\b|hey|greet|wave|morning|bye/, eyes: "open", mouth: "grin", colour: "#ffe9d1",
    extra: "M86 46q7-8 3-15M93 50q10-12 4-24",
  },
  {
    name: "wait", words: /wait|think|hmm|busy|work/, eyes: "wink", mouth: "flat", colour: "#e5efe0",
    extra: "M78 26h.5M85 22h.5M92 18h.5",
  },
];

export function drawSticker(packageId, stickerId, keywords = []) {
  const mood = moodOf(keywords, stickerId);
  const svg = svgEl(
    "svg",
    { viewBox: "0 0 100 100", class: "sticker", role: "img", "aria-label": stickerName(keywords) },
  );
  svg.append(...face(mood));
  return el("span", { class: "sticker-box" }, svg);
}

const moodFor = (keywords) => MOODS.find((one) => one.words.test((keywords ?? []).join(" ").toLowerCase()));
const moodOf = (keywords, stickerId) => moodFor(keywords) ?? MOODS[numberOf(stickerId) % MOODS.length];

// The last digits are enough to give a sticker we don't know the same face each time.
const numberOf = (stickerId) => Number(String(stickerId).replace(/\D/g, "").slice(-9));

export function stickerName(keywords) {
  const mood = moodFor(keywords);
  return mood ? t("sticker.named", { mood: t(`sticker.${mood.name}`) }) : t("kind.sticker");
}

function face(mood) {
  const bun = svgEl(
    "path",
    {
      d: "M50 20c5 0 7 5 13 8c17 7 27 20 27 36c0 18-16 26-40 26s-40-8-40-26c0-16 10-29 27-36c6-3 8-8 13-8z",
      class: "bun",
      fill: mood.colour,
    },
  );
  const folds = svgEl("path", { d: "M50 22v10M43 27q-1 7-6 11M57 27q1 7 6 11", class: "fold" });
  const cheeks = ["30", "70"].map((x) => svgEl("circle", { cx: x, cy: "65", r: "5", class: "cheek" }));
  const halo = svgEl("path", { d: mood.extra, class: "halo" });
  const lines = [...EYES[mood.eyes], mood.extra].map((d) => svgEl("path", { d, class: "ink" }));
  const mouth = svgEl(
    "path",
    { d: MOUTHS[mood.mouth], class: `ink ${mood.mouth === "grin" ? "is-full" : ""}` },
  );
  return [bun, folds, ...cheeks, halo, ...lines, mouth];
}
