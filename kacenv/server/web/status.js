// What a status says of a later moment, and what a change makes of it.
// The same rules as kacenv/server/status_diff.py.

const RESTING = ["idle", "held"];

/** The status at room time `at`, if nothing but time has passed. */
export function foretell(status, at) {
  const span = at - status.at;
  const session = { ...status.session, playing: played(status.session.playing, span) };
  if (!RESTING.includes(session.mode)) run(session, span);
  const told = status.told.map((one) => ({ ...one, ago: one.ago + span }));
  return { ...status, at, session, told };
}

function played(track, span) {
  return track && { ...track, position: Math.min(track.length, track.position + span) };
}

function run(session, span) {
  const left = Math.max(0, session.phase_left - span);
  const checkIn = session.next_check_in;
  session.in_phase += span;
  session.elapsed += span;
  session.left += left - session.phase_left;
  session.phase_left = left;
  if (checkIn) session.next_check_in = { ...checkIn, due_in: Math.max(0, checkIn.due_in - span) };
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
