/** The wallet replaces a stolen delegate: what the thief has left, and what becomes of the owner's conversations. */
import { concat, u8 } from "@postern/sdk/crypto";
import { accept, closeInbox, closeProfile, decline, post, transfer, updateProfile } from "@postern/sdk/program";
import { Keypair, PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { DelegateThief } from "./support/delegate-thief.js";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import { program, random, RawDevice } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, listen, World, type Person } from "./support/world.js";

describe("a stolen delegate that the wallet has replaced", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let thief: DelegateThief;

  before(async () => void (world = await World.start()));
  beforeEach(async () => {
    [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
    await world.introduce(alice, bob);
    thief = new DelegateThief(alice.raw);
  });
  after(() => world.stop());

  const lamports = async (address: string): Promise<number> => world.connection.getBalance(new PublicKey(address), "confirmed");
  const garbage = (): Uint8Array => concat(u8(1), u8(2), random(140));
  /** The wallet publishes its next generation, of a later second than the first, and gives its delegate something to spend. */
  async function replace(): Promise<void> {
    const { validFrom } = (await alice.raw.bundleOf(alice.address)).card;
    await until(() => Math.floor(Date.now() / 1_000) > validFrom);
    await alice.raw.rotate();
    await alice.raw.submit([transfer({ from: alice.address, to: alice.raw.delegate(1).publicKey.toBase58(), lamports: 200_000_000n })], [alice.raw.walletKey]);
  }

  it("by update_profile alone answers no request and changes no policy any more; it still writes where it is the writer, until the inbox is closed", async () => {
    await (await carol.postern.conversation(alice.address)).send("for the owner");
    const { address } = await carol.raw.own(0);
    const other = Keypair.generate().publicKey.toBase58();
    await alice.raw.submit([updateProfile({ program, signer: alice.address, wallet: alice.address, delegate: other })], [alice.raw.walletKey]);
    const answer = { program, signer: thief.address, wallet: alice.address, inbox: address };
    expect(await thief.isRefused(accept({ ...answer, reader: thief.address, reply: random(60) }))).to.equal("NOT_RECIPIENT");
    expect(await thief.isRefused(decline(answer))).to.equal("NOT_RECIPIENT");
    expect(await thief.isRefused(updateProfile({ ...answer, policy: { kind: "closed" } }))).to.equal("NOT_OWNER");
    const own = await alice.raw.own(0);
    await thief.does(post({ program, writer: thief.address, inbox: own.address, expectedSeq: own.inbox.next, payload: garbage() }));
    expect((await historyOf(bob.postern, alice.address)).filter((text) => text.startsWith("["))).to.have.lengthOf(1);
  });

  it("by update_profile alone locks every new session of the owner's out with ROOT_MISMATCH, until the wallet publishes a generation; nothing is published silently", async () => {
    await alice.raw.submit([updateProfile({ program, signer: alice.address, wallet: alice.address, delegate: Keypair.generate().publicKey.toBase58() })], [alice.raw.walletKey]);
    const from = world.rpc.calls.length;
    await refused(world.liedTo(alice), "ROOT_MISMATCH");
    expect(world.rpc.calls.slice(from).map(({ method }) => method)).not.to.include("sendTransaction");
    await replace();
    const device = await world.connect({ wallet: alice.wallet });
    expect(await historyOf(device, bob.address)).to.have.members(["first", "answer"]);
  });

  it("by a new generation has lost answering, policies and every inbox opened from then on; the owner reads all of before and writes on", async () => {
    await (await carol.postern.conversation(alice.address)).send("for the owner");
    const { address } = await carol.raw.own(0);
    await replace();
    const answer = { program, signer: thief.address, wallet: alice.address, inbox: address };
    expect(await thief.isRefused(decline(answer))).to.equal("NOT_RECIPIENT");
    expect(await thief.isRefused(updateProfile({ ...answer, policy: { kind: "closed" } }))).to.equal("NOT_OWNER");
    const device = await world.connect({ wallet: alice.wallet });
    const [request] = await device.requests();
    const toCarol = await request!.accept();
    await toCarol.send("under the new keys");
    expect(await historyOf(carol.postern, alice.address)).to.have.members(["for the owner", "under the new keys"]);
    const mine = await alice.raw.own(0, 1);
    expect(await thief.isRefused(post({ program, writer: thief.address, inbox: mine.address, expectedSeq: mine.inbox.next, payload: garbage() }))).to.equal("NOT_WRITER");
    expect(await historyOf(device, bob.address)).to.have.members(["first", "answer"]);
    await (await device.conversation(bob.address)).send("still in the old inbox");
    expect(await historyOf(bob.postern, alice.address)).to.include("still in the old inbox");
  });

  it("by a new generation is told to peers: another safety number, the same at both ends, and one keysChanged", async () => {
    const toAlice = await bob.postern.conversation(alice.address);
    const before = await toAlice.safetyNumber();
    await replace();
    const { events, stop } = listen(bob.postern);
    const device = await world.connect({ wallet: alice.wallet });
    const numbers = await Promise.all([toAlice.safetyNumber(), toAlice.safetyNumber(), (await device.conversation(bob.address)).safetyNumber()]);
    expect(new Set(numbers).size).to.equal(1);
    expect(numbers[0]).not.to.equal(before);
    expect(events.filter(({ kind }) => kind === "keysChanged")).to.deep.equal([{ kind: "keysChanged", wallet: alice.address }]);
    stop();
  });

  it("writes garbage in an old inbox that the peer has to read before it can be closed; the owner's client closes it then, and the rent is the wallet's", async () => {
    await replace();
    const { address, inbox } = await alice.raw.own(0);
    await thief.does(post({ program, writer: thief.address, inbox: address, expectedSeq: inbox.next, payload: garbage() }));
    const device = await world.connect({ wallet: alice.wallet });
    const chat = await device.conversation(bob.address);
    await refused(chat.close(), "CLOSE_TOO_EARLY");
    const [wallet, rent] = [await lamports(alice.address), await lamports(address)];
    await historyOf(bob.postern, alice.address);
    await (await bob.postern.conversation(alice.address)).send("I read something odd");
    await until(async () => (await chat.history(), (await lamports(address)) === 0)); // as soon as nothing can come any more, 200 slots on, without a word
    expect(await lamports(alice.address)).to.equal(wallet + rent);
    await chat.send("in a new inbox");
    const fresh = await alice.raw.own(0, 1);
    expect(await thief.isRefused(post({ program, writer: thief.address, inbox: fresh.address, expectedSeq: fresh.inbox.next, payload: garbage() }))).to.equal("NOT_WRITER");
    expect(await historyOf(bob.postern, alice.address)).to.include("in a new inbox");
  }).timeout(120_000);

  it("cannot keep the wallet from closing an old inbox that has been read, as the refund address, with no key but its own", async () => {
    await replace();
    await historyOf(bob.postern, alice.address);
    await (await bob.postern.conversation(alice.address)).send("read");
    const { address, inbox } = await alice.raw.own(0);
    const rent = await lamports(address);
    const wallet = await lamports(alice.address);
    await alice.raw.submit([closeInbox({ program, closer: alice.address, refund: alice.address, inbox: address, expectedNext: inbox.next })], [alice.raw.walletKey]);
    expect(await lamports(alice.address)).to.equal(wallet + rent - 5_000);
  });

  it("can keep an old inbox from being closed as long as it pays for garbage that the peer has not read: the rent waits, nothing else does", async () => {
    await replace();
    const { address, inbox } = await alice.raw.own(0);
    await thief.does(post({ program, writer: thief.address, inbox: address, expectedSeq: inbox.next, payload: garbage() }));
    const device = await world.connect({ wallet: alice.wallet });
    const error = await refused((await device.conversation(bob.address)).close(), "CLOSE_TOO_EARLY");
    expect(error.context["unreadByPeer"]).to.be.above(0);
    await (await device.conversation(carol.address)).send("elsewhere all goes on");
    expect(await historyOf(carol.postern, alice.address)).to.deep.equal(["elsewhere all goes on"]);
  });

  it("by rotate() loses everything at once, though it has spent the balance: the wallet pays, the client goes on, and what it writes from then on stands where the thief cannot write", async () => {
    await thief.does(transfer({ from: thief.address, to: thief.purse.publicKey.toBase58(), lamports: (await alice.postern.balance()) - 5_000n }));
    const before = await alice.raw.own(0);
    await alice.postern.rotate();
    await alice.postern.fund(200_000_000n);
    const { address } = await (async () => (await (await carol.postern.conversation(alice.address)).send("for the owner"), carol.raw.own(0)))();
    expect(await thief.isRefusedUnpaid(decline({ program, signer: thief.address, wallet: alice.address, inbox: address }))).to.equal("NOT_RECIPIENT");
    const [request] = await alice.postern.requests();
    await (await request!.accept()).send("here I am");
    expect(await historyOf(carol.postern, alice.address)).to.have.members(["for the owner", "here I am"]);
    const mine = await alice.raw.own(0, 1);
    expect(await thief.isRefusedUnpaid(post({ program, writer: thief.address, inbox: mine.address, expectedSeq: mine.inbox.next, payload: garbage() }))).to.equal("NOT_WRITER");
    expect(await historyOf(await world.connect({ wallet: alice.wallet }), bob.address)).to.include.members(["first", "answer"]);
    expect(before.identity.writer).not.to.deep.equal(mine.identity.writer);
  });

  it("replaced by update_profile is recovered from by a session that is still open: it rotates, and new sessions work again", async () => {
    await alice.raw.submit([updateProfile({ program, signer: alice.address, wallet: alice.address, delegate: Keypair.generate().publicKey.toBase58() })], [alice.raw.walletKey]);
    await refused(world.connect({ wallet: alice.wallet }), "ROOT_MISMATCH");
    await alice.postern.rotate();
    expect(await historyOf(await world.connect({ wallet: alice.wallet }), bob.address)).to.include.members(["first", "answer"]);
  });

  it("is of no use once the profile was closed and registered anew under another root number: other keys altogether, nothing old opens under them, and the conversation goes on under the new ones", async () => {
    await alice.raw.submit([closeProfile({ program, wallet: alice.address, refund: alice.address, current: { generation: 0, refund: alice.address } })], [alice.raw.walletKey]);
    const device = await world.connect({ wallet: alice.wallet, rootNumber: 2 });
    await device.register({ fundLamports: 200_000_000n });
    const own = await RawDevice.unlock(world.connection, world.cluster, alice.wallet, 2);
    expect(own.delegate().publicKey.toBase58()).not.to.equal(thief.address);
    expect(await historyOf(device, bob.address), "of the old root nothing is found").to.deep.equal([]);
    await (await device.conversation(bob.address)).send("it is me, with new keys");
    const { events, stop } = listen(bob.postern);
    expect(await bob.postern.requests(), "bob has agreed to talk to alice").to.deep.equal([]);
    await (await bob.postern.conversation(alice.address)).send("so I see");
    expect(await historyOf(device, bob.address)).to.deep.equal(["it is me, with new keys", "so I see"]);
    expect(events.filter(({ kind }) => kind === "keysChanged")).to.deep.equal([{ kind: "keysChanged", wallet: alice.address }]);
    stop();
    const { address, inbox } = await own.own(0);
    expect(await thief.isRefused(post({ program, writer: thief.address, inbox: address, expectedSeq: inbox.next, payload: garbage() }))).to.equal("NOT_WRITER");
  });

  it("leaves no message unread: to a wallet that registered anew, under another root number, the peer writes with its new keys at once", async () => {
    const { validFrom } = (await alice.raw.bundleOf(alice.address)).card;
    const { openedTime } = (await bob.raw.own(0)).inbox; // new keys of the second in which he opened it could be those that it is made for
    await until(() => Math.floor(Date.now() / 1_000) > Math.max(validFrom + 1, openedTime));
    await alice.raw.submit([closeProfile({ program, wallet: alice.address, refund: alice.address, current: { generation: 0, refund: alice.address } })], [alice.raw.walletKey]);
    const device = await world.connect({ wallet: alice.wallet, rootNumber: 2 });
    await device.register({ fundLamports: 200_000_000n });
    await (await bob.postern.conversation(alice.address)).send("are you there?");
    const [request] = await device.requests();
    expect(request?.from).to.equal(bob.address);
    await (await request!.accept()).send("I am");
    expect((await historyOf(bob.postern, alice.address)).slice(-2)).to.deep.equal(["are you there?", "I am"]);
  });

  describe("in the end", () => itTellsNoSecret());
});
