// Sends what a person says; what the simulator made of it is shown at once, without waiting for the next look.

import { say } from "./api.js";
import { attempt } from "./say.js";
import { state, takeIn } from "./state.js";

// Answers whether it was sent; a refusal has been said to the one at the screen.
export async function send(body, chat = state.chat) {
  const answer = await attempt(() => say(chat, body));
  if (answer) takeIn(answer.messages);
  return Boolean(answer);
}

export const sayText = (text, quote) => send(
  { person: state.me, type: "text", text, ...(quote && { quote }) },
);
