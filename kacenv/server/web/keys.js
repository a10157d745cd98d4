// The keys: what each one asks of the room, and when it can be pressed.

export const LOUDEST = 6; // dB from the plan
export const SOFTEST = -40;
const STEP = 2; // dB

/** What each key asks, given the room as it is. */
export const ASKS = {
  hold: ({ session }) => ({ kind: session.mode === "held" ? "release" : "hold" }),
  "extend-5": () => ({ kind: "extend", by: "5m" }),
  "extend-10": () => ({ kind: "extend", by: "10m" }),
  next: () => ({ kind: "next" }),
  back: () => ({ kind: "back" }),
  duck: ({ session }) => ({ kind: "duck", ducked: !session.ducked }),
  silence: ({ session }) => ({ kind: session.hushed ? "music" : "silence" }),
  calmer: () => ({ kind: "intensity", lean: "down" }),
  livelier: () => ({ kind: "intensity", lean: "up" }),
  dimmer: () => ({ kind: "lights", step: "dimmer" }),
  brighter: () => ({ kind: "lights", step: "brighter" }),
  plan: () => ({ kind: "lights" }),
  "lights-up": () => ({ kind: "lights-up" }),
  chime: () => ({ kind: "chime" }),
  end: () => ({ kind: "end" }),
  stop: () => ({ kind: "stop" }),
};

/** These are hard to take back. */
export const LONG_PRESSES = ["next", "back", "end", "stop"];

/** Keys that would change nothing although the room would take them. */
const IDLE_KEYS = {
  plan: ({ session }) => session.light_hand === "plan",
  calmer: ({ session }) => session.lean <= -2,
  livelier: ({ session }) => session.lean >= 2,
};

/** Whether pressing the key does something now. */
export function isOpen(id, status) {
  const idle = IDLE_KEYS[id];
  return status.session.can.includes(ASKS[id](status).kind) && !(idle && idle(status));
}

const FRESH = 1000; // ms in which quick presses add up, before the room has shown the first
const wished = new Map();

/** One output a step louder (1) or quieter (-1); quick presses add up. */
export function volumeAsk(output, direction, status) {
  const last = wished.get(output);
  const fresh = last && performance.now() - last.at < FRESH;
  const from = fresh ? last.level : status.session.volumes[output];
  const level = Math.min(LOUDEST, Math.max(SOFTEST, Math.round(from) + direction * STEP));
  wished.set(output, { level, at: performance.now() });
  return { kind: "volume", output, level: `${level} dB` };
}

/** The next press on this output counts from what the room shows. */
export function forget(output) {
  wished.delete(output);
}

/** One output's sound off or on. */
export function muteAsk(output, status) {
  return { kind: "mute", output, muted: !status.session.muted.includes(output) };
}
