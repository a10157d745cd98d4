// How a key is pressed: at once, or for a second where it is hard to take back.

const LONG = 1000; // ms
const ARMED = 6000; // ms in which a screen reader's second activation counts

/** Act at once. */
export function onPress(key, act) {
  key.addEventListener("click", () => act());
}

/**
 * Act after a press of one second, by finger, mouse or keyboard, with visible progress.
 * A screen reader can't hold a key down: it activates twice. `hint(text)` says how it goes on.
 */
export function onLongPress(key, act, hint) {
  let timer = null;
  const begin = () => {
    if (timer || key.disabled) return;
    key.classList.add("pressing");
    timer = setTimeout(() => {
      end();
      act();
    }, LONG);
  };
  const end = () => {
    clearTimeout(timer);
    timer = null;
    key.classList.remove("pressing");
  };
  followPointer(key, begin, end, hint);
  followKeyboard(key, begin, end);
  followScreenReader(key, act, hint);
}

function followPointer(key, begin, end, hint) {
  let since = 0;
  key.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    since = event.timeStamp;
    begin();
  });
  key.addEventListener("pointerup", (event) => {
    if (event.timeStamp - since < LONG && !key.disabled) hint("Keep it pressed for a second.");
  });
  for (const over of ["pointerup", "pointerleave", "pointercancel", "blur"]) {
    key.addEventListener(over, end);
  }
  key.addEventListener("contextmenu", (event) => event.preventDefault());
}

function followKeyboard(key, begin, end) {
  const presses = (event) => event.key === "Enter" || event.key === " ";
  key.addEventListener("keydown", (event) => {
    if (!presses(event)) return;
    event.preventDefault();
    begin();
  });
  key.addEventListener("keyup", (event) => {
    if (presses(event)) end();
  });
}

/** A click that no pointer made (`detail` 0) comes from a screen reader or a switch. */
function followScreenReader(key, act, hint) {
  let armedAt = -ARMED;
  key.addEventListener("click", (event) => {
    if (event.detail || key.disabled) return;
    const armed = event.timeStamp - armedAt < ARMED;
    armedAt = armed ? -ARMED : event.timeStamp;
    if (armed) act();
    else hint("Activate again to confirm.");
  });
}
