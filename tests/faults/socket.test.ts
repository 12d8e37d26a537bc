import type { Conversation } from "@postern/sdk";
import { expect } from "chai";
import { open, stage, type Person } from "../e2e/support/stage.js";
import { collect, textsOf, until } from "../e2e/support/waiting.js";
import { FaultProxy } from "./support/fault-proxy.js";
import { first, SOCKET_CONNECTION, SOCKET_MESSAGE, type SocketFault } from "./support/faults.js";

const FAULTS: Readonly<Record<SocketFault, string>> = {
  socketDrop: "loses every notification",
  socketDelay: "delays every notification",
  socketDuplicate: "tells everything twice",
  socketReorder: "tells things in another order",
  socketTruncate: "breaks off every notification",
  socketCorrupt: "puts a wrong byte into every notification",
  socketCut: "is cut again and again",
  socketRefuse: "is refused at first",
};

describe("a WebSocket through the proxy that", () => {
  const on = stage();
  let proxy: FaultProxy;
  let alice: Person;
  let bob: Person;
  let toBob: Conversation;

  before(async () => {
    proxy = await FaultProxy.start(on.net);
    [alice, bob] = await on.people(2);
    [toBob] = await open(alice, bob, "0");
  });
  afterEach(() => proxy.be(undefined));
  after(() => proxy.stop());

  for (const [kind, what] of Object.entries(FAULTS) as [SocketFault, string][]) {
    it(`${what} keeps no message back, and none comes twice or in another order`, async () => {
      proxy.be(kind === "socketRefuse" ? first(2, kind, SOCKET_CONNECTION) : first(kind === "socketCut" ? 3 : Infinity, kind, SOCKET_MESSAGE));
      const device = await on.connect(bob.wallet, { connection: proxy.url });
      const chat = await device.conversation(alice.address);
      const reading = collect((signal) => chat.messages({ signal }));
      const texts = (): string[] => textsOf(reading.items).filter((text) => text.startsWith(kind)); // older ones have left the ring
      await until(() => reading.items.length > 0, "what was there before");
      for (const [i, text] of [`${kind} 1`, `${kind} 2`].entries()) {
        await toBob.send(text);
        await until(() => texts().length > i, "the new one");
      }
      await until(() => (proxy.happened.get(kind) ?? 0) > 0, "the fault happens");
      await reading.stop();
      expect(texts()).to.deep.equal([`${kind} 1`, `${kind} 2`]);
      await device.close();
      await until(() => proxy.sockets === 0, "its socket is closed");
    }).timeout(60_000);
  }

  it("was cut is opened again by itself, and what came meanwhile is read at once", async () => {
    proxy.be(first(1, "socketCut", SOCKET_MESSAGE));
    const device = await on.connect(bob.wallet, { connection: proxy.url });
    const chat = await device.conversation(alice.address);
    const reading = collect((signal) => chat.messages({ signal }));
    await until(() => proxy.happened.get("socketCut") === 1, "the socket is cut");
    await toBob.send("meanwhile");
    await until(() => textsOf(reading.items).includes("meanwhile"), "what came meanwhile");
    await until(() => proxy.sockets === 1, "another socket");
    await reading.stop();
    expect(textsOf(reading.items).filter((text) => text === "meanwhile")).to.have.length(1);
    await device.close();
  }).timeout(60_000);
});
