// A request is sent until the room has answered it. Each touch has an id, the same at every try:
// what the room has done already it doesn't do again, but answers as it did the first time.

import { Refusal, ask } from "./link.js";

const AGAIN = 1000; // ms until it is tried again

/** A new id; by what works without TLS, too. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The room's answer to `body` at `path`, or null if none has come until the moment `until()`. Each
 * try that finds no room is told to `failed`. Where `id()` has become another one meanwhile, that
 * needs an answer, too. Throws a Refusal in the therapist's words.
 */
export async function insist(path, { body, id, until, failed, patience }) {
  while (Date.now() < until()) {
    const mine = id();
    const answer = await tryOnce(path, { body, id: mine, patience });
    if (answer && mine === id()) return answer;
    if (answer) continue;
    failed();
    await new Promise((go) => setTimeout(go, AGAIN));
  }
  return null;
}

/** What the room answers; null where it can't be reached. */
async function tryOnce(path, options) {
  try {
    return await ask(path, options);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    return null;
  }
}
