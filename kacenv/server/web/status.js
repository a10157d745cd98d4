// What a status says of a later moment, and what a change makes of it.
// In the same way as kacenv/server/status_diff.py.

/** The fields that time alone changes, and the modes in which some of them stand still. */
const { clocks: CLOCKS, resting: RESTING } = JSON.parse(document.getElementById("status").textContent);

/** The status at room time `at`, if nothing but time has passed. */
export function foretell(status, at) {
  const resting = RESTING.includes(status.session.mode);
  return { ...moved(status, CLOCKS, at - status.at, resting), at };
}

function moved(record, clocks, span, resting) {
  const now = { ...record };
  for (const [name, clock] of Object.entries(clocks)) {
    const value = record[name];
    if (value === null || value === undefined) continue;
    if (!("forward" in clock)) {
      const within = (one) => moved(one, clock, span, resting);
      now[name] = Array.isArray(value) ? value.map(within) : within(value);
    } else if (!(resting && clock.rests)) {
      now[name] = after(value, clock, span, record, now);
    }
  }
  return now;
}

function after(value, { forward, until, like }, span, before, now) {
  if (like) return value - before[like] + now[like];
  if (!forward) return Math.max(0, value - span);
  return until ? Math.min(now[until], value + span) : value + span;
}

/** `status` with a JSON Merge Patch (RFC 7386) applied; what it takes away is null. */
export function merge(status, patch) {
  const merged = { ...status };
  for (const [key, value] of Object.entries(patch)) {
    const isObject = value && typeof value === "object" && !Array.isArray(value);
    merged[key] = isObject ? merge(asObject(merged[key]), value) : value;
  }
  return merged;
}

function asObject(value) {
  return value && typeof value === "object" && !Array.isArray(value) ? value : {};
}

/** Whether this is a live rehearsal: a room of that name alone may be a real one. */
export function isRehearsal({ room, sound }) {
  return room.endsWith("-rehearsal") && String(sound).startsWith("a rehearsal, ");
}

/** The room as this page knows it, with clocks that run on between two messages. */
export class Room {
  constructor() {
    this.known = null;
    this.heardAt = 0;
  }

  /** All of a status. */
  learn(status) {
    this.known = status;
    this.heardAt = performance.now();
  }

  /** What has changed, or the mere time in a beat. */
  change(patch) {
    if (this.known) this.learn(merge(foretell(this.known, patch.at), patch));
  }

  /** The room now; null before anything was heard. */
  now() {
    if (!this.known) return null;
    const passed = (performance.now() - this.heardAt) / 1000;
    return foretell(this.known, this.known.at + passed * this.known.rate);
  }
}
