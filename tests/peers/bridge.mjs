// A small bridge in Zigbee2MQTT's place, with its converters and its radio library.
//
// It orders and answers as Zigbee2MQTT's publish.ts and receive.ts do (Koenkk/zigbee2mqtt
// 6835cbf, lib/extension). With a `port` it speaks MQTT; without one it reads a command a line, and
// writes what came of it. `peers/NAME` takes a hand's commands and power cuts, `peers/NAME/shown`
// says what the bulb shows.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { Bulb } from "./bulb.mjs";
import { Radio } from "./radio.mjs";

const require = createRequire(import.meta.url);
const converters = require("zigbee-herdsman-converters");
const mqtt = require("mqtt");

const BASE = "zigbee2mqtt";
const LOOK_EVERY = 0.1; // s
const LEVELS = ["state", "brightness", "brightness_percent"];
const silent = { debug() {}, info() {}, warning() {}, error() {} };
for (const library of [converters, require("zigbee-herdsman")]) library.setLogger(silent);

class Bridge {
  constructor(options, publish) {
    this.radio = new Radio(options);
    this.publish = publish;
    this.lamps = new Map();
    this.figures = { calls: 0, errors: [] };
    this.radio.controller.on("message", (data) => this.receive(data));
  }

  async add(name, description) {
    const bulb = new Bulb(description);
    const device = this.radio.add(bulb, description);
    const definition = await converters.findByDevice(device);
    if (definition === undefined) throw new Error(`no converter for ${description.modelId}`);
    this.lamps.set(name, { name, bulb, device, definition, state: {}, options: {} });
    await definition.configure?.(device, this.radio.coordinator, definition).catch(() => {});
  }

  /** Do as publish.ts: the order of keys depends on `off`, each converter is used once. */
  async set(name, message) {
    const lamp = this.lamps.get(name);
    const back = String(message.state).toLowerCase() === "off" ? 1 : -1;
    const keys = Object.keys(message).sort((key) => (LEVELS.includes(key) ? back : -back));
    const used = new Set();
    let update = {};
    for (const key of keys) {
      const converter = find(lamp, key);
      if (converter === undefined) this.fail(lamp, key, "no converter");
      if (converter === undefined || used.has(converter)) continue;
      used.add(converter);
      update = { ...update, ...(await this.call(lamp, converter.convertSet, key, message)) };
    }
    if (Object.keys(update).length > 0) this.tell(lamp, update);
  }

  async get(name, message) {
    const lamp = this.lamps.get(name);
    for (const key of Object.keys(message))
      await this.call(lamp, find(lamp, key)?.convertGet ?? (() => {}), key, message, true);
  }

  async call(lamp, convert, key, message, asks = false) {
    const { device, definition: mapped, state, options } = lamp;
    const endpoint = device.getEndpoint(1);
    const publish = (update) => this.tell(lamp, update);
    const meta = { message: { ...message }, device, mapped, state, options, publish };
    if (convert !== converters.toZigbee.ignore_transition.convertSet) this.figures.calls += 1;
    try {
      if (asks) return await convert(endpoint, key, meta);
      return (await convert(endpoint, key, message[key], meta))?.state;
    } catch (error) {
      return this.fail(lamp, key, error.message);
    }
  }

  fail(lamp, key, trouble) {
    if (lamp.bulb.powered) this.figures.errors.push(`${lamp.name} ${key}: ${trouble}`);
    const message = `z2m: Publish 'set' '${key}' to '${lamp.name}' failed: 'Error: ${trouble}'`;
    this.publish(`${BASE}/bridge/logging`, { message, level: "error" });
  }

  /** Do as receive.ts: all converters of a message's cluster and type, one answer. */
  async receive(data) {
    const lamp = [...this.lamps.values()].find((one) => one.device === data.device);
    if (lamp === undefined) return;
    const { device, definition, state, options } = lamp;
    const publish = (update) => this.tell(lamp, update);
    let update = {};
    for (const { cluster, type, convert } of definition.fromZigbee) {
      if (cluster !== data.cluster || ![type].flat().includes(data.type)) continue;
      const meta = { device, state, logger: silent, deviceExposesChanged() {} };
      const found = await convert(definition, { ...data, device }, publish, options, meta);
      update = { ...update, ...found };
    }
    converters.postProcessConvertedFromZigbeeMessage(definition, update, options, device);
    if (Object.keys(update).length > 0) this.tell(lamp, update);
  }

  tell(lamp, update) {
    Object.assign(lamp.state, update);
    this.publish(`${BASE}/${lamp.name}`, lamp.state);
  }

  /** Do what a hand, or the fuse box, does to a bulb. */
  touch(name, { power, command, ...payload }) {
    const { bulb, device } = this.lamps.get(name);
    if (power === "cut") bulb.cutPower();
    else if (power === "back") {
      bulb.restorePower(this.radio.now());
      const data = { friendly_name: name, ieee_address: device.ieeeAddr };
      this.publish(`${BASE}/bridge/event`, { type: "device_announce", data });
      bulb.reportedAt = this.radio.now() + 2;
    } else bulb.take(command, { transtime: 0, ...payload }, this.radio.now());
  }

  look() {
    const now = this.radio.now();
    for (const [name, { bulb, device }] of this.lamps) {
      this.publish(`peers/${name}/shown`, bulb.shown(now));
      for (const [cluster, values] of bulb.reports(now))
        this.radio.report(device.networkAddress, cluster, values);
    }
  }

  /** Take a message of a topic; what can't be read is none. */
  async take(topic, payload) {
    const [first, name, verb] = topic.split("/");
    const message = JSON.parse(payload);
    if (first === "peers") this.touch(name, message);
    else await this[verb](name, message);
  }
}

const find = (lamp, key) => lamp.definition.toZigbee.find((one) => !one.key || one.key.includes(key));

async function serve(options) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${options.port}`);
  const bridge = new Bridge(options, (topic, fields) =>
    client.publish(topic, JSON.stringify(fields)),
  );
  for (const [name, one] of Object.entries(options.bulbs)) await bridge.add(name, one);
  client.on("message", (topic, payload) => bridge.take(topic, payload));
  await client.subscribeAsync([`${BASE}/+/set`, `${BASE}/+/get`, "peers/+"]);
  setInterval(() => bridge.look(), 1000 * LOOK_EVERY);
  process.on("SIGTERM", () => {
    console.log(JSON.stringify(bridge.figures));
    process.exit(0);
  });
}

async function convert(options) {
  const bridge = new Bridge({ latency: 0 }, () => {});
  for (const [name, one] of Object.entries(options.bulbs)) await bridge.add(name, one);
  for await (const line of createInterface({ input: process.stdin })) {
    const { name, message } = JSON.parse(line);
    Object.assign(bridge.figures, { calls: 0, errors: [] });
    bridge.radio.commands.length = 0;
    await bridge.set(name, message);
    console.log(JSON.stringify({ ...bridge.figures, commands: bridge.radio.commands }));
  }
}

const options = JSON.parse(process.argv[2]);
await (options.port === undefined ? convert(options) : serve(options));
