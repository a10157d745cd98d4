// Lights-up is asked until the room has heard it, but for a minute only: whoever pressed it knows
// by then, and light that comes later would break into a dark that others have seen to.

import { Refusal, ask } from "./link.js";

const SPAN = 60000; // ms in which a press counts
const AGAIN = 1000; // ms until it is tried again

let until = 0;
let busy = false;

/**
 * The room's answer to `request`; throws an Error in the therapist's words. Each try that finds no
 * room is told to `failed`. A press while another is tried makes that count from now: then null.
 */
export async function insist(request, failed) {
  until = Date.now() + SPAN;
  if (busy) return null;
  busy = true;
  try {
    while (Date.now() < until) {
      const answer = await tryOnce(request);
      if (answer) return answer;
      failed();
      await new Promise((go) => setTimeout(go, AGAIN));
    }
  } finally {
    busy = false;
  }
  throw new Error("Lights-up was not done; press again. The switches at the wall work, too.");
}

/** What the room answers; null where it can't be reached. */
async function tryOnce(request) {
  try {
    return await ask("/v1/requests", { body: request });
  } catch (error) {
    if (error instanceof Refusal) throw new Error(`Lights-up was not done. ${error.message}`);
    return null;
  }
}
