// zigbee-herdsman's own controller, on a radio that reaches simulated bulbs.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Controller, Zcl } = require("zigbee-herdsman");
const { Device, Entity } = require("zigbee-herdsman/dist/controller/model");

const LATENCY = 0.02; // s that a frame takes
const ENDPOINT = 1;

export class Radio {
  constructor({ latency = LATENCY }) {
    this.pause = 1000 * latency;
    this.now = () => performance.now() / 1000;
    this.bulbs = new Map();
    this.commands = [];
    this.turn = Promise.resolve();
    this.controller = new Controller({ network: { channelList: [11], panID: 1 } });
    Entity.injectAdapter(this);
    Entity.injectDatabase({
      getEntriesIterator: () => [],
      newID: () => this.bulbs.size + 1,
      insert: () => {},
      update: () => {},
    });
    this.coordinator = this.join("Coordinator", 0, {}).createEndpoint(ENDPOINT);
  }

  join(type, address, { modelId, manufName }) {
    const ieee = `0x${String(address).padStart(16, "0")}`;
    return Device.create(type, ieee, address, 4476, manufName, "Mains (single phase)", modelId);
  }

  /** Add a bulb to the network; return its device. */
  add(bulb, description) {
    const device = this.join("Router", this.bulbs.size + 1, description);
    this.bulbs.set(device.networkAddress, bulb);
    const endpoint = device.createEndpoint(ENDPOINT);
    const clusters = ["genBasic", ...bulb.clusters];
    endpoint.inputClusters = clusters.map((name) => Zcl.Utils.getCluster(name).ID);
    endpoint.profileID = 260;
    return device;
  }

  /** Carry a frame to a bulb, as bytes; one at a time, as a coordinator does. */
  sendZclFrameToEndpoint(_ieee, address, _endpoint, frame) {
    const sent = this.turn.then(() => this.carry(address, frame));
    this.turn = sent.catch(() => {});
    return sent;
  }

  async carry(address, frame) {
    if (this.pause) await new Promise((resolve) => setTimeout(resolve, this.pause));
    const bulb = this.bulbs.get(address);
    if (!bulb.powered) throw new Error("no answer");
    const bytes = frame.toBuffer();
    const heard = Zcl.Frame.fromBuffer(frame.cluster.ID, Zcl.Header.fromBuffer(bytes), bytes, {});
    if (heard.header.isGlobal) return this.answer(address, heard);
    const [cluster, command] = [heard.cluster.name, heard.command.name];
    this.commands.push({ cluster, command, ...heard.payload });
    bulb.take(command, heard.payload, this.now());
    return undefined;
  }

  /** Answer a question for attributes; all else is granted. */
  answer(address, question) {
    if (question.command.name !== "read") return undefined;
    const { cluster } = question;
    const values = this.bulbs.get(address).attributes(this.now())[cluster.name] ?? {};
    const records = question.payload.map(({ attrId }) => {
      const name = Object.keys(values).find((key) => cluster.attributes[key].ID === attrId);
      return name === undefined
        ? { attrId, status: Zcl.Status.UNSUPPORTED_ATTRIBUTE }
        : { ...record(cluster, name, values[name]), status: Zcl.Status.SUCCESS };
    });
    return this.hear(address, cluster, "readRsp", records);
  }

  /** Let the controller hear a bulb's report. */
  report(address, name, values) {
    const cluster = Zcl.Utils.getCluster(name);
    const reportable = Object.entries(values).filter(([key]) => !/Physical|Capab|onLevel/.test(key));
    this.hear(
      address,
      cluster,
      "report",
      reportable.map(([key, value]) => record(cluster, key, value)),
    );
  }

  hear(address, cluster, command, records) {
    const data = Zcl.Frame.create(
      Zcl.FrameType.GLOBAL,
      Zcl.Direction.SERVER_TO_CLIENT,
      true,
      undefined,
      this.commands.length % 256,
      Zcl.Utils.getGlobalCommand(command),
      cluster,
      records,
      {},
    ).toBuffer();
    const header = Zcl.Header.fromBuffer(data);
    const heard = { clusterID: cluster.ID, header, data, address, endpoint: ENDPOINT };
    this.controller.onZclPayload({ ...heard, linkquality: 200, groupID: 0, wasBroadcast: false });
    return heard;
  }

  /** Grant bindings and their like. */
  async sendZdo() {
    return [0, undefined];
  }
}

function record(cluster, name, attrData) {
  const { ID: attrId, type: dataType } = cluster.attributes[name];
  return { attrId, dataType, attrData };
}
