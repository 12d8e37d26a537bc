/** Other devices, lost transactions and endpoints that misreport: every message is delivered once, or its sender is told. */
import type { Conversation } from "@postern/sdk";
import { splitHandshake, toBase58 } from "@postern/sdk/crypto";
import { closeKeyBundle } from "@postern/sdk/program";
import { expect } from "chai";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import type { Call, MethodLie } from "./support/lying-rpc.js";
import { openInboxFor } from "./support/mover.js";
import { program, random } from "./support/raw-device.js";
import { historyOf, World, type Person } from "./support/world.js";

/** What an endpoint says that takes a transaction and drops it: its first signature. */
const taken = ({ params }: Call): { result: string } => ({ result: toBase58(Buffer.from(params[0] as string, "base64").subarray(1, 65)) });

describe("a message", () => {
  let world: World;
  let alice: Person;
  let bob: Person;

  before(async function () {
    this.timeout(60_000);
    world = await World.start({ slotTimeMs: 20 });
    [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
  });
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  const seenBy = async (reader: Person, text: string, peer = alice): Promise<number> => (await historyOf(reader.postern, peer.address)).filter((seen) => seen === text).length;
  const chatOf = async (person: Person, peer: Person): Promise<Conversation> => (await world.liedTo(person)).conversation(peer.address);

  /** Does `before` when a method is called for the first time, then passes everything on. */
  const atFirst = (before: () => Promise<unknown>): MethodLie => {
    let done: Promise<unknown> | undefined;
    return async (_, forward) => {
      await (done ??= before());
      return forward();
    };
  };
  /** The endpoint says that every blockhash has run out. */
  const expire = (): void => world.rpc.method("getBlockHeight", () => ({ result: 4_000_000_000 }));

  describe("whose place another device takes", () => {
    for (const method of ["simulateTransaction", "sendTransaction"]) {
      it(`before ${method} is sealed again for the next place: both are read, each once`, async () => {
        const chat = await chatOf(alice, bob);
        const { address, secret, inbox } = await alice.raw.own(0);
        world.rpc.method(method, atFirst(() => alice.raw.post(address, alice.raw.message(secret, inbox.next, `other device, ${method}`))));
        const sent = await chat.send(`this device, ${method}`);
        expect(sent.seq).to.equal(inbox.next + 1);
        expect(await seenBy(bob, `other device, ${method}`)).to.equal(1);
        expect(await seenBy(bob, `this device, ${method}`)).to.equal(1);
      });

      it(`before ${method} of a first contact with another peer takes the next index`, async () => {
        const [carol, dave] = (await world.people(2)) as [Person, Person];
        const chat = await chatOf(alice, carol);
        const index = await alice.raw.freeIndex();
        const bundle = await alice.raw.bundleOf(dave.address);
        world.rpc.method(method, atFirst(() => alice.raw.openTo(bundle, { index })));
        await chat.send("to carol");
        expect((await alice.raw.own(index)).box.peerWallet).to.deep.equal(dave.raw.walletBytes);
        expect((await alice.raw.own(index + 1)).box.peerWallet).to.deep.equal(carol.raw.walletBytes);
        expect(await seenBy(carol, "to carol")).to.equal(1);
      });

      it(`before ${method} of a first contact with the same peer goes on in that inbox`, async () => {
        const carol = await world.person();
        const chat = await chatOf(alice, carol);
        const index = await alice.raw.freeIndex();
        const bundle = await alice.raw.bundleOf(carol.address);
        world.rpc.method(method, atFirst(() => alice.raw.openTo(bundle, { index })));
        await chat.send("one inbox is enough");
        expect(await alice.raw.freeIndex()).to.equal(index + 1);
        expect(await seenBy(carol, "one inbox is enough")).to.equal(1);
      });
    }

    it("by answering the same request first: the answer goes into the inbox that the other device opened", async () => {
      const carol = await world.person();
      await (await carol.postern.conversation(alice.address)).send("who answers?");
      const chat = await chatOf(alice, carol);
      const other = await alice.postern.conversation(carol.address);
      const index = await alice.raw.freeIndex();
      world.rpc.method("sendTransaction", atFirst(() => other.send("the other device")));
      await chat.send("this device");
      expect(await alice.raw.freeIndex()).to.equal(index + 1);
      expect(await historyOf(carol.postern, alice.address)).to.include.members(["the other device", "this device"]);
    });

    it("is delivered once each when two devices and two sends race in earnest", async () => {
      const [first, second] = [await chatOf(alice, bob), await alice.postern.conversation(bob.address)];
      const texts = ["a1", "a2", "b1", "b2"];
      await Promise.all([first.send("a1"), first.send("a2"), second.send("b1"), second.send("b2")]);
      for (const text of texts) expect(await seenBy(bob, text), text).to.equal(1);
    });
  });

  describe("whose transaction is reported lost although it landed", () => {
    const lose = (): void => {
      world.rpc.method("getSignatureStatuses", ({ params }) => ({ result: { context: { slot: 1 }, value: (params[0] as string[]).map(() => null) } }));
      expire();
    };

    it("is found in the ring and not sent again", async () => {
      const chat = await chatOf(alice, bob);
      lose();
      const sent = await chat.send("lost and found");
      expect(await seenBy(bob, "lost and found")).to.equal(1);
      expect(sent.id).to.match(/\.\d+$/u);
    });

    it("is found also when it was a first contact, and when it was an answer", async () => {
      const carol = await world.person();
      lose();
      await (await chatOf(alice, carol)).send("first contact");
      expect(await seenBy(carol, "first contact")).to.equal(1);
      await (await chatOf(carol, alice)).send("answer");
      expect(await seenBy(alice, "answer", carol)).to.equal(1);
    });

    it("is found when it was the answer to one of two requests, and not put in the answer to the other as well", async () => {
      const carol = await world.person();
      const index = await alice.raw.freeIndex();
      for (const i of [0, 1]) await openInboxFor(alice.raw, { to: await alice.raw.bundleOf(carol.address), index: index + i, reader: "request", texts: [`request ${i}`] });
      lose();
      await (await chatOf(carol, alice)).send("one answer");
      world.rpc.honest();
      expect(await seenBy(alice, "one answer", carol)).to.equal(1);
    });
  });

  describe("whose transaction the endpoint calls processed for ever, though the chosen branch is long beyond its blockhash", () => {
    const now = performance.now.bind(performance);
    let asked = 0;
    beforeEach(() => void (asked = 0));
    afterEach(() => void (performance.now = now));
    /** From its second answer on, half a minute has gone by. */
    const stuck = (): void => world.rpc.method("getSignatureStatuses", ({ params }) => {
      const laterMs = asked++ === 0 ? 0 : 31_000;
      performance.now = () => now() + laterMs;
      return { result: { context: { slot: 1 }, value: (params[0] as string[]).map(() => ({ slot: 1, confirmations: 0, err: null, confirmationStatus: "processed" })) } };
    });

    it("is RPC_FAILED where it is not there, and delivered once when it is sent again", async () => {
      const chat = await chatOf(alice, bob);
      stuck();
      world.rpc.method("sendTransaction", taken);
      const { signature } = (await refused(chat.send("processed and gone"), "RPC_FAILED")).context;
      expect(signature).to.be.a("string");
      world.rpc.honest();
      expect(await seenBy(bob, "processed and gone")).to.equal(0);
      await chat.send("processed and gone");
      expect(await seenBy(bob, "processed and gone")).to.equal(1);
    });

    it("is found in the ring where it is there", async () => {
      const chat = await chatOf(alice, bob);
      stuck();
      const { id } = await chat.send("processed and there");
      expect(id).to.match(/\.\d+$/u);
      expect(await seenBy(bob, "processed and there")).to.equal(1);
    });
  });

  describe("whose transactions the endpoint takes and drops", () => {
    it("is signed anew once its blockhash has run out, and delivered once", async function () {
      this.timeout(60_000);
      const chat = await chatOf(alice, bob);
      const signatures = new Set<string>();
      world.rpc.method("sendTransaction", (call, forward) => {
        const { result } = taken(call);
        signatures.add(result);
        return signatures.size < 2 ? { result } : forward();
      });
      const sent = await chat.send("dropped until it expired");
      expect([...signatures].indexOf(sent.signature), "not the one that was dropped").to.be.at.least(1); // one of a slow moment may run out as well
      expect(await seenBy(bob, "dropped until it expired")).to.equal(1);
    });

    it("is TRANSACTION_EXPIRED when they drop it for good, and is not there", async () => {
      const chat = await chatOf(alice, bob);
      const signatures = new Set<string>();
      world.rpc.method("sendTransaction", (call) => {
        const reply = taken(call);
        signatures.add(reply.result);
        return reply;
      });
      expire();
      await refused(chat.send("dropped for good"), "TRANSACTION_EXPIRED");
      world.rpc.honest();
      expect(await seenBy(bob, "dropped for good")).to.equal(0);
      await chat.send("and then it works again");
      expect(await seenBy(bob, "and then it works again")).to.equal(1);
    });

    it("is delivered once though the endpoint calls it expired, keeps it, and lands it after the next one", async () => {
      const chat = await chatOf(alice, bob);
      const kept: Call[] = [];
      world.rpc.method("sendTransaction", (call, forward) => {
        if (kept.length > 0 && kept[0]!.params[0] !== call.params[0]) return forward();
        kept.push(call);
        return taken(call);
      });
      expire();
      await chat.send("kept back");
      const { next } = (await alice.raw.own(0)).inbox;
      await alice.raw.connection.sendRawTransaction(Buffer.from(kept[0]!.params[0] as string, "base64"), { skipPreflight: true }).catch(() => undefined);
      await chat.send("after it");
      expect((await alice.raw.own(0)).inbox.next).to.equal(next + 1);
      expect(await seenBy(bob, "kept back")).to.equal(1);
    });
  });

  describe("in an opening that was interrupted", () => {
    type Opening = { readonly to: Person; readonly index: number; readonly chat: () => Promise<void> };
    const interrupted = async (frame0?: (honest: Uint8Array) => Uint8Array): Promise<Opening> => {
      const to = await world.person();
      const bundle = await alice.raw.bundleOf(to.address);
      const opened = await alice.raw.openTo(bundle);
      const { handshake } = alice.raw.honestHandshake(bundle, await alice.raw.bundleOf(alice.address), opened.identity);
      if (frame0) await alice.raw.post(opened.address, frame0(handshake));
      return { to, index: opened.index, chat: async () => void (await (await chatOf(alice, to)).send("resumed")) };
    };

    it("before any frame goes on in the same inbox from another device", async () => {
      const { to, index, chat } = await interrupted();
      await chat();
      expect(await seenBy(to, "resumed")).to.equal(1);
      expect(await alice.raw.freeIndex()).to.equal(index + 1);
      expect((await alice.raw.own(index)).inbox.next).to.equal(3);
    });

    for (const n of [462, 624, 948]) {
      it(`after a first frame of ${n} bytes goes on in the same inbox from another device`, async () => {
        const { to, index, chat } = await interrupted((handshake) => splitHandshake(handshake, n)[0]);
        await chat();
        expect(await seenBy(to, "resumed")).to.equal(1);
        expect(await alice.raw.freeIndex()).to.equal(index + 1);
        expect((await alice.raw.own(index)).inbox.next).to.equal(3);
      });
    }

    for (const [name, frame] of [["noise", () => random(626)], ["another handshake's", (handshake: Uint8Array) => splitHandshake(handshake.fill(7, 9, 10))[0]], ["nothing", () => new Uint8Array(0)]] as const) {
      it(`after a first frame that is ${name} opens anew, at the next index`, async () => {
        const { to, index, chat } = await interrupted(frame);
        await chat();
        expect(await seenBy(to, "resumed")).to.equal(1);
        expect((await alice.raw.own(index)).inbox.next).to.equal(1);
        expect((await alice.raw.own(index + 1)).box.peerWallet).to.deep.equal(to.raw.walletBytes);
      });
    }

    it("far beyond a gap of free addresses is found by a device that comes later", async () => {
      const to = await world.person();
      const bundle = await alice.raw.bundleOf(to.address);
      const index = (await alice.raw.freeIndex()) + 60;
      const opened = await alice.raw.openTo(bundle, { index });
      const { handshake } = alice.raw.honestHandshake(bundle, await alice.raw.bundleOf(alice.address), opened.identity);
      await alice.raw.post(opened.address, ...splitHandshake(handshake));
      const device = await world.connect({ wallet: alice.wallet });
      expect((await device.conversations()).map(({ peer }) => peer)).to.include(to.address);
      await (await device.conversation(to.address)).send("found");
      expect(await seenBy(to, "found")).to.equal(1);
    });

    it("opens anew when the peer's keys of then are gone", async () => {
      const { to, index, chat } = await interrupted((handshake) => splitHandshake(handshake)[0]);
      await to.raw.rotate();
      await to.raw.submit([closeKeyBundle({ program, wallet: to.address, generation: 0, refund: to.address })], [to.raw.walletKey]);
      await chat();
      expect((await alice.raw.own(index + 1)).box.peerGeneration).to.equal(1);
      const device = await world.connect({ wallet: to.wallet });
      expect(await historyOf(device, alice.address)).to.deep.equal(["resumed"]);
    });
  });

  describe("in the end", () => itTellsNoSecret());
});
