// A Zigbee bulb: what it shows at each moment, what it reports, and the quirks of real ones.

const FULL = 254;
const MODE = { xy: 1, white: 2 };
const REPORT_EVERY = 1.0; // s, as Zigbee2MQTT sets up

/** A value on its way, as a function of absolute time (s). */
class Fade {
  constructor(from, to, start, span) {
    Object.assign(this, { from, to, start, end: start + span });
  }

  at(now) {
    if (now >= this.end) return this.to;
    return this.from + ((this.to - this.from) * (now - this.start)) / (this.end - this.start);
  }
}

const resting = (value) => new Fade(value, value, 0, 0);

export class Bulb {
  /** `quirk`: a name that tests/peers/quirks.py explains; `mired`: the range that it can show. */
  constructor({ clusters, mired = [153, 500], quirk = "" }) {
    this.clusters = clusters;
    this.range = mired;
    this.quirk = quirk;
    this.powered = true;
    this.reported = {};
    this.reportedAt = -Infinity;
    this.startOver(false);
  }

  startOver(on) {
    this.on = on;
    this.mode = this.clusters.includes("lightingColorCtrl") ? MODE.white : undefined;
    this.level = resting(FULL);
    this.mired = resting(Math.min(370, this.range[1]));
    this.x = resting(30000);
    this.y = resting(26000);
  }

  cutPower() {
    this.powered = false;
  }

  restorePower(now) {
    const before = this.level.at(now);
    this.powered = true;
    this.startOver(true);
    if (this.quirk !== "full-after-cut") this.level = resting(before);
  }

  /** Do what a ZCL command says; throw if this bulb knows no such command. */
  take(command, payload, now) {
    this.settle(now);
    const act = {
      on: () => this.switchOn(true),
      off: () => this.switchOn(false),
      moveToLevel: () => this.moveLevel(payload, now, false),
      moveToLevelWithOnOff: () => this.moveLevel(payload, now, true),
      moveToColorTemp: () => this.moveWhite(payload, now),
      moveToColor: () => this.moveColor(payload, now),
      stop: () => this.stop(now),
    }[command];
    if (act === undefined) throw new Error(`the bulb knows no ${command}`);
    act();
  }

  switchOn(on) {
    this.on = on;
    if (on && this.level.to < 1) this.level = resting(1);
  }

  moveLevel({ level, transtime }, now, withOnOff) {
    if (this.quirk === "no-off-in-transition" && level === 0 && transtime > 0) return;
    if (!withOnOff && !this.on) return;
    const from = this.on ? this.level.at(now) : 1;
    if (level > 0) this.on = true;
    if (this.on) this.level = new Fade(from, level, now, transtime / 10);
  }

  moveWhite({ colortemp, transtime }, now) {
    if (this.quirk === "no-white-while-off" && !this.on) return;
    const held = Math.min(Math.max(colortemp, this.range[0]), this.range[1]);
    this.mired = new Fade(this.mired.at(now), held, now, transtime / 10);
    this.mode = MODE.white;
  }

  moveColor({ colorx, colory, transtime }, now) {
    this.x = new Fade(this.x.at(now), colorx, now, transtime / 10);
    this.y = new Fade(this.y.at(now), colory, now, transtime / 10);
    this.mode = MODE.xy;
  }

  /** Stop all fades, as makers' bulbs do whichever of them is meant. */
  stop(now) {
    for (const name of ["level", "mired", "x", "y"]) this[name] = resting(this[name].at(now));
  }

  settle(now) {
    const darkest = this.quirk === "off-at-1" ? 1 : 0;
    if (this.on && now >= this.level.end && this.level.to <= darkest) this.on = false;
  }

  /** All attributes by cluster, as a question is answered. */
  attributes(now) {
    this.settle(now);
    const all = { genOnOff: { onOff: this.on ? 1 : 0 } };
    all.genLevelCtrl = { currentLevel: Math.max(1, Math.round(this.level.at(now))), onLevel: 255 };
    all.lightingColorCtrl = {
      colorMode: this.mode,
      colorTemperature: Math.round(this.mired.at(now)),
      currentX: Math.round(this.x.at(now)),
      currentY: Math.round(this.y.at(now)),
      colorCapabilities: 0x1f,
    };
    if (this.quirk !== "narrow-white")
      Object.assign(all.lightingColorCtrl, {
        colorTempPhysicalMin: this.range[0],
        colorTempPhysicalMax: this.range[1],
      });
    return Object.fromEntries(this.clusters.filter((c) => all[c]).map((c) => [c, all[c]]));
  }

  /** The attributes that are to be reported now, by cluster. */
  reports(now) {
    if (!this.powered || now < this.reportedAt + REPORT_EVERY) return [];
    const all = this.attributes(now);
    if (this.quirk === "old-level" && now < this.level.end)
      all.genLevelCtrl.currentLevel = Math.max(1, Math.round(this.level.from));
    const changed = Object.entries(all).filter(
      ([cluster, values]) => JSON.stringify(values) !== JSON.stringify(this.reported[cluster]),
    );
    if (this.quirk === "old-level" && now < this.level.end)
      changed.push(...Object.entries(all).filter(([cluster]) => cluster === "genLevelCtrl"));
    if (changed.length === 0) return [];
    this.reported = all;
    this.reportedAt = now;
    return changed;
  }

  /** What a person in the room would see; the level as a share of full light. */
  shown(now) {
    this.settle(now);
    const level = this.powered && this.on ? this.level.at(now) / FULL : 0;
    if (this.mode === MODE.xy) {
      return { level, x: this.x.at(now) / 65536, y: this.y.at(now) / 65536 };
    }
    return this.mode === undefined ? { level } : { level, mired: Math.round(this.mired.at(now)) };
  }
}
