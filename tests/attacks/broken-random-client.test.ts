/** Clients on a machine whose random source says the same for ever: messages arrive, and no key seals two texts. */
import { expect } from "chai";
import { toHex } from "@postern/sdk/crypto";
import type { Inbox } from "@postern/sdk/program";
import { historyOf, World, type Person } from "../hostile/support/world.js";

/** All that the SDK can get from this machine's random source, until `mend`. */
function breakRandomSource(say: (bytes: Uint8Array) => void): { calls(): number; mend(): void } {
  let calls = 0;
  const broken = <T extends ArrayBufferView | null>(array: T): T => {
    calls++;
    if (array !== null) say(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return array;
  };
  Object.defineProperty(globalThis.crypto, "getRandomValues", { value: broken, configurable: true, writable: true });
  return { calls: () => calls, mend: () => void Reflect.deleteProperty(globalThis.crypto, "getRandomValues") };
}

const SOURCES: Readonly<Record<string, () => (bytes: Uint8Array) => void>> = {
  "says zero for ever": () => (bytes) => void bytes.fill(0),
  "repeats two values in turn": () => {
    let turn = 0;
    return (bytes) => void bytes.fill(turn++ % 2 === 0 ? 0xaa : 0x55);
  },
};

describe("a random source that", function () {
  this.timeout(120_000);
  let world: World;
  let source: ReturnType<typeof breakRandomSource> | undefined;
  before(async () => {
    world = await World.start();
  });
  afterEach(() => source?.mend());
  after(() => world.stop());

  for (const [behaviour, make] of Object.entries(SOURCES)) {
    it(`${behaviour}: two devices and a peer talk on, every frame has a salt of its own, and every inbox too`, async () => {
      const [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
      source = breakRandomSource(make());
      const second = await world.connect({ wallet: alice.wallet });
      const chats = await Promise.all([alice.postern, second].map((postern) => postern.conversation(bob.address)));
      await chats[0]!.send("gm");
      await (await (await bob.postern.requests())[0]!.accept()).send("gm to you");
      await (await alice.postern.conversation(carol.address)).send("gm");
      for (let i = 0; i < 3; i++) await Promise.all(chats.map((chat, device) => chat.send(`race ${i} of device ${device}`)));
      for (let i = 0; i < 3; i++) await chats[0]!.send("the same words");
      expect(source.calls()).to.be.above(10);
      source.mend();

      const [toBob, toCarol, toAlice] = await Promise.all([alice.raw.own(0), alice.raw.own(1), bob.raw.own(0)]);
      expect(await historyOf(await world.connect({ wallet: bob.wallet }), alice.address)).to.have.lengthOf(11);
      const salts = (inbox: Inbox, start: number): string[] => inbox.frames.filter(({ seq }) => seq >= start).map(({ payload }) => toHex(payload.slice(2, 14)));
      const all = [...salts(toBob.inbox, 2), ...salts(toCarol.inbox, 2), ...salts(toAlice.inbox, 0)];
      expect(all).to.have.lengthOf(12);
      expect(new Set(all)).to.have.lengthOf(12);
      expect(new Set([toBob, toCarol, toAlice].map(({ inbox }) => toHex(inbox.openSalt)))).to.have.lengthOf(3);
      expect(new Set([toBob, toCarol, toAlice].map(({ secret }) => toHex(secret)))).to.have.lengthOf(3);
    });
  }
});
