// Lights-up is asked until the room has heard it, but for a minute only: whoever pressed it knows
// by then, and light that comes later would break into a dark that others have seen to.

import { insist, newId } from "./insist.js";
import { giveWay, hold } from "./presses.js";

const SPAN = 60000; // ms in which a press counts

let id = "";
let until = 0;
let busy = false;

/**
 * The room's answer to `request`; throws an Error in the therapist's words. Each try that finds no
 * room is told to `failed`. A press while another is tried makes that count from now: then null.
 */
export async function askLightsUp(request, failed) {
  id = newId(); // of this press: the one before may have been done, and undone by somebody since
  until = Date.now() + SPAN;
  giveWay();
  if (busy) return null;
  busy = true;
  try {
    const options = { body: request, id: () => id, until: () => until, failed };
    const answer = await hold(insist("/v1/requests", options));
    if (answer) return answer;
  } catch (error) {
    throw new Error(`Lights-up was not done. ${error.message}`);
  } finally {
    busy = false;
  }
  throw new Error("Lights-up was not done; press again. The switches at the wall work, too.");
}
