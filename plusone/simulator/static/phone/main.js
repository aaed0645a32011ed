// Starts the page: the people on top, chats left, phone in the middle, LINE itself at the right.

import { startChat } from "./chat.js";
import { askForAccount, startChats } from "./chats.js";
import { startPanel } from "./panel.js";
import { startPeople } from "./people.js";
import { loadWorld, startPolling } from "./poll.js";
import { followAddress } from "./route.js";
import { attempt } from "./say.js";
import { on, recall, state, tell } from "./state.js";

recall();
startPeople();
startChats();
startChat();
startPanel();

const world = await attempt(loadWorld);
await followAddress();
if (!world) { state.connected = false; tell("connected"); }
else if (!world.channels.length) askForAccount();
on("world", () => !state.chat && window.dispatchEvent(new HashChangeEvent("hashchange")));
startPolling();
document.body.dataset.ready = "true";
