/** What a WebSocket says is a hint at most: whatever it says, or does not say, messages arrive and closing ends it. */
import { expect } from "chai";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import WebSocket from "ws";
import { until } from "./support/until.js";
import { shown, World, type Person } from "./support/world.js";

const BEHAVIOURS: Readonly<Record<string, (socket: WebSocket) => void>> = {
  "says nothing": () => undefined,
  "closes at once": (socket) => socket.close(),
  "is cut at once": (socket) => socket.terminate(),
  "says what is no JSON": (socket) => socket.on("message", () => socket.send("\u0000{[")),
  "says JSON of any shape": (socket) => socket.on("message", () => ["null", "[]", "5", '"x"', "{}", '{"id":{}}', '{"params":null}', '{"params":{"subscription":{}}}'].forEach((text) => socket.send(text))),
  "says bytes": (socket) => socket.on("message", () => socket.send(Buffer.alloc(100_000, 0xff))),
  "refuses every subscription": (socket) => socket.on("message", (data) => socket.send(JSON.stringify({ id: idOf(data), error: { code: -32_601, message: "no" } }))),
  "answers with odd numbers": (socket) => socket.on("message", (data) => [-1, 1e308, "7", null].forEach((result) => socket.send(JSON.stringify({ id: idOf(data), result })))),
  "tells of accounts nobody asked for": (socket) => socket.on("message", () => {
    for (let subscription = -5; subscription < 200; subscription++) socket.send(JSON.stringify({ method: "accountNotification", params: { subscription, result: { value: null } } }));
  }),
  "tells lies about what changed": (socket) => socket.on("message", (data) => {
    socket.send(JSON.stringify({ id: idOf(data), result: 1 }));
    socket.send(JSON.stringify({ method: "accountNotification", params: { subscription: 1, result: { context: {}, value: { data: ["AAAA", "base64"], owner: "x", lamports: -1 } } } }));
  }),
};
const idOf = (data: unknown): unknown => (JSON.parse(String(data)) as { id: unknown }).id;

describe("a WebSocket that", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  const servers: WebSocket.Server[] = [];

  before(async function () {
    this.timeout(60_000);
    world = await World.start();
    [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
  });
  after(async () => {
    await world.stop();
    for (const server of servers) server.close();
  });

  it(`${Object.keys(BEHAVIOURS).join(", ")}, or is not there: a message arrives once all the same, and closing ends the socket`, async function () {
    this.timeout(60_000);
    const follow = async (behave: ((socket: WebSocket) => void) | undefined): Promise<void> => {
      const server = new WebSocket.Server({ port: 0, host: "127.0.0.1" });
      servers.push(server);
      if (behave) server.on("connection", behave);
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      if (!behave) server.close();
      const device = await world.connect({ wallet: bob.wallet, connection: world.rpc.connection({ wsUrl: `ws://127.0.0.1:${port}` }) });
      const got: string[] = [];
      const reading = (async () => {
        for await (const message of (await device.conversation(alice.address)).messages()) got.push(...shown([message]));
      })();
      await until(() => got.length > 0);
      ready++;
      await until(() => got.includes("hinted or not"));
      await device.close();
      await reading;
      expect(got.filter((text) => text === "hinted or not")).to.have.lengthOf(1);
      await until(() => server.clients.size === 0);
    };
    let ready = 0;
    const all = [...Object.values(BEHAVIOURS), undefined].map(follow);
    await Promise.race([Promise.all(all), until(() => ready === all.length)]);
    await (await alice.postern.conversation(bob.address)).send("hinted or not");
    await Promise.all(all);
  });
});
