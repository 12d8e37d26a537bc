/** Whoever reads the ledger, all of it; and an app that has talked a wallet into signing more than it should. */
import { rootText, utf8 } from "@postern/sdk/crypto";
import { decodeInbox, decodeProfile, inboxAddress, profileAddress } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import { program, random } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { everything, holds } from "./support/whole-ledger.js";
import { historyOf, listen, World, type Person } from "./support/world.js";

const TEXTS = ["meet me at the postern gate at nine", "bring the second key, not the first"];

describe("an outsider with the whole ledger", () => {
  let world: World;
  let alice: Person;
  let bob: Person;

  before(async function () {
    this.timeout(120_000);
    world = await World.start();
    [alice, bob] = (await world.people(2)) as [Person, Person];
    await (await alice.postern.conversation(bob.address)).send(TEXTS[0]!);
    await historyOf(bob.postern, alice.address);
    await (await bob.postern.conversation(alice.address)).send(TEXTS[1]!);
    await historyOf(alice.postern, bob.address);
  });
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  it("finds no text of a message and no secret of either wallet in any account, transaction or log", async () => {
    const ledger = await everything(world.connection, [alice.address, bob.address]);
    expect(ledger).to.have.length.above(20);
    expect(holds(ledger, new PublicKey(alice.address).toBytes()), "what is there is found").to.equal(true);
    for (const text of TEXTS) for (const part of [text, text.slice(0, 12), text.slice(-12)]) expect(holds(ledger, utf8(part)), part).to.equal(false);
    for (const { raw } of [alice, bob]) {
      const keys = raw.keys();
      const { secret, box } = await raw.own(0);
      const secrets = { root: raw.root, identity: keys.identity.secret, kem: keys.kem.seed, delegate: keys.delegate.seed, owner: keys.owner, thread: box.thread, inbox: secret };
      for (const [name, bytes] of Object.entries(secrets)) expect(holds(ledger, bytes.slice(0, 24)) || holds(ledger, bytes), name).to.equal(false);
    }
  });

  it("learns who talks to whom, when, how much and what was read: direct mode hides none of it", async () => {
    const accounts = await world.connection.getProgramAccounts(new PublicKey(program), { commitment: "confirmed", filters: [{ memcmp: { offset: 156, bytes: bob.address } }] });
    const [inbox] = accounts.map(({ account }) => decodeInbox({ owner: program, lamports: 0n, data: account.data }, program));
    const profile = await world.connection.getAccountInfo(new PublicKey(profileAddress(alice.address, program)), "confirmed");
    const { delegate } = decodeProfile({ owner: program, lamports: 0n, data: profile!.data }, program);
    expect([inbox?.recipient, inbox?.writer]).to.deep.equal([bob.address, delegate]);
    expect(accounts[0]?.pubkey.toBase58()).to.equal(inboxAddress(delegate, 0, program));
    expect(inbox!.frames.map(({ payload }) => payload.length)).to.deep.equal([626, 788, 142]);
    expect(Math.abs(inbox!.frames[2]!.time - Date.now() / 1_000)).to.be.below(600);
    expect([inbox!.acknowledged, inbox!.next]).to.deep.equal([3, 3]);
  });

  it("learns the bucket of a message, not its length or kind", async () => {
    const chat = await alice.postern.conversation(bob.address);
    const sizes = new Map<number, number>();
    for (const length of [1, 40, 85, 86, 213]) {
      await chat.send("x".repeat(length));
      sizes.set(length, (await alice.raw.own(0)).inbox.frames.at(-1)!.payload.length);
    }
    expect([...sizes]).to.deep.equal([[1, 142], [40, 142], [85, 142], [86, 270], [213, 270]]);
  });
});

describe("an app that has talked a wallet into signing", () => {
  let world: World;
  let alice: Person;
  let bob: Person;

  before(async () => {
    world = await World.start();
    [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
  });
  after(() => world.stop());

  it("the root text reads everything and writes as the wallet, and nobody is told: not protected but by what the text says", async () => {
    const { events, stop } = listen(alice.postern);
    const { programId, genesisHash, scope } = world.cluster;
    const signature = await alice.wallet.signMessage(utf8(rootText({ wallet: alice.raw.walletBytes, programId, genesisHash, scope, rootNumber: 1 })));
    const spy = await world.connect({ wallet: { publicKey: alice.wallet.publicKey, signMessage: async () => signature } }); // nothing but that signature
    expect(await historyOf(spy, bob.address)).to.have.members(["first", "answer"]);
    await (await spy.conversation(bob.address)).send("not written by alice");
    expect(await historyOf(bob.postern, alice.address)).to.include("not written by alice");
    expect(events).to.deep.equal([]);
    stop();
  });

  it("a certificate and its transaction puts its own keys in the wallet's place: the owner's sessions stop with ROOT_MISMATCH, peers are told, and the owner's next keys win", async () => {
    const toAlice = await bob.postern.conversation(alice.address);
    const before = await toAlice.safetyNumber();
    const later = async (): Promise<void> => {
      const { validFrom } = (await alice.raw.bundleOf(alice.address, (await alice.raw.profileOf(alice.address)).currentGeneration)).card;
      await until(() => Math.floor(Date.now() / 1_000) > validFrom);
    };
    const { events, stop } = listen(bob.postern);
    await later();
    await alice.raw.rotate({ identity: random(32) });
    const locked = await world.connect({ wallet: alice.wallet });
    await refused(locked.requests(), "ROOT_MISMATCH");
    await refused((await world.connect({ wallet: alice.wallet })).conversation(bob.address), "ROOT_MISMATCH");
    const during = await toAlice.safetyNumber();
    await later();
    await alice.raw.rotate();
    const owner = await world.connect({ wallet: alice.wallet });
    expect(await historyOf(owner, bob.address)).to.include.members(["first", "answer"]);
    const after = await toAlice.safetyNumber();
    expect(after).to.equal(await (await owner.conversation(bob.address)).safetyNumber());
    expect(new Set([before, during, after]).size).to.equal(3);
    expect(events.filter(({ kind }) => kind === "keysChanged")).to.deep.equal([1, 2].map(() => ({ kind: "keysChanged", wallet: alice.address })));
    stop();
  });

  describe("in the end", () => itTellsNoSecret());
});
