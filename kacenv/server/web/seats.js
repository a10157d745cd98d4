// The seats' own clocks: a key until a seat has begun, then how long ago and what comes next on it.

import { KEYS, isPossible } from "./keys.js";
import { onLongPress } from "./press.js";
import { clock } from "./words.js";
import { $, enable, write } from "./view.js";

const SEATS = ["a", "b"];

/** A press of a second begins a seat's clock, by `send(request)`; `say(text)` tells how. */
export function wireSeats(send, say) {
  for (const seat of SEATS) {
    onLongPress($(`seat-${seat}`), () => send(KEYS[`seat-${seat}`].ask), say);
  }
}

/** Both seats, or those that the room has. */
export function showSeats({ session, at, roles }) {
  const begun = session.seats || {};
  const known = SEATS.filter((seat) => Object.values(roles).includes(`seat-${seat}`));
  for (const seat of SEATS) {
    const place = $(`seat-${seat}`).parentElement;
    place.hidden = known.length > 0 && !known.includes(seat) && !begun[seat];
    showSeat(place, begun[seat], at);
    enable($(`seat-${seat}`), isPossible("seat", session) && !begun[seat]);
  }
}

function showSeat(place, seat, at) {
  place.querySelector("button").hidden = Boolean(seat);
  place.querySelector(".seat-clock").hidden = !seat;
  if (!seat) return;
  write(place.querySelector("b"), clock(at - seat.since));
  write(place.querySelector("small"), seat.next_prompt ? coming(seat, at) : "");
}

function coming({ next_prompt: prompt, next_at: moment }, at) {
  return `in ${clock(moment - at)} ${prompt}`;
}
