// Check-ins that wait for staff: what is due, and the three keys that answer it.
// It is a reminder: it stands there, in the same place, and never grows more insistent.

import { KEYS, isPossible } from "./keys.js";
import { onPress } from "./press.js";
import { asked, clock } from "./words.js";
import { $, enable, fill, write } from "./view.js";

const SETTLED = 700; // ms; a key that has just come to mean another check-in isn't meant
const ALSO = 2; // how many more that are due are named
const ANSWERS = ["check-in-done", "check-in-later", "check-in-pass"];

let subject = null;
let since = 0;

/** The keys answer the check-in that has been due for longest, by `send(request)`. */
export function wireCheckIns(send) {
  for (const key of ANSWERS) {
    onPress($(key), () => {
      if (!subject || performance.now() - since <= SETTLED) return;
      send({ ...KEYS[key].ask, check_in: subject.id });
    });
  }
}

/** What is due, else what comes next. */
export function showCheckIns({ session, at }) {
  const [first, ...others] = session.due || [];
  $("now-check-in").classList.toggle("due", Boolean(first));
  document.body.classList.toggle("has-due", Boolean(first));
  $("check-in-keys").hidden = !first;
  address(first || null, session);
  showOthers(others, at);
  write($("check-in-when"), first ? `Check-in · ${clock(at - first.since)} ago` : "Next check-in");
  write($("check-in"), first ? asked(first) : coming(session, at));
}

function address(due, session) {
  if ((due && due.id) !== (subject && subject.id)) since = performance.now();
  subject = due;
  for (const key of ANSWERS) {
    enable($(key), due !== null && isPossible(KEYS[key].ask.kind, session));
    const words = $(key).querySelector(".name").textContent;
    if (due) $(key).setAttribute("aria-label", `${words}: ${asked(due)}`);
  }
}

function showOthers(others, at) {
  const more = others.length - ALSO;
  const lines = others.slice(0, ALSO).map((due) => `${asked(due)} · ${clock(at - due.since)} ago`);
  if (more > 0) lines[ALSO - 1] += ` · and ${more} more`;
  const items = fill($("also-due"), lines.length, () => document.createElement("li"));
  items.forEach((item, index) => write(item, lines[index]));
  $("also-due").hidden = !lines.length;
}

/** The next check-in, or one that was put off and comes again before it. */
function coming({ next_check_in: next, snoozed = [] }, at) {
  const later = snoozed.map((due) => (
    { prompt: `${asked(due)}, again`, wait: due.again === null ? null : due.again - at }));
  const planned = next ? [{ prompt: asked(next), wait: next.due_in }] : [];
  const nearest = [...planned, ...later].sort((one, other) => far(one.wait) - far(other.wait))[0];
  return nearest ? `${nearest.prompt} ${when(nearest.wait)}` : "No check-in to come in this phase";
}

function far(wait) {
  return wait ?? Number.MAX_VALUE;
}

function when(wait) {
  return wait === null || wait === undefined ? "after the hold" : `in ${clock(wait)}`;
}
