/** An endpoint that leaves an account out of some answers: nothing is given up for that, and all that stands there is read later. */
import type { Postern } from "@postern/sdk";
import { toBase58 } from "@postern/sdk/crypto";
import { profileAddress, transfer, type Address } from "@postern/sdk/program";
import { expect } from "chai";
import { refused } from "./support/leaks.js";
import { hidden } from "./support/lying-rpc.js";
import { openInboxFor, say } from "./support/mover.js";
import { program, type OwnInbox } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, World, type Person } from "./support/world.js";

/** Reads while the account is left out. */
const ANSWERS = 25;
/** However long they take, by the clock they take no longer: some seconds on it would be taken for gone. */
const ANSWERS_WITHIN_MS = 2_000;

describe("an endpoint that leaves out of some answers", function () {
  this.timeout(120_000);
  let world: World;
  const clock = Date.now;
  before(async () => void (world = await World.start({ slotTimeMs: 20 })));
  after(() => world.stop());
  afterEach(() => {
    Date.now = clock;
    world.rpc.honest();
  });

  function hide(address: Address): void {
    const untilMs = clock() + ANSWERS_WITHIN_MS;
    Date.now = () => Math.min(clock(), untilMs);
    world.rpc.account(address, hidden);
  }

  async function leaveOut(address: Address, device: Postern, peer: Address): Promise<void> {
    await historyOf(device, peer);
    hide(address);
    for (let answers = 0; answers < ANSWERS; answers++) await historyOf(device, peer);
    world.rpc.honest();
    await historyOf(device, peer);
    Date.now = clock;
  }

  /** Until what may still be on its way into the inboxes of before has landed: so long none is closed. */
  async function nothingIsOnItsWay({ raw }: Person, newest: Address): Promise<void> {
    const { openedSlot } = await raw.inbox(newest);
    await until(async () => BigInt(await world.connection.getSlot("confirmed")) > openedSlot + 250n);
  }

  it("what answers an old inbox has that closed by nobody: what is unread there is read in the end", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    const [old, answer] = [await alice.raw.own(0), await bob.raw.own(0)];
    await alice.postern.rotate();
    const device = await world.liedTo(alice, { notifications: false, acknowledge: "never" });
    await say(bob.raw, answer, { texts: ["unread"] });
    await (await device.conversation(bob.address)).send("on with new keys");
    await until(async () => {
      await historyOf(bob.postern, alice.address);
      await historyOf(device, bob.address);
      const { acknowledged, next } = await alice.raw.inbox(old.address);
      return acknowledged === next && (await bob.raw.own(1).then(() => true, () => false));
    });
    await nothingIsOnItsWay(alice, (await bob.raw.own(1)).address);
    await leaveOut(answer.address, device, bob.address);
    expect((await alice.raw.inbox(old.address)).openSalt).to.deep.equal(old.inbox.openSalt);
    expect(await historyOf(await world.connect({ wallet: alice.wallet }), bob.address)).to.include("unread");
  });

  it("what answers one in which we have said nothing yet has that closed by nobody", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await (await alice.postern.conversation(bob.address)).send("first");
    const silent = await openInboxFor(alice.raw, { to: await alice.raw.bundleOf(bob.address), index: 1, reader: "request" });
    await (await bob.postern.requests())[0]!.accept();
    const answers = [await bob.raw.own(0), await bob.raw.own(1)];
    const answer = answers.find(({ box }) => toBase58(box.link) === silent.address) as OwnInbox;
    await say(bob.raw, answer, { texts: ["only here"] });
    const device = await world.liedTo(alice, { notifications: false, acknowledge: "never" });
    await nothingIsOnItsWay(alice, answer.address);
    await leaveOut(answer.address, device, bob.address);
    expect((await alice.raw.inbox(silent.address)).state).to.equal("open");
    expect(await historyOf(await world.connect({ wallet: alice.wallet }), bob.address)).to.have.members(["first", "only here"]);
  });

  it("where a peer has said to go on does not have the word of it acknowledged: a device that comes later finds it", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    const x = await alice.raw.own(0);
    await alice.raw.rotate({ validFrom: (await alice.raw.bundleOf(alice.address)).card.validFrom + 1 });
    await alice.raw.submit([transfer({ from: alice.address, to: alice.raw.delegate(1).publicKey.toBase58(), lamports: 200_000_000n })], [alice.raw.walletKey]);
    const to = await alice.raw.bundleOf(bob.address);
    const between = await openInboxFor(alice.raw, { to, generation: 1, index: 0, texts: ["between"] });
    await openInboxFor(alice.raw, { to, generation: 1, index: 1, reader: "request", texts: ["newest"] });
    const device = await world.liedTo(bob, { notifications: false });
    hide(between.address);
    await say(alice.raw, x, { texts: [{ moved: between.address }] });
    for (let answers = 0; answers < ANSWERS; answers++) expect(await historyOf(device, alice.address)).to.deep.equal(["first", "answer", "newest"]);
    expect((await alice.raw.inbox(x.address)).acknowledged).to.be.at.most(x.inbox.next);
    world.rpc.honest();
    expect(await historyOf(await world.connect({ wallet: bob.wallet }), alice.address)).to.have.members(["first", "answer", "between", "newest"]);
  });

  it("an inbox of our own has it looked for again, however high its index: the conversation is whole once it is shown", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    const { address } = await openInboxFor(alice.raw, { to: await alice.raw.bundleOf(bob.address), index: 50, reader: "request", texts: ["from far up"] });
    const device = await world.liedTo(alice, { notifications: false });
    await leaveOut(address, device, bob.address);
    expect(await historyOf(device, bob.address)).to.deep.equal(["from far up"]);
    expect((await device.conversation(bob.address)).state).to.equal("requested");
  });

  it("a request that the profile does not name any more: it is listed again", async () => {
    const [alice, bob, mallory] = (await world.people(3)) as [Person, Person, Person];
    await (await alice.postern.conversation(bob.address)).send("may I?");
    const { address } = await alice.raw.own(0);
    const to = await mallory.raw.bundleOf(bob.address);
    for (let index = 0; index < 8; index++) await openInboxFor(mallory.raw, { to, index, reader: "request", texts: [`${index}`] });
    const device = await world.liedTo(bob, { notifications: false });
    const from = async (): Promise<string[]> => (await device.requests()).map((request) => request.from);
    expect(await from()).to.have.members([alice.address, mallory.address]);
    world.rpc.account(address, hidden);
    expect(await from()).to.deep.equal([mallory.address]);
    world.rpc.honest();
    expect(await from()).to.have.members([alice.address, mallory.address]);
  });

  it("the end of our own profile is asked again at the next look: what arrived cut off is not kept", async () => {
    const alice = await world.person();
    const device = await world.liedTo(alice);
    const profile = profileAddress(alice.address, program);
    world.rpc.account(profile, (account) => account && { ...account, data: account.data.slice(0, 200) });
    for (const _ of [1, 2]) await refused(device.conversations(), "ACCOUNT_INVALID");
    world.rpc.honest();
    expect(await device.conversations()).to.deep.equal([]);
  });
});
