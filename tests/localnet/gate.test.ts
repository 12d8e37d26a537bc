import { expect } from "chai";
import { once } from "node:events";
import http from "node:http";
import type net from "node:net";
import WebSocket from "ws";

import { openGate, type Gate } from "../../sdk/src/localnet/gate.js";

/** Far below the 128 calls in flight at which Surfpool has been seen to hang. */
const LIMIT = 64;

describe("the gate before a local network", () => {
  let upstream: http.Server;
  let gate: Gate;
  let inFlight = 0;
  let most = 0;
  const waiting: (() => void)[] = [];

  before(async () => {
    upstream = http.createServer((request, response) => {
      most = Math.max(most, ++inFlight);
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => waiting.push(() => void (inFlight--, response.end(`answer to ${body}`))));
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(upstream.address() as net.AddressInfo).port}`;
    gate = await openGate();
    gate.lead({ rpcUrl: url, wsUrl: url.replace("http", "ws") });
  });
  after(async () => {
    await gate.close();
    upstream.closeAllConnections();
    upstream.close();
  });

  it("holds back what is more than the network can bear, and loses nothing", async () => {
    const names = Array.from({ length: 300 }, (_, i) => `request ${i}`);
    const answers = Promise.all(names.map(async (body) => (await fetch(gate.rpcUrl, { method: "POST", body })).text()));
    for (let answered = 0, before = 0; answered < names.length; before = waiting.length) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (waiting.length > before) continue; // more are arriving: nobody is answered before all stand in the queue that can
      answered += waiting.length;
      for (const answer of waiting.splice(0)) answer();
    }
    expect(await answers).to.deep.equal(names.map((name) => `answer to ${name}`));
    expect(most).to.be.within(2, LIMIT);
  });

  for (const [when, target] of [["is gone", { rpcUrl: "http://127.0.0.1:1", wsUrl: "ws://127.0.0.1:1" }], ["has not started", undefined]] as const) {
    it(`says 502, and cuts WebSockets, when the network ${when}`, async () => {
      const lonely = await openGate();
      if (target !== undefined) lonely.lead(target);
      try {
        expect((await fetch(lonely.rpcUrl, { method: "POST", body: "{}" })).status).to.equal(502);
        const socket = new WebSocket(lonely.wsUrl);
        expect(await once(socket, "error").then(([error]: { message: string }[]) => error!.message)).to.equal("socket hang up");
      } finally {
        await lonely.close();
      }
    });
  }
});
