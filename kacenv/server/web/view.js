// The room drawn on the page. Nothing here asks anything of the room.

import { drawHill } from "./arc.js";
import { mayGoDark } from "./awake.js";
import { KEYS, PLAIN_KEYS, VOLUME, faceOf, isOpen, isPossible, mayDrive } from "./keys.js";
import { asked, clock, decibels, length, list, name, percent, timeOfDay } from "./words.js";

const PARTS = { sound: "sound", lights: "lights", midi: "MIDI", storage: "storage", restart: "restart after a crash" };
const ZONES = { seats: "Seats", task: "Desk", path: "Path" };
const HANDS = { plan: "on", therapist: "now by hand", "lights-up": "now up" };

export const $ = (id) => document.getElementById(id);

/** Writes only what differs, so that a screen reader and the eye are left in peace. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The whole page for this status. */
export function show(status) {
  const { session } = status;
  const on = session.phase !== null && session.phase !== undefined;
  for (const part of document.querySelectorAll(".session")) part.hidden = !on;
  $("begin").hidden = on;
  const here = [name(status.room), ...speedOf(status), ...(mayDrive() ? [] : ["looking only"])].join(" · ");
  write($("title"), on ? `${here} · ${session.title}` : here);
  showHealth(status);
  if (on) showSession(session, status.rate);
  showOutputs(status);
  showLamps(status);
  showKeys(status);
}

/** A rehearsal says how fast it is, so that nobody takes it for the room itself. */
function speedOf({ rate }) {
  return rate && rate !== 1 ? [`${rate}× speed`] : [];
}

function showHealth({ health }) {
  const troubles = Object.values(health).filter(Boolean);
  const well = `${list(Object.keys(health).map((part) => PARTS[part] || part))} are well`;
  $("health").classList.toggle("trouble", troubles.length > 0);
  const words = troubles.join(" ") || well.charAt(0).toUpperCase() + well.slice(1);
  const dark = "This screen may go dark.";
  write($("health-words"), mayGoDark() ? `${words.replace(/\.?$/, ".")} ${dark}` : words);
  write($("health-short"), troubles.join(" ") || (mayGoDark() ? dark : "All is well"));
}

function showSession(session, rate) {
  const phase = session.phases[session.phase];
  const before = session.phases.slice(0, session.phase).reduce((sum, { duration }) => sum + duration, 0);
  drawHill(session.phases, before + Math.min(session.in_phase, phase.duration));
  showWhole(session, rate);
  showPhases(session);
  showPhase(session, phase);
  showMusic(session);
}

function showWhole(session, rate) {
  const end = timeOfDay(new Date(Date.now() + (session.left / (rate || 1)) * 1000));
  const until = session.mode === "held" ? "" : `, until about ${end}`;
  write($("whole"), `${clock(session.elapsed)} so far · ${length(session.left)} left${until}`);
}

