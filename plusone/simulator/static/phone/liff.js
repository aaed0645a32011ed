// LIFF addresses open over the chat, as the person who taps: the way LINE's own browser does.

import * as api from "./api.js";
import { openSheet } from "./dialog.js";
import { el } from "./dom.js";
import { attempt } from "./say.js";
import { state } from "./state.js";
import { t } from "./words.js";

const LINE_HOSTS = ["liff.line.me", "miniapp.line.me"];

export function isLiff(address) {
  if (!URL.canParse(address)) return false;
  const { hostname, host, port, pathname } = new URL(address);
  const here = host === location.host || (isLocal(hostname) && port === location.port);
  const id = pathname.split("/")[1];
  return (here || LINE_HOSTS.includes(hostname)) && state.world.liff_apps.some((app) => app.id === id);
}

const isLocal = (name) => ["127.0.0.1", "localhost", "[::1]"].includes(name);

export async function openLiff(address) {
  const opened = await attempt(() => api.openLiff({ person: state.me, chat: state.chat, url: address }));
  if (opened) show(opened);
}

function show({ url, name, size }) {
  const frame = el("iframe", { class: "liff-frame", src: url, title: name, id_: "liff-frame" });
  const close = openSheet(name, () => [frame, beside(url)], { className: `sheet liff is-${size}` });
  const hear = (event) => {
    if (!frame.isConnected) return window.removeEventListener("message", hear);
    if (event.source !== frame.contentWindow) return undefined;
    if (event.data?.liff === "close") return close();
    if (event.data?.liff === "open") return go(String(event.data.url), close);
    return undefined;
  };
  window.addEventListener("message", hear);
}

function go(address, close) {
  if (!isLiff(address)) return void window.open(address, "_blank", "noopener,noreferrer");
  close();
  return openLiff(address);
}

function beside(url) {
  return el("a", { class: "quiet", href: url, target: "_blank", rel: "noopener noreferrer" }, t("liff.new_tab"));
}
