// A message in a few words: for lists, quotes and screen readers.

import { channel, person } from "./state.js";
import { has, t } from "./words.js";

export function summary(message) {
  if (message.unsent) return t("message.unsent");
  if (message.type === "system") return systemWords(message.body);
  return bodyWords(message.type, message.body);
}

export function bodyWords(type, body = {}) {
  if (type === "text" || type === "textV2") return body.text ?? "";
  if (type === "flex" || type === "template" || type === "imagemap") return body.altText ?? t(`kind.${type}`);
  if (type === "file" && body.fileName) return body.fileName;
  return has(`kind.${type}`) ? t(`kind.${type}`) : type;
}

export function systemWords(body) {
  const who = person(body.person)?.name ?? body.person ?? "";
  const account = channel(body.channel)?.name ?? body.channel ?? "";
  return t(`system.${body.what}`, { person: who, account });
}
