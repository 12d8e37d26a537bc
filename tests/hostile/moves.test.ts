/** `moved` messages of a peer who lies about where the conversation goes on, and of an honest one behind an endpoint that lies about it. */
import { closeInbox, profileAddress, resizeInbox, transfer } from "@postern/sdk/program";
import { Keypair, PublicKey, SYSVAR_CLOCK_PUBKEY } from "@solana/web3.js";
import { expect } from "chai";
import { chainSeconds } from "../e2e/support/ledger.js";
import { hidden, type PlainAccount } from "./support/lying-rpc.js";
import { finishHandshake, openInboxFor, say, type Opening } from "./support/mover.js";
import { program, type RawDevice } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, listen, World, type Person } from "./support/world.js";

describe("a peer's `moved` message", function () {
  this.timeout(120_000);
  let world: World;
  before(async () => void (world = await World.start()));
  after(() => world.stop());

  /** Publishes the next generation, valid from the second after the first on the chain's clock too, with something to spend. */
  async function rotate({ raw, address }: Person): Promise<void> {
    const validFrom = (await raw.bundleOf(address)).card.validFrom + 1;
    await until(async () => (await chainSeconds(world.connection)) > validFrom);
    await raw.rotate({ validFrom });
    await raw.submit([transfer({ from: address, to: raw.delegate(1).publicKey.toBase58(), lamports: 200_000_000n })], [raw.walletKey]);
  }
  /** The inbox that a person asked with, with room for much. */
  async function roomy({ raw, address: refund }: Person): Promise<Opening> {
    const own = await raw.own(0);
    const writer = raw.delegate().publicKey.toBase58();
    await raw.submit([resizeInbox({ program, payer: writer, writer, inbox: own.address, refund, capacity: 8_192, expectedNext: own.inbox.next })]);
    return own;
  }
  /** Counted by the owner of a delegate: the inboxes that it writes. */
  async function inboxesOf(raw: RawDevice, generation = 0): Promise<number> {
    let count = 0;
    for (let index = 0; index < 8; index++) count += Number(await raw.own(index, generation).then(() => true, () => false));
    return count;
  }

  describe("that lies", () => {
    let mallory: Person;
    let bob: Person;
    let carol: Person;
    let x: Opening;
    const said = ["first", "answer"];
    const heard = (): Promise<string[]> => historyOf(bob.postern, mallory.address);

    before(async () => {
      [mallory, bob, carol] = (await world.people(3)) as [Person, Person, Person];
      await world.introduce(mallory, bob);
      await (await carol.postern.conversation(bob.address)).send("are you Bob?");
      await (await carol.postern.conversation(mallory.address)).send("are you Mallory?");
      await (await bob.postern.conversation(carol.address)).send("I am"); // accepts
      await (await carol.postern.conversation(bob.address)).send("good");
      await rotate(carol); // her second generation writes nothing
      x = await roomy(mallory);
    });

    /** What is named has no effect: what stands behind it comes, once and in order, and Bob has opened nothing. */
    async function isWithoutEffect(address: string): Promise<void> {
      const from = (await mallory.raw.inbox(x.address)).next;
      const behind = `behind ${from}`;
      const before = await inboxesOf(bob.raw);
      await say(mallory.raw, x, { texts: [{ moved: address }, behind] });
      said.push(behind);
      for (const _ of [1, 2]) expect(await heard()).to.deep.equal(said);
      await (await bob.postern.conversation(mallory.address)).send(`to ${from}`);
      said.push(`to ${from}`);
      expect(await heard()).to.deep.equal(said);
      expect(await inboxesOf(bob.raw), "Bob answers nothing of it").to.equal(before);
      expect((await mallory.raw.inbox(x.address)).acknowledged, "and it stands in the way of no acknowledgement").to.equal(from + 2);
      expect(await historyOf(bob.postern, carol.address)).to.deep.equal(["are you Bob?", "I am", "good"]);
    }

    const plain: readonly (readonly [name: string, address: () => string | Promise<string>])[] = [
      ["an account that does not exist", () => Keypair.generate().publicKey.toBase58()],
      ["a wallet", () => carol.address],
      ["an account of another program", () => SYSVAR_CLOCK_PUBKEY.toBase58()],
      ["the program itself", () => program],
      ["another account of the program", () => profileAddress(mallory.address, program)],
      ["itself", () => x.address],
      ["the inbox that answers it", async () => (await bob.raw.own(0)).address],
      ["an inbox of ours to another wallet", async () => (await bob.raw.own(1)).address],
      ["an inbox of another wallet's to us", async () => (await carol.raw.own(0)).address],
      ["an inbox of another wallet's to the peer", async () => (await carol.raw.own(1)).address],
    ];
    for (const [name, address] of plain) it(`names ${name}: a claim without effect`, async () => isWithoutEffect(await address()));

    it("names an inbox with a handshake for somebody else: a claim without effect", async () => {
      const reader = bob.raw.delegate().publicKey.toBase58();
      await isWithoutEffect((await openInboxFor(mallory.raw, { to: await mallory.raw.bundleOf(carol.address), index: 1, reader, texts: ["for Carol"] })).address);
    });

    it("names an inbox that somebody else reads: a claim without effect", async () => {
      const reader = carol.raw.delegate().publicKey.toBase58();
      await isWithoutEffect((await openInboxFor(mallory.raw, { to: await mallory.raw.bundleOf(bob.address), index: 2, reader, texts: ["for nobody"] })).address);
    });

    it("names an address in one life, which then begins another: a claim without effect in both", async () => {
      const writer = mallory.raw.delegate().publicKey.toBase58();
      const { address } = await openInboxFor(mallory.raw, { to: await mallory.raw.bundleOf(bob.address), index: 3, frames: 0 });
      await isWithoutEffect(address);
      await mallory.raw.submit([closeInbox({ program, closer: writer, refund: mallory.address, inbox: address, expectedNext: 0 })]);
      await heard();
      await openInboxFor(mallory.raw, { to: await mallory.raw.bundleOf(carol.address), index: 3, reader: bob.raw.delegate().publicKey.toBase58(), texts: ["for Carol"] });
      await isWithoutEffect(address);
    });

    it("names the older one of two inboxes that were accepted: what is said in the newer one stays the peer's", async () => {
      const newer = await openInboxFor(mallory.raw, { to: await mallory.raw.bundleOf(bob.address), index: 4, reader: "request", texts: ["once more"] });
      const [request] = await bob.postern.requests();
      await request!.accept();
      said.push("once more");
      await say(mallory.raw, newer, { texts: [{ moved: x.address }, "here all the same"] });
      said.push("here all the same");
      for (const _ of [1, 2]) expect(await heard()).to.deep.equal(said);
    });

    it("names an inbox whose handshake is under replaced keys: it is not followed, and told as STALE_SENDER_KEYS", async () => {
      await rotate(mallory);
      const { events, rejections, stop } = listen(bob.postern);
      const { address } = await openInboxFor(mallory.raw, { to: await mallory.raw.bundleOf(bob.address), index: 5, texts: ["of before"] });
      await isWithoutEffect(address);
      expect(rejections(address)).to.include("STALE_SENDER_KEYS");
      expect(events.filter(({ kind }) => kind === "gap")).to.deep.equal([]);
      stop();
    });

    it("and tells the truth in the end: all of it comes, once and in order, and what is written in the old inbox is the peer's no more", async () => {
      const texts = ["truly moved", "and more"];
      const { address } = await openInboxFor(mallory.raw, { to: await mallory.raw.bundleOf(bob.address), generation: 1, index: 0, texts });
      await say(mallory.raw, x, { texts: [{ moved: address }, "of whoever has the old keys"] });
      for (const _ of [1, 2]) {
        const list = await heard();
        expect(list.filter((text) => text !== "[STALE_SENDER_KEYS]")).to.deep.equal([...said, ...texts]);
        expect(list.filter((text) => text === "[STALE_SENDER_KEYS]")).to.have.lengthOf(1);
      }
    });
  });

  describe("that is true", () => {
    let alice: Person;
    let bob: Person;
    let mallory: Person;
    let x: Opening;
    let moved: Opening;
    const start = ["first", "answer"];

    beforeEach(async () => {
      [alice, bob, mallory] = (await world.people(3)) as [Person, Person, Person];
      await world.introduce(alice, bob);
      x = await alice.raw.own(0);
    });
    afterEach(() => world.rpc.honest());

    /** Alice rotates, and her new inbox stands: with `frames` of its handshake, and a text if that is whole. */
    async function moves(frames = 2): Promise<void> {
      await rotate(alice);
      moved = await openInboxFor(alice.raw, { to: await alice.raw.bundleOf(bob.address), generation: 1, index: 0, frames, texts: frames === 2 ? ["in the new inbox"] : [] });
    }
    const announce = (): Promise<void> => say(alice.raw, x, { texts: [{ moved: moved.address }] });

    it("is followed though another peer has named the inbox first", async () => {
      await world.introduce(mallory, bob);
      await moves();
      await say(mallory.raw, await mallory.raw.own(0), { texts: [{ moved: moved.address }, "look there"] });
      expect(await historyOf(bob.postern, mallory.address)).to.deep.equal([...start, "look there"]);
      await announce();
      expect(await historyOf(bob.postern, alice.address)).to.deep.equal([...start, "in the new inbox"]);
      await say(mallory.raw, await mallory.raw.own(0), { texts: ["and here"] });
      expect(await historyOf(bob.postern, mallory.address)).to.deep.equal([...start, "look there", "and here"]);
    });

    /** Until the lie ends nothing of `moved` is acknowledged, whatever else goes on; then all comes, once and in order. */
    async function comesInTheEnd(device: Person["postern"], end: () => void | Promise<void>): Promise<void> {
      const { next } = await alice.raw.inbox(x.address);
      for (const _ of [1, 2]) expect(await historyOf(device, alice.address)).to.deep.equal(start);
      await (await device.conversation(alice.address)).send("I hear nothing");
      expect((await alice.raw.inbox(x.address)).acknowledged, "what was said before").to.equal(next - 1);
      await end();
      const all = [...start, "I hear nothing", "in the new inbox"];
      await until(async () => (await historyOf(device, alice.address)).length >= all.length);
      expect(await historyOf(device, alice.address)).to.deep.equal(all);
      await (await device.conversation(alice.address)).send("now I do");
      await until(async () => (await alice.raw.inbox(x.address)).acknowledged === next);
      expect(await historyOf(device, alice.address)).to.deep.equal([...all, "now I do"]);
    }

    it("is followed once an endpoint shows the inbox that it hid", async () => {
      const device = await world.liedTo(bob);
      await moves();
      await announce();
      world.rpc.account(moved.address, hidden);
      await comesInTheEnd(device, () => world.rpc.honest());
      await say(alice.raw, x, { texts: ["of whoever has the old keys"] });
      expect((await historyOf(device, alice.address)).at(-1)).to.equal("[STALE_SENDER_KEYS]");
    });

    it("is followed once the handshake that was shown in part is there", async () => {
      await moves(1);
      await announce();
      await comesInTheEnd(bob.postern, async () => {
        await finishHandshake(alice.raw, moved, await alice.raw.bundleOf(bob.address), 1);
        await say(alice.raw, moved, { generation: 1, texts: ["in the new inbox"] });
      });
    });

    it("is followed once an endpoint shows the peer's keys of now, not those of before", async () => {
      const profile = profileAddress(alice.address, program);
      const before = (await world.connection.getAccountInfo(new PublicKey(profile), "confirmed"))!;
      const old: PlainAccount = { lamports: before.lamports, owner: before.owner.toBase58(), data: Uint8Array.from(before.data), executable: false };
      const device = await world.liedTo(bob);
      world.rpc.account(profile, () => old);
      await moves();
      await announce();
      const { rejections, stop } = listen(device);
      await comesInTheEnd(device, () => {
        expect(rejections(moved.address)).to.deep.equal(["STALE_SENDER_KEYS"]);
        world.rpc.honest();
      });
      stop();
    });
  });
});
