// Which request takes another one back honestly; where none does, there is no undo.

/**
 * What takes `request` back, given the room `before` it; or null.
 * `still(status)` says whether the room is as the request left it: if not, somebody else has
 * decided meanwhile, and their word counts.
 */
export function undoOf(request, before) {
  const session = before.session;
  switch (request.kind) {
    case "hold":
      return undo({ kind: "release" }, (now) => now.mode === "held");
    case "release":
      return undo({ kind: "hold" }, (now) => now.mode === "running" || now.mode === "returning");
    case "extend":
      return undo({ kind: "shorten", by: request.by }, (now) => now.phase === session.phase);
    case "volume":
      return undoVolume(request, session);
    case "mute":
      return undo({ ...request, muted: !request.muted },
        (now) => now.muted.includes(request.output) === request.muted);
    case "duck":
      return undo({ kind: "duck", ducked: !request.ducked }, (now) => now.ducked === request.ducked);
    case "silence":
      return undo({ kind: "music" }, (now) => now.hushed);
    case "music":
      return undo({ kind: "silence" }, (now) => !now.hushed);
    case "intensity":
      return undo({ kind: "intensity", lean: request.lean === "up" ? "down" : "up" },
        (now) => now.lean !== session.lean);
    case "seat":
      return undo({ ...request, started: !request.started },
        (now) => Boolean((now.seats || {})[request.seat]) === request.started);
    case "lights":
    case "lights-up":
      return undoLights(request, before);
    default:
      return null; // next, back, end, stop, chime and what is said to a check-in can't be unmade
  }
}

function undo(request, still) {
  return { request, still: (status) => still(status.session) };
}

function undoVolume(request, session) {
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
