/** What a peer can make a client do without being asked: open inboxes, pay for them, and read accounts that somebody else has made. */
import { addressBytes, INBOX_MIN_CAPACITY_BYTES, resizeInbox } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { openInboxFor, say } from "./support/mover.js";
import { program } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, World, type Person } from "./support/world.js";

const DAY_MS = 86_400_000;

describe("without being asked, a client", function () {
  this.timeout(120_000);
  let world: World;
  const clock = Date.now;
  before(async () => void (world = await World.start()));
  after(() => world.stop());
  afterEach(() => {
    Date.now = clock;
    world.rpc.honest();
  });

  /** The indexes below ten at which a person's delegate writes. */
  async function inboxesOf({ raw }: Person, generation = 0): Promise<number> {
    let count = 0;
    for (let index = 0; index < 10; index++) count += Number(await raw.own(index, generation).then(() => true, () => false));
    return count;
  }

  it("opens nothing for a stranger's request, wherever that says to go on: asked or declined", async () => {
    const [mallory, bob] = (await world.people(2)) as [Person, Person];
    await (await mallory.postern.conversation(bob.address)).send("hello");
    const to = await mallory.raw.bundleOf(bob.address);
    const x = await mallory.raw.own(0);
    const elsewhere = await openInboxFor(mallory.raw, { to, index: 1, texts: ["come over"] });
    await say(mallory.raw, x, { texts: [{ moved: elsewhere.address }] });
    const balance = await bob.postern.balance();
    const quiet = async (): Promise<void> => {
      await bob.postern.conversations();
      await historyOf(bob.postern, mallory.address);
      expect([await bob.postern.balance(), await inboxesOf(bob), (await mallory.raw.inbox(elsewhere.address)).acknowledged]).to.deep.equal([balance, 0, 0]);
    };
    await quiet();
    const [request] = await bob.postern.requests();
    expect(request?.from).to.equal(mallory.address);
    await quiet();
    expect((await bob.postern.conversation(mallory.address)).state).to.equal("incoming");
    await request!.decline();
    await bob.postern.requests();
    expect(await inboxesOf(bob)).to.equal(0);
    expect((await mallory.raw.inbox(elsewhere.address)).acknowledged).to.equal(0);
  });

  it("answers no more than three inboxes that a peer makes under the same keys, and leaves the others to be accepted", async () => {
    const [mallory, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(mallory, bob);
    const to = await mallory.raw.bundleOf(bob.address);
    const x = await mallory.raw.own(0);
    const before = await inboxesOf(bob);
    for (let index = 1; index <= 5; index++) {
      const { address } = await openInboxFor(mallory.raw, { to, index });
      await say(mallory.raw, x, { texts: [{ moved: address }] });
      await historyOf(bob.postern, mallory.address);
      await bob.postern.conversations();
    }
    expect((await inboxesOf(bob)) - before).to.be.at.most(3);
    await (await bob.postern.conversation(mallory.address)).send("still talking");
    expect((await historyOf(bob.postern, mallory.address)).at(-1)).to.equal("still talking");
  });

  it("reads no account whole that a peer merely names, and stops at sixteen", async () => {
    const [mallory, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(mallory, bob);
    const strangers = await Promise.all(Array.from({ length: 20 }, async () => (await world.net.wallet({ sol: 0.01 })).address));
    const x = await mallory.raw.own(0);
    const writer = mallory.raw.delegate().publicKey.toBase58();
    await mallory.raw.submit([resizeInbox({ program, payer: writer, writer, inbox: x.address, refund: mallory.address, capacity: 8_192, expectedNext: x.inbox.next })]);
    for (let at = 0; at < strangers.length; at += 4) await say(mallory.raw, x, { texts: strangers.slice(at, at + 4).map((moved) => ({ moved })) });
    const device = await world.liedTo(bob, { notifications: false });
    const from = world.rpc.calls.length;
    expect(await historyOf(device, mallory.address)).to.deep.equal(["first", "answer"]);
    const named = world.rpc.calls.slice(from).filter(({ method }) => method === "getMultipleAccounts").map(({ params }) => params as [string[], { dataSlice?: unknown }]);
    const whole = named.filter(([addresses, { dataSlice }]) => dataSlice === undefined && addresses.some((address) => strangers.includes(address)));
    expect(whole).to.deep.equal([]);
    expect(Math.max(...named.map(([addresses]) => addresses.filter((address) => strangers.includes(address)).length))).to.be.at.most(16).and.at.least(1);
  });

  it("shrinks an inbox once and no more, where its absence would hide another one from a later scan", async () => {
    const [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
    await world.introduce(alice, bob);
    const { address } = await alice.raw.own(0);
    await alice.raw.openTo(await alice.raw.bundleOf(carol.address), { index: 100 }); // a scan ends behind a hundred that are absent
    const later = await world.connect({ wallet: alice.wallet });
    await later.rotate();
    await (await later.conversation(bob.address)).send("on with new keys");
    await until(async () => {
      await historyOf(later, bob.address);
      await historyOf(bob.postern, alice.address);
      const { acknowledged, next } = await alice.raw.inbox(address);
      return acknowledged === next && (await inboxesOf(bob)) === 2;
    });
    await until(async () => (await historyOf(later, bob.address), (await alice.raw.inbox(address)).capacity === INBOX_MIN_CAPACITY_BYTES));
    const transactions = async (): Promise<number> => (await world.connection.getSignaturesForAddress(new PublicKey(address), {}, "confirmed")).length;
    const [before, balance] = [await transactions(), await later.balance()];
    const enough = (await world.connection.getSlot("confirmed")) + 60;
    await until(async () => (await historyOf(later, bob.address), (await world.connection.getSlot("confirmed")) > enough));
    expect([await transactions(), await later.balance()]).to.deep.equal([before, balance]);
  });

  /** Has an endpoint refuse every transaction from now on; returns how many it has refused so far. */
  function refusing(): () => number {
    let refused = 0;
    world.rpc.method("simulateTransaction", () => (refused++, { result: { context: { slot: 1 }, value: { err: "InsufficientFundsForFee", logs: [] } } }));
    return () => refused;
  }

  it("answers an inbox that it could not answer before, however often it has tried: what failed does not count", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    const device = await world.liedTo(bob, { notifications: false });
    await historyOf(device, alice.address);
    await alice.postern.rotate();
    await (await alice.postern.conversation(bob.address)).send("on with new keys");
    const refused = refusing();
    for (let reads = 0; reads < 10; reads++) expect((await historyOf(device, alice.address)).at(-1)).to.equal("on with new keys");
    expect(refused()).to.be.at.least(10);
    expect(await inboxesOf(bob)).to.equal(1);
    world.rpc.honest();
    await historyOf(device, alice.address);
    const { box } = await bob.raw.own(1);
    expect([box.role, box.link]).to.deep.equal([1, addressBytes((await alice.raw.own(0, 1)).address)]);
  });

  it("moves a conversation that it could not move before, however often it has tried", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    const device = await world.liedTo(alice, { notifications: false });
    await device.rotate();
    const refused = refusing();
    let minutes = 0;
    /** Reads with every pause over: none is longer than a minute, and one may begin only now, for a refusal that was on its way. */
    const readsLater = async (): Promise<void> => {
      const laterMs = ++minutes * 61_000;
      Date.now = () => clock() + laterMs;
      await historyOf(device, bob.address);
    };
    for (let tries = 1; tries <= 8; tries++) {
      const before = refused();
      await until(async () => (await readsLater(), refused() > before));
    }
    expect(await inboxesOf(alice, 1)).to.equal(0);
    world.rpc.honest();
    await until(async () => (await readsLater(), (await inboxesOf(alice, 1)) === 1));
  });

  it("writes with no keys that nobody listens to any more: a week after a rotation, an unanswered request is asked anew", async () => {
    Date.now = () => clock() - 20 * DAY_MS;
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await (await alice.postern.conversation(bob.address)).send("may I?");
    Date.now = () => clock() - 8 * DAY_MS;
    await alice.postern.rotate();
    Date.now = clock;
    const later = await world.connect({ wallet: alice.wallet });
    const toBob = await later.conversation(bob.address);
    await toBob.send("I ask again");
    const shown = await historyOf(later, bob.address);
    expect(shown.at(-1)).to.equal("I ask again");
    await until(async () => (await bob.postern.requests()).length === 1);
    expect((await historyOf(bob.postern, alice.address)).at(-1)).to.equal("I ask again");
    expect((await alice.raw.own(0, 1)).box.peerGeneration).to.equal(0);
  });
});
