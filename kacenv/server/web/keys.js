// The keys: what each one asks of the room, and when it can be pressed.

export const LOUDEST = 6; // dB from the plan
export const SOFTEST = -40;
const STEP = 2; // dB

/** Keys by id, and the kinds that can't be taken back, as the room's own code defines them. */
export const { keys: KEYS, lasting: LASTING } = JSON.parse(document.getElementById("requests").textContent);

/** Keys that are shown and wired alike; others have a script of their own. */
export const PLAIN_KEYS = Object.keys(KEYS).filter((id) => !KEYS[id].apart);

/** Whether the session's status shows all of `shown`. */
function shows(session, shown) {
  return Object.entries(shown).every(([field, value]) => session[field] === value);
}

/** What a key says and asks now: some have a second face. */
export function faceOf(id, { session }) {
  const { face } = KEYS[id];
  return face && shows(session, face.shown) ? face : KEYS[id];
}

/** Whether pressing the key does something now; one that is spent would change nothing. */
export function isOpen(id, status) {
  const { spent } = KEYS[id];
  const { session } = status;
  return session.can.includes(faceOf(id, status).ask.kind) && !(spent && shows(session, spent));
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
