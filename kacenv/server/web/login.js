// Logging in: by a link that carries a token, or by a PIN on a pad of large keys.
// The room answers with a cookie that no script can read; nothing secret is kept here.

import { setRole } from "./keys.js";
import { ask } from "./link.js";
import { onPress } from "./press.js";
import { $, write } from "./view.js";

const LONGEST = 12;
const SHORTEST = 6;

let pin = "";
let busy = false;
let opened = null;

/** Show the token of a link like `…/#token=kacenv_…`, and take it out of the address; ends when done. */
export async function showToken() {
  const [, token] = location.hash.match(/^#token=([\w-]+)$/) || [];
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  try {
    await ask("/v1/login", { body: { token } });
  } catch (error) {
    write($("login-said"), error.message);
  }
}

/** Ask for the PIN; ends when somebody has logged in. */
export function logIn() {
  document.body.classList.add("locked");
  $("login").hidden = false;
  type("");
  return new Promise((open) => {
    opened = open;
  });
}

/** Learn whether this device may drive the room, or only look. */
export async function learnRole() {
  const { role } = await ask("/v1/login");
  setRole(role);
}

function leave() {
  type("");
  write($("login-said"), "");
  document.body.classList.remove("locked");
  $("login").hidden = true;
  opened();
}

function type(text) {
  pin = text;
  write($("pin"), "●".repeat(pin.length));
  write($("pin-length"), pin.length === 1 ? "1 digit" : `${pin.length} digits`);
  $("pin-done").disabled = busy || pin.length < SHORTEST;
  $("pin-back").disabled = busy || !pin;
}

function add(digit) {
  if (!busy && pin.length < LONGEST) type(pin + digit);
}

async function send() {
  if (busy || pin.length < SHORTEST) return;
  busy = true;
  write($("login-said"), "");
  const body = { pin };
  type("");
  try {
    await ask("/v1/login", { body });
    busy = false;
    leave();
  } catch (error) {
    busy = false;
    write($("login-said"), error.message);
  }
}

for (const key of document.querySelectorAll("#pad [data-digit]")) {
  onPress(key, () => add(key.dataset.digit));
}
onPress($("pin-back"), () => type(pin.slice(0, -1)));
onPress($("pin-done"), send);
document.addEventListener("keydown", (event) => {
  if ($("login").hidden) return;
  const typed = /^\d$/.test(event.key);
  if (typed || event.key === "Backspace") document.activeElement.blur(); // Enter means to open now
  if (typed) add(event.key);
  else if (event.key === "Backspace") type(pin.slice(0, -1));
  else if (event.key === "Enter" && event.target.tagName !== "BUTTON") send();
});
