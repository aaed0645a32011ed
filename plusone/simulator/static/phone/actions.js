// What happens when a button, a quick reply or a picture with an action is tapped.

import { postback, switchMenu } from "./api.js";
import { startTyping, openTray } from "./composer.js";
import { askFor, field } from "./dialog.js";
import { isLiff, openLiff } from "./liff.js";
import { copy } from "./menu.js";
import { go } from "./route.js";
import { attempt, notice } from "./say.js";
import { sayText, send } from "./sending.js";
import { state, takeIn } from "./state.js";
import { t } from "./words.js";

const DO = {
  message,
  postback: post,
  uri,
  datetimepicker,
  clipboard,
  camera: photos,
  cameraRoll: photos,
  location: sendPlace,
  richmenuswitch,
};

export function act(action) {
  if (!action) return undefined;
  return (DO[action.type] ?? unknown)(action);
}

function message(action) {
  return sayText(action.text);
}

async function post(action) {
  const shown = action.displayText ? { display_text: action.displayText } : {};
  await sendPostback({ data: action.data, ...shown });
  if (action.text) await sayText(action.text);
  if (action.inputOption === "openKeyboard") startTyping(action.fillInText ?? "");
}

async function sendPostback(body) {
  const answer = await attempt(() => postback(state.chat, { person: state.me, ...body }));
  if (answer?.messages) takeIn(answer.messages);
}

// LINE's own address that writes a text into the chat with an account is played here; all others open beside.
function uri(action) {
  const address = action.uri ?? "";
  const prefilled = /^https:\/\/line\.me\/R\/oaMessage\/([^/?]+)\/?\?(.*)$/.exec(address);
  if (prefilled) return openWithText(decodeURIComponent(prefilled[1]), decodeURIComponent(prefilled[2]));
  if (isLiff(address)) return openLiff(address);
  if (/^https?:/.test(address)) return void window.open(address, "_blank", "noopener,noreferrer");
  return notice(address);
}

function openWithText(basicId, text) {
  const account = state.world.channels.find((one) => one.basic_id === basicId);
  const chat = state.world.chats.find(
    (one) => one.kind === "user" && one.channel === account?.id && one.people.includes(state.me),
  );
  if (!chat) return notice(t("action.no_account", { id: basicId }));
  go({ chat: chat.id });
  return startTyping(text);
}

const INPUTS = { date: "date", time: "time", datetime: "datetime-local" };

function datetimepicker(action) {
  const limits = {
    type: INPUTS[action.mode] ?? "date",
    value: plain(action.initial),
    min: plain(action.min),
    max: plain(action.max),
    required: true,
    id_: "picked",
  };
  askFor(action.label ?? t("action.pick"), [field("picked", t("action.pick"), limits)], (form) => {
    sendPostback({ data: action.data, params: { [action.mode]: form.get("picked") } });
  });
}

// LINE writes a moment with "t" or "T" between day and time, an input wants "T".
const plain = (value) => value?.replace("t", "T") ?? null;

function clipboard(action) {
  return copy(action.clipboardText ?? "");
}
function photos() {
  return openTray("photos");
}

async function sendPlace() {
  const place = { type: "location", title: t("action.place"), latitude: 25.033964, longitude: 121.564468 };
  await send({ person: state.me, ...place });
}

// The next look at the world shows the other menu.
async function richmenuswitch(action) {
  const asked = { person: state.me, alias: action.richMenuAliasId, data: action.data };
  const answer = await attempt(() => switchMenu(state.chat, asked));
  if (answer && answer.status !== "SUCCESS") notice(t("menu.no_switch", { status: answer.status }));
}

function unknown(action) {
  return notice(t("action.unknown", { type: action.type }));
}
