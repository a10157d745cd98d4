// A tablet that falls asleep shows nothing: its screen stays on while a session is on.
// Browsers allow that on this machine and over TLS alone; elsewhere the tablet's settings count.

const AGAIN = 60000; // ms between two questions, where the tablet has said no

let wanted = false;
let lock = null;
let asking = false;
let askedAt = 0;
let mayAskAt = 0;
let later = null;

/** Keep the screen on, or let it sleep again. */
export function stayAwake(on) {
  if (on === wanted) return;
  wanted = on;
  mayAskAt = 0; // the next session asks at once
  clearTimeout(later);
  if (!wanted && lock) lock.release();
  take();
}

/** Whether the screen should stay on, and won't for all this page can do. */
export function mayGoDark() {
  return wanted && !lock && !asking;
}

async function take() {
  const possible = navigator.wakeLock && document.visibilityState === "visible";
  if (!wanted || lock || asking || !possible) return;
  clearTimeout(later);
  if (Date.now() < mayAskAt) {
    later = setTimeout(take, mayAskAt - Date.now());
    return;
  }
  asking = true;
  askedAt = Date.now();
  try {
    keep(await navigator.wakeLock.request("screen"));
  } catch {
    wait(); // a tablet that saves its battery may refuse
  } finally {
    asking = false;
  }
  take();
}

function keep(taken) {
  lock = taken;
  lock.addEventListener("release", lose);
  if (!wanted) lock.release(); // the session has ended meanwhile
}

/** A browser lets go of the screen whenever the page is out of sight; in sight, it has said no. */
function lose() {
  lock = null;
  if (document.visibilityState === "visible") wait();
  take();
}

function wait() {
  mayAskAt = askedAt + AGAIN;
}

document.addEventListener("visibilitychange", take);
