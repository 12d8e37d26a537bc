import { expect } from "chai";
import http from "node:http";
import type net from "node:net";

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
    gate = await openGate({ rpcUrl: url, wsUrl: url.replace("http", "ws") });
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

  it("says 502 when the network is gone", async () => {
    const closed = await openGate({ rpcUrl: "http://127.0.0.1:1", wsUrl: "ws://127.0.0.1:1" });
    try {
      expect((await fetch(closed.rpcUrl, { method: "POST", body: "{}" })).status).to.equal(502);
    } finally {
      await closed.close();
    }
  });
});
