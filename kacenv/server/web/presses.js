// Presses reach the room in the order in which they were made, however often each has to be sent.

import { insist, newId } from "./insist.js";

const SPAN = 20000; // ms in which a press counts; done later, it would surprise
const URGENT = ["stop"];

let line = Promise.resolve();
let urgent = 0;

/**
 * The room's answer to `request`, once those before it have theirs; null if none came. Each try that
 * finds no room is told to `failed`. Throws a Refusal in the therapist's words.
 */
export function press(request, failed) {
  const id = newId();
  const end = Date.now() + SPAN;
  if (URGENT.includes(request.kind)) {
    giveWay();
    return hold(send(request, id, () => end, failed));
  }
  const since = urgent;
  const until = () => (since === urgent ? end : 0);
  return hold(line.then(() => send(request, id, until, failed)));
}

/** What can't wait is pressed: a press that has no answer yet isn't tried again. */
export function giveWay() {
  urgent += 1;
}

/** Let the presses that follow wait until `turn` is over. */
export function hold(turn) {
  line = turn.catch(() => {}); // what became of it is told to whoever pressed
  return turn;
}

function send(request, id, until, failed) {
  return insist("/v1/requests", { body: request, id: () => id, until, failed });
}
