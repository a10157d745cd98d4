// The keys: what each one asks of the room, and when it can be pressed.

const told = JSON.parse(document.getElementById("requests").textContent);

/** Keys by id, the kinds that can't be taken back, and the volumes (dB) that the page asks for. */
export const { keys: KEYS, lasting: LASTING, volume: VOLUME } = told;

let role = null;

/** What this device is, as the room says; all may be pressed before it is known. */
export function setRole(known) {
  role = known;
}

/** Whether this device may ask for a kind of request; the room refuses it anyhow. */
export function may(kind) {
  return role === null || told.who[kind].includes(role);
}

/** Whether this device may do more than look. */
export const mayDrive = () => Object.keys(told.who).some(may);

/** Whether a kind of request does something now, and this device may ask for it. */
export function isPossible(kind, session) {
  return may(kind) && session.can.includes(kind);
}

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
  return isPossible(faceOf(id, status).ask.kind, session) && !(spent && shows(session, spent));
}

const FRESH = 1000; // ms in which quick presses add up, before the room has shown the first
const wished = new Map();

/** One output a step louder (1) or quieter (-1); quick presses add up. */
export function volumeAsk(output, direction, status) {
  const last = wished.get(output);
  const fresh = last && performance.now() - last.at < FRESH;
  const from = fresh ? last.level : status.session.volumes[output];
  const asked = Math.round(from) + direction * VOLUME.step;
  const level = Math.min(VOLUME.loudest, Math.max(VOLUME.softest, asked));
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
