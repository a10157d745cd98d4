// The session's arc: a hill as long as the session, as high as each phase's music is loud.

const WIDTH = 1000;
const HEIGHT = 100;
const STEPS = 240;
const QUIETEST = -14; // dB at the foot of the hill

/** Draw the hill of these phases; `reached` is the time along it, in seconds. */
export function drawHill(phases, reached) {
  const total = phases.reduce((sum, phase) => sum + phase.duration, 0) || 1;
  const hill = heights(phases, total);
  const points = hill.map((height, step) => [(step / STEPS) * WIDTH, HEIGHT * (1 - height)]);
  const line = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
  set("hill-line", "d", `M${line}`);
  set("hill-all", "d", `M0 ${HEIGHT}L${line}L${WIDTH} ${HEIGHT}Z`);
  set("hill-past", "d", `M0 ${HEIGHT}L${line}L${WIDTH} ${HEIGHT}Z`);
  moveHere(hill, Math.min(1, reached / total));
}

function moveHere(hill, share) {
  set("past-shape", "width", (share * WIDTH).toFixed(1));
  const here = document.getElementById("here");
  here.style.left = `${share * 100}%`;
  here.style.bottom = `${hill[Math.round(share * STEPS)] * 100}%`;
}

function set(id, attribute, value) {
  const element = document.getElementById(id);
  if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}

/** The hill's height, 0 to 1, at equal steps: level within a phase, rounded between two. */
function heights(phases, total) {
  const corners = [{ at: 0, height: 0.12, reach: 0 }];
  let at = 0;
  for (const phase of phases) {
    corners.push({ at, height: heightOf(phase), reach: phase.duration / 2 });
    at += phase.duration;
  }
  corners.push({ at: total, height: 0.12, reach: 0 });
  return Array.from({ length: STEPS + 1 }, (_, step) => heightAt(corners, (step / STEPS) * total));
}

function heightOf(phase) {
  return 0.28 + 0.62 * Math.min(1, Math.max(0, 1 - phase.level / QUIETEST));
}

/** The corner before `at` counts, eased into by half of the shorter neighbour's length. */
function heightAt(corners, at) {
  let height = corners[0].height;
  for (let index = 1; index < corners.length; index += 1) {
    const [before, corner] = [corners[index - 1], corners[index]];
    const reach = easing(before, corner, index, corners.length);
    const begin = corner.at - (index === 1 ? 0 : reach);
    const end = corner.at + (index === corners.length - 1 ? 0 : reach);
    const share = Math.min(1, Math.max(0, (at - begin) / (end - begin || 1)));
    height += (corner.height - before.height) * (0.5 - 0.5 * Math.cos(Math.PI * share));
  }
  return height;
}

function easing(before, corner, index, count) {
  if (index === 1) return corner.reach;
  if (index === count - 1) return before.reach;
  return Math.min(before.reach, corner.reach);
}
