/** Peers that cannot be written to, delegates that cannot pay, stores that fail; and what may be printed of a client. */
import { isPosternError, memoryStore, type Store } from "@postern/sdk";
import { inboxAddress, profileAddress } from "@postern/sdk/program";
import { Keypair, PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { everythingIn, itTellsNoSecret, refused, secretsIn } from "./support/leaks.js";
import { program } from "./support/raw-device.js";
import { historyOf, World, type Person } from "./support/world.js";

describe("a client", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let stranger: string;

  before(async function () {
    this.timeout(60_000);
    world = await World.start();
    [alice, bob] = (await world.people(2)) as [Person, Person];
    stranger = Keypair.generate().publicKey.toBase58();
    await world.introduce(alice, bob);
  });
  after(() => world.stop());

  describe("asked for a peer", () => {
    it("that has not registered says so: canMessage false, sending PEER_NOT_REGISTERED, nothing on the ledger", async () => {
      expect(await alice.postern.canMessage([stranger])).to.deep.equal(new Map([[stranger, false]]));
      const chat = await alice.postern.conversation(stranger);
      expect([chat.state, chat.canSend]).to.deep.equal(["new", false]);
      await refused(chat.send("anyone there?"), "PEER_NOT_REGISTERED");
      await refused(chat.safetyNumber(), "PEER_NOT_REGISTERED");
      await refused(alice.postern.estimate(stranger), "PEER_NOT_REGISTERED");
      expect(await chat.history()).to.deep.equal([]);
      expect(await alice.raw.freeIndex()).to.equal(1);
    });

    it("that is half registered says so too", async () => {
      const half = await world.person({ register: false });
      let broadcasts = 0;
      world.rpc.method("sendTransaction", (_, forward) => (++broadcasts < 2 ? forward() : { error: { code: -32_000, message: "no more" } }));
      const device = await world.connect({ wallet: half.wallet, connection: world.rpc.connection({ notifications: false }) });
      const registering = refused(device.register(), "CLOSED");
      while (broadcasts < 2) await new Promise(setImmediate);
      await device.close();
      await registering;
      world.rpc.honest();
      expect(await world.connection.getAccountInfo(new PublicKey(profileAddress(half.address, program)))).not.to.equal(null);
      expect([...(await alice.postern.canMessage([half.address])).values()]).to.deep.equal([false]);
      await refused((await alice.postern.conversation(half.address)).send("hello?"), "PEER_NOT_REGISTERED");
      const later = await world.connect({ wallet: half.wallet });
      await refused((await later.conversation(bob.address)).send("not yet"), "NOT_REGISTERED");
      await later.register();
      expect([...(await alice.postern.canMessage([half.address])).values()]).to.deep.equal([true]);
    });

    it("that is this wallet is PEER_IS_SELF, and canMessage says false", async () => {
      await refused(alice.postern.conversation(alice.address), "PEER_IS_SELF");
      expect([...(await alice.postern.canMessage([alice.address, bob.address])).values()]).to.deep.equal([false, true]);
    });

    it("off the curve or malformed is INVALID_ADDRESS wherever an address is taken", async () => {
      const offCurve = [profileAddress(bob.address, program), inboxAddress(bob.address, 0, program)];
      const malformed = ["", " ", bob.address.slice(4), `${bob.address}11`, ` ${bob.address}`, `${bob.address}\n`, "0".repeat(44), "I".repeat(44), "1".repeat(31), "1".repeat(33), "z".repeat(500_000), null, undefined, 7, {}, []];
      for (const address of [...offCurve, ...malformed] as string[]) {
        await refused(alice.postern.conversation(address), "INVALID_ADDRESS");
        await refused(alice.postern.canMessage([bob.address, address]), "INVALID_ADDRESS");
        if (address !== undefined) await refused(alice.postern.estimate(address), "INVALID_ADDRESS");
      }
    });

    it("that takes no requests, or asks for more postage than agreed, is told by code before anything is paid", async () => {
      const shy = await world.person();
      await shy.postern.setContactPolicy({ kind: "postage", lamports: 5_000_000n });
      const chat = await alice.postern.conversation(shy.address);
      const error = await refused(chat.send("for free?", { maxPostageLamports: 4_999_999n }), "POSTAGE_REQUIRED");
      expect(error.context["postageLamports"]).to.equal(5_000_000n);
      await shy.postern.setContactPolicy({ kind: "closed" });
      await refused(chat.send("at all?", { maxPostageLamports: 10n ** 9n }), "CONTACT_REFUSED");
      expect(await alice.raw.freeIndex()).to.equal(1);
    });
  });

  it("given what is no text, or what no text may be, says so before any call to the network", async () => {
    const device = await world.liedTo(alice);
    const chat = await device.conversation(bob.address);
    const calls = world.rpc.calls.length;
    const cases: readonly (readonly [unknown, string])[] = [
      ["", "NOTHING_TO_SEND"], ["\ud800", "INVALID_TEXT"], ["a\udc00b", "INVALID_TEXT"], ["x".repeat(886), "TEXT_TOO_LONG"], ["é".repeat(443), "TEXT_TOO_LONG"],
      [undefined, "INVALID_ARGUMENT"], [null, "INVALID_ARGUMENT"], [5, "INVALID_ARGUMENT"], [{ kind: "picture" }, "INVALID_ARGUMENT"], [{ kind: "text", text: 5 }, "INVALID_ARGUMENT"],
    ];
    for (const [content, code] of cases) await refused(chat.send(content as string), code);
    await refused(chat.send("x", { maxPostageLamports: -1n }), "INVALID_ARGUMENT");
    await refused(chat.send("x", { maxPostageLamports: 1 as never }), "INVALID_ARGUMENT");
    await refused(chat.history({ limit: 0 }), "INVALID_ARGUMENT");
    expect(world.rpc.calls).to.have.lengthOf(calls);
  });

  it("given a cursor that is none says INVALID_CURSOR", async () => {
    const chat = await alice.postern.conversation(bob.address);
    for (const cursor of ["", "x", "AQ", "!!!!", "A".repeat(10_000), null, 5, {}] as string[]) {
      await refused(chat.history({ before: cursor }), "INVALID_CURSOR");
      await refused(chat.markRead(cursor), "INVALID_CURSOR");
      await refused(chat.messages({ after: cursor }).next(), "INVALID_CURSOR");
    }
  });

  it("whose delegate cannot pay says INSUFFICIENT_FUNDS with what is missing, and sends once it can", async () => {
    const poor = await world.person({ register: false });
    await poor.postern.register({ fundLamports: 0n });
    expect(await poor.postern.balance()).to.equal(0n);
    const chat = await poor.postern.conversation(bob.address);
    const error = await refused(chat.send("on credit"), "INSUFFICIENT_FUNDS");
    await refused(poor.postern.setContactPolicy({ kind: "closed" }), "INSUFFICIENT_FUNDS");
    await refused(poor.postern.withdraw(1n), "INSUFFICIENT_FUNDS");
    await refused(poor.postern.fund(10n ** 15n), "INSUFFICIENT_FUNDS");
    await poor.postern.fund(error.context["missingLamports"] as bigint);
    await chat.send("paid");
    expect(await historyOf(bob.postern, poor.address)).to.deep.equal(["paid"]);
  });

  describe("with a store", () => {
    const failing = (when: (operation: string, key: string) => boolean): Store => {
      const store = memoryStore();
      const guard = <T>(operation: string, key: string, work: () => Promise<T>): Promise<T> => {
        if (when(operation, key)) throw new Error("disk full");
        return work();
      };
      return {
        kind: "failing",
        get: (key) => guard("get", key, () => store.get(key)),
        set: (key, value) => guard("set", key, () => store.set(key, value)),
        delete: (key) => guard("delete", key, () => store.delete(key)),
        keys: (prefix) => guard("keys", prefix, () => store.keys(prefix)),
        replace: (key, expected, next) => guard("set", key, () => store.replace(key, expected, next)),
      };
    };

    it("that throws when it is read or written is STORE_FAILED with the cause, at connecting before any prompt", async () => {
      for (const at of ["get", "set"]) {
        let prompts = 0;
        const wallet = { publicKey: alice.wallet.publicKey, signMessage: async (text: Uint8Array) => (prompts++, alice.wallet.signMessage(text)) };
        const error = await refused(world.connect({ wallet, store: failing((operation) => operation === at) }), "STORE_FAILED");
        expect((error.cause as Error).message).to.equal("disk full");
        expect(prompts).to.equal(0);
      }
    });

    it("that throws later is STORE_FAILED where it is needed, and nothing else fails", async () => {
      let broken = false;
      const device = await world.connect({ wallet: alice.wallet, store: failing(() => broken) });
      const chat = await device.conversation(bob.address);
      const last = (await chat.history()).at(-1);
      broken = true;
      await refused(chat.markRead(last!.cursor), "STORE_FAILED");
      await refused(chat.unread(), "STORE_FAILED");
      await refused(chat.safetyNumber(), "STORE_FAILED");
      await chat.send("without the store");
      expect(await historyOf(device, bob.address)).to.include("without the store");
      broken = false;
      await chat.markRead(last!.cursor);
      expect(await chat.safetyNumber()).to.match(/^\d{60}$/u);
    });

    it("that answers null for what is not there works; one that answers something else than bytes is STORE_FAILED", async () => {
      const answering = (value: unknown): Store => ({ ...memoryStore(), kind: "odd", get: async () => value as Uint8Array });
      const device = await world.connect({ wallet: alice.wallet, store: answering(null) });
      expect(await (await device.conversation(bob.address)).unread()).to.be.a("number");
      for (const value of ["text", 5, {}, [1, 2]]) await refused(world.connect({ wallet: alice.wallet, store: answering(value) }), "STORE_FAILED");
    });

    it("whose read mark is damaged takes it for none", async () => {
      await (await bob.postern.conversation(alice.address)).send("unread");
      const store = memoryStore();
      let isDamaged = false;
      const damaged: Store = { ...store, get: async (key) => (isDamaged ? Uint8Array.of(1, 2, 3) : store.get(key)) };
      const chat = await (await world.connect({ wallet: alice.wallet, store: damaged, acknowledge: "never" })).conversation(bob.address);
      await chat.markRead((await chat.history()).at(-1)!.cursor);
      expect(await chat.unread()).to.equal(0);
      isDamaged = true;
      expect(await chat.unread()).to.be.above(0).and.equal(await (await (await world.connect({ wallet: alice.wallet, store: memoryStore() })).conversation(bob.address)).unread());
    });
  });

  describe("printed by a logger", () => {
    it("shows no secret: neither itself, nor its conversations, requests, messages and events", async () => {
      const carol = await world.person();
      await (await carol.postern.conversation(alice.address)).send("print me");
      await carol.raw.own(0);
      await alice.raw.own(0);
      const chat = await alice.postern.conversation(bob.address);
      const printed = [alice.postern, chat, await chat.history(), await alice.postern.requests(), await alice.postern.conversations(), await chat.send("printed"), world.net, alice.postern.events(), chat.messages()];
      for (const value of printed) expect(secretsIn(value)).to.deep.equal([]);
    });

    it("would be caught by this test if it did", () => {
      const { secretKey } = alice.wallet;
      const seed = alice.raw.keys().delegate.seed;
      for (const leak of [{ secretKey }, { text: Buffer.from(seed).toString("base64") }, new Error(Buffer.from(seed).toString("hex")), new Error("x", { cause: { deep: [{ at: [...seed] }] } }), new Map([["k", seed]])]) {
        expect(secretsIn(leak), everythingIn(leak)).not.to.be.empty;
      }
    });

    it("locked, answers everything with LOCKED", async () => {
      const device = await world.connect({ wallet: alice.wallet });
      const chat = await device.conversation(bob.address);
      await device.lock();
      for (const act of [() => chat.send("x"), () => chat.history(), () => device.requests(), () => device.balance(), () => chat.close()]) await refused(act(), "LOCKED");
      expect(isPosternError(await device.register().catch((error: unknown) => error), "LOCKED")).to.equal(true);
    });
  });

  describe("in the end", () => itTellsNoSecret());
});
