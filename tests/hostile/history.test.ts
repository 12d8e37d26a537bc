/** What only transaction history holds: handshakes that a ring has let go of, and the root number of a closed profile. */
import { Postern, type Message } from "@postern/sdk";
import { closeProfile, createProfile, profileAddress, updateProfile, type Instruction } from "@postern/sdk/program";
import { Keypair } from "@solana/web3.js";
import { expect } from "chai";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import { hidden, type Reply } from "./support/lying-rpc.js";
import { program, RawDevice } from "./support/raw-device.js";
import { historyOf, listen, shown, World, type Person } from "./support/world.js";

const FAILED: Reply = { error: { code: -32_011, message: "Transaction history is not available from this node" } };
const NONE: Reply = { result: [] };

describe("transaction history", () => {
  let world: World;
  before(async () => void (world = await World.start()));
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  describe("of crossed requests whose handshakes the rings have let go of", () => {
    let alice: Person;
    let bob: Person;
    let carol: Person;

    before(async function () {
      this.timeout(120_000);
      [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
      await world.introduce(alice, carol);
      const a = await alice.postern.conversation(bob.address);
      let crossing: Promise<unknown> | undefined; // Bob has looked, and what he sends waits until Alice has asked: they cross, whoever is slower
      world.rpc.method("simulateTransaction", async (_, forward) => (await (crossing ??= a.send("crossed from alice")), forward()));
      await (await (await world.liedTo(bob)).conversation(alice.address)).send("crossed from bob");
      world.rpc.honest();
      const b = await bob.postern.conversation(alice.address);
      const long = "x".repeat(800);
      for (let i = 0; i < 12; i++) {
        await a.history();
        await b.history();
        await a.send(`${i} ${long}`);
        await b.send(`${i} ${long}`);
      }
      const index = (await alice.raw.freeIndex()) - 1;
      expect((await alice.raw.own(index)).inbox.first, "frames that are gone").to.be.at.least(2);
      expect((await bob.raw.own(0)).inbox.first, "frames that are gone").to.be.at.least(2);
    });

    const fromBob = (messages: readonly Message[]): string[] => shown(messages.filter(({ mine }) => !mine)).map((text) => text.slice(0, 3).trim());

    it("restores both directions on a device that comes later", async () => {
      const device = await world.liedTo(alice);
      const messages = await (await device.conversation(bob.address)).history({ limit: 1_000 });
      expect(messages.every(({ kind }) => kind === "content")).to.equal(true);
      expect(fromBob(messages).at(-1)).to.equal("11");
      expect(messages.filter(({ mine }) => mine)).not.to.be.empty;
      expect(world.rpc.calls.map(({ method }) => method)).to.include("getTransaction");
    });

    const HIDDEN: Readonly<Record<string, () => void>> = {
      "refused": () => world.rpc.method("getSignaturesForAddress", () => FAILED),
      "empty": () => world.rpc.method("getSignaturesForAddress", () => NONE),
      "a list of transactions that cannot be had": () => world.rpc.method("getTransaction", () => ({ result: null })),
      "refused transaction by transaction": () => world.rpc.method("getTransaction", () => FAILED),
      "a list of signatures that are none": () => world.rpc.method("getSignaturesForAddress", () => ({ result: [{ signature: "x", slot: 1, err: null, memo: null, blockTime: null }] })),
    };
    for (const [name, lie] of Object.entries(HIDDEN)) {
      it(`that is ${name}: one event says so, our own messages and other conversations are there`, async () => {
        lie();
        const device = await world.liedTo(alice);
        const { rejections, stop } = listen(device);
        const messages = await (await device.conversation(bob.address)).history({ limit: 1_000 });
        await device.requests();
        expect(messages).not.to.be.empty;
        expect(messages.every(({ mine }) => mine)).to.equal(true);
        expect(messages.filter(({ kind }) => kind === "content")).not.to.be.empty;
        const [missing, ...more] = messages.filter(({ kind }) => kind === "unreadable");
        const { first } = (await alice.raw.own((await alice.raw.freeIndex()) - 1)).inbox;
        expect([missing, more]).to.deep.equal([{ ...missing, reason: "HISTORY_UNAVAILABLE", missing: { firstSeq: 2, lastSeq: first - 1 } }, []]);
        expect(rejections((await bob.raw.own(0)).address)).to.deep.equal(["HANDSHAKE_UNAVAILABLE"]);
        expect(await historyOf(device, carol.address)).to.have.members(["first", "answer"]);
        stop();
      });
    }

    it("that is forged: one event with the code of the check that fails, and nobody is impersonated", async () => {
      world.rpc.method("getTransaction", async (_, forward) => {
        const reply = (await forward()) as { result: { transaction: { message: { instructions: { data: string }[] } } } };
        for (const instruction of reply.result.transaction.message.instructions) instruction.data = swapped(instruction.data);
        return reply;
      });
      const device = await world.liedTo(alice);
      const { rejections, stop } = listen(device);
      const messages = await (await device.conversation(bob.address)).history({ limit: 1_000 });
      expect(messages.every(({ mine }) => mine)).to.equal(true);
      expect(rejections((await bob.raw.own(0)).address)).to.have.lengthOf(1);
      stop();
    });

    /** Base58 with its last characters changed: the end of the data. */
    const swapped = (data: string): string => (data.length > 200 ? `${data.slice(0, -4)}${data.endsWith("2222") ? "3333" : "2222"}` : data);
  });

  describe("of a closed profile", () => {
    /** Registered, moved to another root number by the wallet, or changed in some other way, closed. */
    async function closed(changes?: number | ((person: Person) => Instruction[])): Promise<Person> {
      const person = await world.person();
      const { raw, address } = person;
      const change = typeof changes === "number" ? [updateProfile({ program, signer: address, wallet: address, root: { number: changes, kind: "wallet" } })] : changes?.(person);
      if (change !== undefined) await raw.submit(change, [raw.walletKey]);
      await raw.submit([closeProfile({ program, wallet: address, refund: address, current: { generation: 0, refund: address } })], [raw.walletKey]);
      return person;
    }

    it("gives the root number under which the wallet registers anew", async () => {
      for (const rootNumber of [undefined, 2, 7]) {
        const { wallet, address, raw } = await closed(rootNumber);
        const device = await world.connect({ wallet });
        await device.register();
        expect((await raw.profileOf(address)).rootNumber).to.equal(rootNumber ?? 1);
        const own = await RawDevice.unlock(world.connection, world.cluster, wallet, rootNumber ?? 1);
        expect((await raw.profileOf(address)).delegate).to.equal(own.delegate(0).publicKey.toBase58());
        expect(await (await world.connect({ wallet })).isRegistered()).to.equal(true);
      }
    });

    it("gives the last of several numbers, behind whatever strangers add, and the next one where the wallet had named another delegate", async () => {
      const changed = (number: number, delegate?: string) => ({ address }: Person): Instruction =>
        updateProfile({ program, signer: address, wallet: address, root: { number, kind: "wallet" }, ...(delegate !== undefined && { delegate }) });
      const cases = [[[changed(5), changed(8)], 8], [[changed(5, Keypair.generate().publicKey.toBase58())], 6]] as const;
      for (const [changes, rootNumber] of cases) {
        const { wallet, address, raw } = await closed((person) => changes.map((change) => change(person)));
        const strangers = { signature: "1".repeat(64), slot: 1, err: { InstructionError: [0, "Custom"] }, memo: null, blockTime: null };
        world.rpc.method("getSignaturesForAddress", ({ method, params: [of, options] }, forward) => {
          const { before, ...rest } = options as { before?: string };
          return before === undefined ? { result: Array.from({ length: 1_000 }, () => strangers) } : forward({ method, params: [of, before === strangers.signature ? rest : options] });
        });
        await (await world.liedTo({ wallet } as Person)).register();
        expect((await raw.profileOf(address)).rootNumber).to.equal(rootNumber);
        world.rpc.honest();
      }
    });

    it("says what its wallet did: neither a stranger's own profile in a transaction that names it, nor another program's call that reads like ours", async () => {
      for (const how of ["names it", "reads like ours"] as const) {
        const [{ wallet, address, raw }, stranger] = [await closed(7), await world.person({ register: false })];
        const profile = profileAddress(address, program);
        const create = createProfile({
          program, payer: stranger.address, wallet: stranger.address, delegate: stranger.raw.delegate().publicKey.toBase58(), rootNumber: 3, rootKind: "wallet", policy: { kind: "open" }, refund: stranger.address,
        });
        const sent = await stranger.raw.submit([{ ...create, accounts: [...create.accounts, { address: profile, signer: false, writable: false }] }], [stranger.raw.walletKey]);
        world.rpc.method("getTransaction", async ({ params: [signature] }, forward) => {
          const answer = await forward();
          if (how === "names it" || signature !== sent) return answer;
          const another = Keypair.generate().publicKey.toBase58();
          return JSON.parse(JSON.stringify(answer).replaceAll(program, another).replaceAll(profileAddress(stranger.address, program), profile)) as Reply;
        });
        const from = world.rpc.calls.length;
        await (await world.liedTo({ wallet } as Person)).register();
        expect(world.rpc.calls.slice(from).some(({ method, params: [signature] }) => method === "getTransaction" && signature === sent), "it was looked at").to.equal(true);
        expect((await raw.profileOf(address)).rootNumber, how).to.equal(7);
        world.rpc.honest();
      }
    });

    it("that cannot be had is ROOT_HISTORY_UNAVAILABLE, before any prompt", async () => {
      const person = await closed(2);
      let prompts = 0;
      const wallet = { publicKey: person.wallet.publicKey, signMessage: async (text: Uint8Array) => (prompts++, person.wallet.signMessage(text)) };
      const lies: (() => void)[] = [
        () => world.rpc.method("getSignaturesForAddress", () => FAILED),
        () => world.rpc.method("getSignaturesForAddress", () => "cut"),
        () => world.rpc.method("getTransaction", () => FAILED),
        () => world.rpc.method("getTransaction", () => ({ result: null })),
      ];
      for (const lie of lies) {
        world.rpc.honest();
        lie();
        await refused(Postern.connect({ connection: world.rpc.connection(), wallet }), "ROOT_HISTORY_UNAVAILABLE");
      }
      expect(prompts).to.equal(0);
    });

    it("of a wallet that never had one is none: root number 1, nothing refused", async () => {
      const { raw, address, postern } = await world.person({ register: false });
      expect(await postern.isRegistered()).to.equal(false);
      await postern.register();
      expect((await raw.profileOf(address)).rootNumber).to.equal(1);
    });

    it("is not asked while a profile stands", async () => {
      const { wallet } = await world.person();
      const from = world.rpc.calls.length;
      const device = await world.connect({ wallet, connection: world.rpc.connection() });
      await device.isRegistered();
      expect(world.rpc.calls.slice(from).map(({ method }) => method)).not.to.include("getSignaturesForAddress");
    });

    it("made long by strangers ends in an error, not in a wait without end", async () => {
      const { wallet } = await closed();
      const signature = { signature: "1".repeat(64), slot: 1, err: { InstructionError: [0, "Custom"] }, memo: null, blockTime: null };
      world.rpc.method("getSignaturesForAddress", () => ({ result: Array.from({ length: 1_000 }, () => signature) }));
      const from = world.rpc.calls.length;
      await refused(world.connect({ wallet, connection: world.rpc.connection() }), "ROOT_HISTORY_UNAVAILABLE");
      expect(world.rpc.calls.slice(from).filter(({ method }) => method === "getSignaturesForAddress").length).to.be.at.most(10);
    });

    it("made long by strangers stops nobody who says which root number to use: the last one, or one that was never used", async () => {
      for (const rootNumber of [2, 1_795_392_000]) {
        const { wallet, address, raw } = await closed(2);
        world.rpc.method("getSignaturesForAddress", () => FAILED);
        const device = await world.liedTo({ wallet } as Person, { rootNumber });
        await device.register();
        expect((await raw.profileOf(address)).rootNumber).to.equal(rootNumber);
        const own = await RawDevice.unlock(world.connection, world.cluster, wallet, rootNumber);
        expect((await raw.profileOf(address)).delegate).to.equal(own.delegate(0).publicKey.toBase58());
        expect(await (await world.connect({ wallet })).isRegistered(), "found by the profile from then on").to.equal(true);
      }
    });

    it("has no say where a profile stands: another rootNumber than the profile's is ROOT_MISMATCH before any prompt, and none is published over it", async () => {
      const { wallet, address, raw } = await world.person();
      let prompts = 0;
      const asked = { publicKey: wallet.publicKey, signMessage: async (text: Uint8Array) => (prompts++, wallet.signMessage(text)) };
      await refused(world.connect({ wallet: asked, rootNumber: 2 }), "ROOT_MISMATCH");
      expect(prompts).to.equal(0);
      expect(await (await world.connect({ wallet, rootNumber: 1 })).isRegistered()).to.equal(true);
      world.rpc.account(profileAddress(address, program), hidden);
      await refused((await world.liedTo({ wallet } as Person, { rootNumber: 2 })).register(), "ADDRESS_TAKEN");
      expect((await raw.profileOf(address)).rootNumber).to.equal(1);
    });

    it("is not a number that is none: INVALID_ARGUMENT", async () => {
      const { wallet } = await world.person({ register: false });
      for (const rootNumber of [0, -1, 1.5, NaN, 2 ** 32, "2" as unknown as number]) await refused(world.connect({ wallet, rootNumber }), "INVALID_ARGUMENT");
    });
  });

  it("has no part in writing to someone new", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    world.rpc.method("getSignaturesForAddress", () => FAILED);
    const device = await world.liedTo(alice);
    await (await device.conversation(bob.address)).send("no history needed");
    expect(await historyOf(bob.postern, alice.address)).to.deep.equal(["no history needed"]);
    expect(await device.canMessage([bob.address, Keypair.generate().publicKey.toBase58()]).then((map) => [...map.values()])).to.deep.equal([true, false]);
  });

  describe("in the end", () => itTellsNoSecret());
});
