// Times, levels and names as therapists read them.

/** Time as on a wall display: 4:05 or 1:04:05. */
export function clock(span) {
  const whole = Math.max(0, Math.round(span));
  const pad = (part) => String(part).padStart(2, "0");
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds)}` : `${minutes}:${pad(seconds)}`;
}

/** A length: 3 h, 2 h 30 min, 25 min, 40 s. */
export function length(span) {
  if (span < 90) return `${Math.round(span)} s`;
  const minutes = Math.round(span / 60);
  const parts = [[Math.floor(minutes / 60), "h"], [minutes % 60, "min"]];
  return parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** The time of day: 16:42. */
export function timeOfDay(moment) {
  const pad = (part) => String(part).padStart(2, "0");
  return `${moment.getHours()}:${pad(moment.getMinutes())}`;
}

/** A level from the plan's, with a true minus sign. */
export function decibels(level) {
  if (!level) return "as planned";
  return `${level > 0 ? "+" : "−"}${Math.abs(level)} dB`;
}

export function percent(level) {
  return `${Math.round(level * 100)} %`;
}

/** An id as a name: seat-a becomes Seat A. */
export function name(id) {
  const spaced = id.replace(/-/g, " ").replace(/ ([a-z])$/, (end) => end.toUpperCase());
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** What staff read of a check-in: the prompt, and whose it is where it comes on a seat's clock. */
export function asked({ prompt, seat }) {
  return seat ? `Seat ${seat.toUpperCase()}: ${prompt}` : prompt;
}

/** Words of the daemon without what to type: there is a key for it. */
export function forTouch(text) {
  const sentences = text.match(/[^.!?]+[.!?]*\s*/g) || [];
  return sentences.filter((sentence) => !sentence.includes(": kacenv ")).join("").trim();
}

/** A, B and C. */
export function list(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

const NO_LETTERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Text with signs that turn a line round, or that nobody can read, as they are written in code. */
export function readable(text) {
  return text.replace(NO_LETTERS, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
