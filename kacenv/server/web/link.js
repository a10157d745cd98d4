// The link to the room. Every request of this page goes through `ask`.

import { readable } from "./words.js";

const PATIENCE = 5000; // ms for an answer
const SILENCE = 5000; // ms without a beat until the link counts as lost
const PAUSES = [300, 700, 1500, 3000]; // ms before trying again, the last one for ever
/** What is said of a request without an answer. */
export const UNSURE = "The room didn't answer. It may not have been done.";

/**
 * The daemon's answer; throws an Error in the therapist's words. By its `id` a request that is sent
 * again is known.
 */
export async function ask(path, { body, id, patience = PATIENCE } = {}) {
  const patient = limit(patience);
  try {
    const answer = await reach(path, { body, id }, patient.signal);
    const content = parsed(await answer.text());
    if (!answer.ok) throw new Refusal(content.error);
    return content;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Error(UNSURE);
  } finally {
    patient.done();
  }
}

/** The room has heard, and said no. */
export class Refusal extends Error {}
class Locked extends Error {}

function reach(path, { body, id }, signal) {
  const sent = body && { method: "POST", body: JSON.stringify(body) };
  const headers = body ? { "Content-Type": "application/json" } : {};
  if (id) headers["Idempotency-Key"] = `"${id}"`;
  return fetch(path, { ...sent, headers, signal, cache: "no-store", credentials: "same-origin" });
}

function limit(span) {
  const stopper = new AbortController();
  const timer = setTimeout(() => stopper.abort(), span);
  return { signal: stopper.signal, done: () => clearTimeout(timer) };
}

/**
 * Follow the room for ever: `heard(name, data)` for each event, `lost()` whenever it ends.
 * Where somebody has to log in first, `locked()` ends when that is done.
 */
export async function follow({ heard, lost, locked }) {
  let failures = 0;
  for (;;) {
    try {
      await listen((name, data) => {
        failures = 0;
        heard(name, data);
      });
    } catch (error) {
      // However else it ended, the next lines are the answer to it.
      if (error instanceof Locked) {
        await locked();
        continue;
      }
    }
    lost();
    await pause(PAUSES[Math.min(failures, PAUSES.length - 1)]);
    failures += 1;
  }
}

async function listen(heard) {
  const stopper = new AbortController();
  let watchdog = setTimeout(() => stopper.abort(), SILENCE);
  try {
    const answer = await reach("/v1/events", {}, stopper.signal);
    if (answer.status === 401) throw new Locked();
    if (!answer.ok) return;
    for await (const text of pieces(answer.body.getReader())) {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => stopper.abort(), SILENCE);
      const event = read(text);
      if (event) heard(event.name, event.data);
    }
  } finally {
    clearTimeout(watchdog);
    stopper.abort();
  }
}

/** The stream's text, cut at the empty lines that end each event. */
async function* pieces(reader) {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop();
    yield* events;
  }
}

function read(text) {
  const lines = text.split("\n").map((line) => line.match(/^(event|data): (.*)$/));
  const fields = Object.fromEntries(lines.filter(Boolean).map(([, key, value]) => [key, value]));
  return fields.event && fields.data && { name: fields.event, data: parsed(fields.data) };
}

/** What the room has sent; its texts are for the eye, but by its name a scene is asked for. */
function parsed(text) {
  return JSON.parse(text, (key, value) => typeof value === "string" && key !== "name" ? readable(value) : value);
}

function pause(span) {
  return new Promise((go) => setTimeout(go, span));
}
