// Texts and the local way of writing times and numbers. The server puts the texts of one language into the page.

const WORDS = JSON.parse(document.getElementById("words").textContent);
export const LANGUAGES = JSON.parse(document.getElementById("languages").textContent);
export const tag = document.documentElement.lang;

export function t(key, values = {}) {
  const text = WORDS[key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export const has = (key) => key in WORDS;

const clock = new Intl.DateTimeFormat(tag, { hour: "numeric", minute: "2-digit" });
const second = new Intl.DateTimeFormat(
  tag,
  { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false },
);
const day = new Intl.DateTimeFormat(tag, { month: "long", day: "numeric", weekday: "short" });
const moment = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "medium" });
const figure = new Intl.NumberFormat(tag);

export const timeOf = (ms) => clock.format(ms);
export const secondOf = (ms) => second.format(ms);
export const dayOf = (ms) => day.format(ms);
export const momentOf = (ms) => moment.format(ms);
export const number = (value) => figure.format(value);
