// A tablet that falls asleep shows nothing: its screen stays on while a session is on.
// Browsers allow that on this machine and over TLS alone; elsewhere the tablet's settings count.

let wanted = false;
let lock = null;
let asking = false;

/** Keep the screen on, or let it sleep again. */
export function stayAwake(on) {
  wanted = on;
  if (!wanted && lock) lock.release();
  return take();
}

/** A browser lets go of the screen whenever the page is out of sight. */
async function take() {
  const possible = navigator.wakeLock && document.visibilityState === "visible";
  if (!wanted || lock || asking || !possible) return;
  asking = true;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => { lock = null; });
    if (!wanted) lock.release(); // the session has ended meanwhile
  } catch {
    wanted = false; // a tablet that saves its battery may refuse; the next session asks again
  } finally {
    asking = false;
  }
}

document.addEventListener("visibilitychange", take);
