// The tablet's page: joins the link, the view and the keys.

import { stayAwake } from "./awake.js";
import { showCheckIns, wireCheckIns } from "./check_ins.js";
import { KEYS, PLAIN_KEYS, faceOf, forget, may, muteAsk, volumeAsk } from "./keys.js";
import { askLightsUp } from "./lights_up.js";
import { UNSURE, follow } from "./link.js";
import { learnRole, logIn, showToken } from "./login.js";
import { onLongPress, onPress } from "./press.js";
import { press } from "./presses.js";
import { offerScenes } from "./scenes.js";
import { showSeats, wireSeats } from "./seats.js";
import { Room, isRehearsal } from "./status.js";
import { undoOf } from "./undo.js";
import { $, news, show, write } from "./view.js";
import { clock, forTouch, timeOfDay } from "./words.js";

const FRAME = 250; // ms between two looks at the clocks
const UNDO = 10000; // ms

const room = new Room();
let presses = 0;
let undoing = null;
let quiet = null;
let lostAt = null;
let shown = null;
let links = 0; // changes whenever the link comes or goes

function say(text, undo = null) {
  write($("said"), forTouch(text));
  undoing = undo && { ...undo, seen: false };
  $("undo").hidden = !undo;
  $("undo").classList.remove("running");
  if (undo) requestAnimationFrame(() => $("undo").classList.add("running"));
  clearTimeout(quiet);
  quiet = setTimeout(() => say(""), UNDO);
}

async function send(request, withUndo = true) {
  const before = room.now();
  const mine = ++presses;
  const speak = (...words) => mine === presses && say(...words); // answers may overtake each other
  let failed = false;
  const again = () => {
    failed = true;
    speak("The room didn't answer. This tablet asks again by itself.");
  };
  try {
    const answer = await press(request, again);
    if (!answer) return speak(UNSURE);
    const sure = withUndo && !failed && answer.changed; // else `before` may be another's
    speak(answer.reply, sure ? undoOf(request, before) : null);
  } catch (error) {
    speak(error.message);
  }
}

/** Somebody else's word counts: where the room isn't as the press left it, undo is over. */
function watchUndo(status) {
  if (!undoing) return;
  const still = undoing.still(status);
  if (undoing.seen && !still) say($("said").textContent);
  else undoing.seen = still;
}

function takeBack() {
  const request = undoing.request();
  forget(undoing.output);
  say("");
  return send(request, false);
}

/** Lights-up is tried whatever the link says; that it failed stays to be read. */
async function lightsUp() {
  const request = KEYS["lights-up"].ask;
  const before = room.now();
  const mine = ++presses;
  let failed = false;
  const trying = () => {
    failed = true;
    say("Trying to bring the lights up. The switches at the wall work, too.");
  };
  if (lostAt) trying();
  try {
    const answer = await askLightsUp(request, trying);
    if (!answer) return;
    const sure = !failed && mine === presses && answer.changed; // else `before` may be another's
    say(answer.reply, sure ? undoOf(request, before) : null);
  } catch (error) {
    say(error.message);
    clearTimeout(quiet);
  }
}

function draw() {
  const status = !lostAt && room.now();
  if (!status) return drawLost();
  const told = news(shown, status);
  if (told) write($("news"), told);
  show(status);
  showCheckIns(status);
  showSeats(status);
  watchUndo(status);
  const idle = status.session.phase === null;
  if (!shown || idle !== (shown.session.phase === null)) stayAwake(!idle);
  if (idle && (!shown || shown.session.phase !== null)) offerScenes(say);
  shown = status;
}

function drawLost() {
  if (!lostAt) return;
  const span = clock((Date.now() - lostAt) / 1000);
  write($("lost-for"), `(${span})`);
}

function lose() {
  links += 1;
  if (lostAt || !room.known) return;
  lostAt = Date.now();
  document.body.classList.add("lost");
  const over = isRehearsal(room.known);
  write($("lost-words"), over ? "The rehearsal is over. This is how it was then." :
    `No link since ${timeOfDay(new Date(lostAt))}. The room goes on by itself; this is how it was then.`);
  $("lost-for").hidden = over;
  $("lost").hidden = false;
  for (const key of document.querySelectorAll("main button, #undo")) {
    key.disabled = key.id !== "lights-up" || over || !may(key.id);
  }
  say("");
}

function find() {
  document.body.classList.remove("waiting", "lost");
  $("lost").hidden = true;
  write($("lost-words"), "");
  $("undo").disabled = false;
  lostAt = null;
  shown = null;
  draw();
}

/** Nothing of the room stays on a screen that may not show it any more. */
async function unlock() {
  lostAt = Date.now();
  room.known = null;
  shown = null;
  await logIn();
}

function hear(name, data) {
  if (name === "status") {
    room.learn(data);
    const link = ++links;
    const found = () => link === links && find(); // unless it has gone meanwhile
    learnRole().catch(() => {}).then(found); // what it may do is known before it is shown
    return;
  }
  room.change(data);
  if (name !== "beat") draw();
}

function wire() {
  for (const id of PLAIN_KEYS) {
    const sendFace = () => send(faceOf(id, room.now()).ask);
    if (id === "lights-up") onPress($(id), lightsUp);
    else if (KEYS[id].slow) onLongPress($(id), sendFace, say);
    else onPress($(id), sendFace);
  }
  wireCheckIns(send);
  wireSeats(send, say);
  onPress($("undo"), takeBack);
  $("outputs").addEventListener("click", pressOutput);
}

function pressOutput({ target }) {
  const key = target.closest("button");
  if (!key) return null;
  const { output } = key.closest("li").dataset;
  if (key.classList.contains("mute")) return send(muteAsk(output, room.now()));
  return send(volumeAsk(output, key.classList.contains("louder") ? 1 : -1, room.now()));
}

wire();
setInterval(draw, FRAME);
await showToken();
follow({ heard: hear, lost: lose, locked: unlock });
