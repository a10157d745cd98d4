// Beginning a session: the clinic's scenes, while none is on.

import { insist, newId } from "./insist.js";
import { may } from "./keys.js";
import { UNSURE, ask } from "./link.js";
import { onLongPress } from "./press.js";
import { length } from "./words.js";
import { $ } from "./view.js";

const READING = 120000; // ms that measuring a scene's music may take

/** Fetch the scenes and offer them; `say(text)` tells how it goes. */
export async function offerScenes(say) {
  let scenes = [];
  try {
    scenes = await ask("/v1/scenes");
  } catch (error) {
    say(error.message);
    return;
  }
  if (document.body.classList.contains("lost")) return; // the room has gone since it was asked
  $("scenes").replaceChildren(...scenes.map((scene) => offer(scene, say)));
  $("begin-words").hidden = scenes.length === 0;
  if (!scenes.length) say("There are no scenes yet. The technician puts them into scenes/.");
}

function offer(scene, say) {
  const item = document.createElement("li");
  const key = document.createElement("button");
  key.type = "button";
  key.className = "key slow";
  key.dataset.scene = scene.name;
  key.disabled = Boolean(scene.problem) || !may("start");
  key.append(line("name", scene.title), line("hint", scene.problem ? "its file needs mending" : length(scene.duration)), band(scene));
  onLongPress(key, () => begin(scene, say), say);
  item.append(key);
  return item;
}

function line(kind, text) {
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = text;
  return span;
}

/** The scene's phases as a thin band. */
function band(scene) {
  const whole = document.createElement("span");
  whole.className = "band";
  whole.setAttribute("aria-hidden", "true");
  for (const phase of scene.phases) {
    const part = document.createElement("i");
    part.style.flexGrow = phase.duration;
    part.style.opacity = String(Math.max(0.25, 1 + phase.level / 14));
    whole.append(part);
  }
  return whole;
}

async function begin(scene, say) {
  const id = newId();
  const end = Date.now() + READING;
  const wait = () => say(`${scene.title} is being made ready …`);
  wait();
  const options = { id: () => id, until: () => end, failed: wait, patience: READING };
  try {
    const answer = await insist("/v1/start", { body: { scene: scene.name }, ...options });
    say(answer ? answer.reply : UNSURE);
  } catch (error) {
    say(error.message);
  }
}
