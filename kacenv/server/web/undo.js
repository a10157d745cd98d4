// What the undo key takes back: this tablet's last press, as long as it is the room's last.

import { LASTING } from "./keys.js";

/** The number of the press that the room would take back; 0 without one. */
function numberOf(status) {
  return status.session.undo ? status.session.undo.number : 0;
}

/**
 * The undo of a press that has changed something, given the room `before` it; or null.
 * `request(status)` takes it back; `still(status)` says whether it's still the room's last press:
 * if not, somebody else has decided meanwhile, and their word counts.
 */
export function undoOf({ kind, output }, before) {
  if (LASTING.includes(kind)) return null;
  let mine = 0;
  const still = (status) => {
    const now = numberOf(status);
    if (!mine && now > numberOf(before)) mine = now;
    return mine > 0 && now === mine;
  };
  return { still, output, request: () => (mine ? { kind: "undo", number: mine } : { kind: "undo" }) };
}