function showPhases(session) {
  const items = fill($("phases"), session.phases.length, () => {
    const item = document.createElement("li");
    item.append(document.createElement("span"), document.createElement("small"));
    return item;
  });
  items.forEach((item, index) => {
    const phase = session.phases[index];
    item.style.flexGrow = phase.duration;
    write(item.firstChild, phase.name);
    write(item.lastChild, length(phase.duration));
    item.classList.toggle("tight", item.firstChild.scrollWidth > item.firstChild.clientWidth);
    if (index === session.phase) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
}

function showPhase(session, phase) {
  const next = session.phases[session.phase + 1];
  const over = session.in_phase - phase.duration;
  const left = over > 1 ? `${clock(over)} past its time` : `${clock(session.phase_left)} left`;
  write($("phase"), phase.name);
  write($("phase-left"), { held: "holding", fading: "fading out" }[session.mode] || left);
  const home = session.mode === "returning" ? "coming home · " : "";
  const then = next ? `then ${next.name}` : "the last phase";
  write($("phase-in"), `${home}${clock(session.in_phase)} in · ${then}`);
}

function showMusic({ playing, hushed, up_next: upNext }) {
  write($("track"), playing ? playing.title : "—");
  write($("artist"), playing ? playing.artist : "");
  const share = playing ? playing.position / (playing.length || 1) : 0;
  $("track-past").style.width = `${(share * 100).toFixed(1)}%`;
  write($("up-next"), hushed ? "silent, by your word" : upNext ? `then ${upNext}` : "");
}

function showOutputs({ session, roles }) {
  const outputs = Object.keys(session.volumes);
  const items = fill($("outputs"), outputs.length, () => {
    return $("output").content.firstElementChild.cloneNode(true);
  });
  items.forEach((item, index) => showOutput(item, outputs[index], session, roles));
}

function showOutput(item, output, session, roles) {
  const [level, muted] = [session.volumes[output], session.muted.includes(output)];
  const title = labelOf(output, roles);
  item.dataset.output = output;
  item.classList.toggle("is-muted", muted);
  write(item.querySelector(".name"), title);
  write(item.querySelector(".value"), muted ? "muted" : decibels(level));
  item.querySelector(".mute").setAttribute("aria-pressed", String(muted));
  item.querySelector(".quieter").setAttribute("aria-label", `${title} quieter`);
  item.querySelector(".louder").setAttribute("aria-label", `${title} louder`);
  const share = (level - VOLUME.softest) / (VOLUME.loudest - VOLUME.softest);
  item.querySelector(".track i").style.width = `${Math.max(0, share * 100)}%`;
  const volume = isPossible("volume", session);
  enable(item.querySelector(".quieter"), volume && level > VOLUME.softest);
  enable(item.querySelector(".louder"), volume && level < VOLUME.loudest);
  enable(item.querySelector(".mute"), isPossible("mute", session));
}

/** Its role where no other output has the same, else its own name. */
function labelOf(output, roles) {
  const alone = Object.values(roles).filter((role) => role === roles[output]).length === 1;
  return name(alone ? roles[output] : output);
}

function showLamps({ lamps }) {
  const zones = {};
  for (const [id, lamp] of Object.entries(lamps)) (zones[lamp.zone] ||= []).push({ id, ...lamp });
  const names = Object.keys(zones);
  const items = fill($("lamps"), names.length, () => {
    const item = document.createElement("li");
    item.append(document.createElement("span"), document.createElement("b"));
    return item;
  });
  names.forEach((zone, index) => showZone(items[index], zone, zones[zone]));
}

function showZone(item, zone, lamps) {
  const glows = fill(item.firstChild, lamps.length, () => document.createElement("i"));
  glows.forEach((glow, index) => showGlow(glow, lamps[index]));
  const levels = [...new Set(lamps.map(({ level }) => percent(level)))];
  const away = lamps.some(({ available }) => available === false) ? ", one not answering" : "";
  write(item.lastChild, `${ZONES[zone] || zone} ${levels.join(" / ")}${away}`);
}

/** A lamp's colour on a dim screen: never brighter than a dim lamp is. */
function showGlow(glow, { level, kelvin, color, available }) {
  glow.style.backgroundColor = color || white(kelvin || 2700);
  glow.style.opacity = String((0.12 + 0.63 * Math.sqrt(level)).toFixed(2));
  glow.classList.toggle("away", available === false);
}

/** White of `kelvin` on a screen: from candle light to noon, by two straight lines. */
function white(kelvin) {
  const share = Math.min(1, Math.max(0, (kelvin - 1800) / 4700));
  return `rgb(255, ${Math.round(126 + 123 * share)}, ${Math.round(20 + 230 * share)})`;
}

function showKeys(status) {
  const { session } = status;
  for (const id of PLAIN_KEYS) showKey(id, status);
  write($("plan").querySelector(".hint"), HANDS[session.light_hand]);
  $("calmer").classList.toggle("leaning", session.lean < 0);
  $("livelier").classList.toggle("leaning", session.lean > 0);
  if (session.phase !== null && session.phase !== undefined) showWays(session);
}

function showKey(id, status) {
  const [key, face] = [KEYS[id], faceOf(id, status)];
  enable($(id), isOpen(id, status));
  if (!key.face) return;
  label(id, face.name, face.hint, face !== key);
  draw(id, face.icon || key.icon);
}

function showWays({ phases, phase }) {
  write($("next").querySelector(".hint"), phases[phase + 1] ? `to ${phases[phase + 1].name}` : "to the end");
  write($("back").querySelector(".hint"), phase ? `to ${phases[phase - 1].name}` : `${phases[0].name} anew`);
}

function label(id, title, hint, pressed) {
  const key = $(id);
  write(key.querySelector(".name"), title);
  write(key.querySelector(".hint"), hint);
  key.classList.toggle("on", pressed);
  if (key.hasAttribute("aria-pressed")) key.setAttribute("aria-pressed", String(pressed));
}

function draw(id, icon) {
  const use = $(id).querySelector("use");
  const address = `/page/icons.svg#${icon}`;
  if (use.getAttribute("href") !== address) use.setAttribute("href", address);
}

/** A key that does something now. */
export function enable(key, open) {
  if (key.disabled === open) key.disabled = !open;
}

/** `count` children, made or taken away at the end; those that stay keep the focus. */
export function fill(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make());
  return [...parent.children];
}

/** What a screen reader should hear once: a new phase, a check-in. */
export function news(before, status) {
  const session = status.session;
  const known = before ? before.session.due : session.due;
  const fresh = session.due.filter((due) => !known.some(({ id, since }) => id === due.id && since === due.since));
  if (fresh.length) return `Check-in: ${fresh.map(asked).join("; ")}`;
  if (before && session.phases.length && before.session.phase !== session.phase) {
    return `Now ${session.phases[session.phase].name}.`;
  }
  return "";
}
