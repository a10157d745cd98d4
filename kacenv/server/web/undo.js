// Which request takes another one back honestly; where none does, there is no undo.

import { UNDO } from "./keys.js";

const OPPOSITES = new Map([[true, false], [false, true], ["up", "down"], ["down", "up"]]);
const RULES = { volume: undoVolume, lights: undoLights };

/**
 * What takes `request` back, given the room `before` it; or null.
 * `still(status)` says whether the room is as the request left it: if not, somebody else has
 * decided meanwhile, and their word counts.
 */
export function undoOf(request, before) {
  const { rule, kind = request.kind, flips, still } = UNDO[request.kind] || { rule: "none" };
  if (rule) return RULES[rule] ? RULES[rule](request, before) : null;
  const back = { ...request, kind };
  if (flips) back[flips] = OPPOSITES.get(request[flips]);
  const wanted = request[flips];
  return undo(back, (now) => !still || holds(still, now, before.session, request[still.of], wanted));
}

/** Whether a field of the status is as the definition of the undo wants it. */
function holds({ field, rule, values, of }, now, before, element, wanted) {
  switch (rule) {
    case "among": return values.includes(now[field]);
    case "same": return now[field] === before[field];
    case "changed": return now[field] !== before[field];
    default: return (of ? has(now[field], element) : now[field]) === wanted;
  }
}

function has(collection = [], element) {
  return Array.isArray(collection) ? collection.includes(element) : element in collection;
}

function undo(request, still) {
  return { request, still: (status) => still(status.session) };
}

function undoVolume(request, { session }) {
  const level = `${session.volumes[request.output]} dB`;
  return undo({ ...request, level },
    (now) => `${now.volumes[request.output]} dB` === request.level);
}

/** Back to who decided before: the plan, lights-up, or one level by hand. */
function undoLights(request, before) {
  const hand = before.session.light_hand;
  if (hand === "plan") return undo({ kind: "lights" }, (now) => now.light_hand !== "plan");
  if (hand === "lights-up") {
    if (request.kind === "lights-up") return null; // it was so before
    return undo({ kind: "lights-up" }, (now) => now.light_hand !== "lights-up");
  }
  if (request.step) {
    const step = request.step === "dimmer" ? "brighter" : "dimmer";
    return undo({ kind: "lights", step }, (now) => now.light_hand === "therapist");
  }
  const levels = new Set(Object.values(before.lamps).map((lamp) => Math.round(lamp.level * 100)));
  if (levels.size !== 1) return null; // no request sets lamps apart
  return undo({ kind: "lights", level: `${[...levels][0]}%` }, (now) => now.light_hand !== hand);
}
