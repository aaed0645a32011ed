// Words to the one at the screen: a short notice, a refusal, something for a screen reader.

import { Refused } from "./api.js";
import { has, t } from "./words.js";

let hiding = 0;

export function notice(text) {
  const toast = document.getElementById("toast");
  toast.textContent = text;
  toast.classList.add("is-shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => toast.classList.remove("is-shown"), 3500);
}

export function announce(text) {
  document.getElementById("live").textContent = text;
}

function sentence(error) {
  if (!(error instanceof Refused)) return t("error.unreachable");
  const key = `error.${error.code}`;
  const why = Object.values(error.detail).filter((one) => typeof one === "string").join(" · ");
  return has(key) ? t(key) : t("error.refused", { code: why || error.code });
}

// Runs what a tap asked for; a refusal is said instead of thrown, and the answer is false.
export async function attempt(doing) {
  try {
    return await doing();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof TypeError)) throw error;
    notice(sentence(error));
    return false;
  }
}
