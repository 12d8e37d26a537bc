/** The signature of a wallet's first root text has leaked, and the wallet has changed its root since: what it still opens, and who believes it. */
import type { WalletLike } from "@postern/sdk";
import { inboxKey, joinHandshake, openMessage, openOwnerBox, respond, rootText, u32, utf8 } from "@postern/sdk/crypto";
import { post, profileAddress, transfer } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { outcome } from "../crypto/expect-code.js";
import { chainSeconds } from "../e2e/support/ledger.js";
import { DelegateThief } from "./support/delegate-thief.js";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import { put } from "./support/lies.js";
import { hidden, withData } from "./support/lying-rpc.js";
import { openInboxFor } from "./support/mover.js";
import { program, random, RawDevice, type OwnInbox } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, listen, World, type Person } from "./support/world.js";

const ROOT_NUMBER_AT = 12;
const DELEGATE_AT = 80;

describe("who holds the root signature that a wallet has retired", function () {
  this.timeout(120_000);
  let world: World;
  let alice: Person;
  let bob: Person;
  /** What the signature gives, and nothing else of this device is used: neither the wallet nor what it signs. */
  let thief: RawDevice;
  /** What the victim holds now. */
  let owner: RawDevice;
  let leaked: WalletLike;
  /** Of the victim, as it was before. */
  let profile: Uint8Array;
  /** Of the victim's, where the conversation was and where it is now; and Bob's that answers it there. */
  let old: OwnInbox;
  let moved: OwnInbox;
  let answer: OwnInbox;
  const GENERATIONS = [0, 1, 2];

  before(async () => {
    world = await World.start();
    [alice, bob] = (await world.people(2)) as [Person, Person];
    thief = alice.raw;
    await world.introduce(alice, bob);
    old = await thief.own(0);
    const { programId, genesisHash, scope } = world.cluster;
    const signature = await alice.wallet.signMessage(utf8(rootText({ wallet: thief.walletBytes, programId, genesisHash, scope, rootNumber: 1 })));
    profile = Uint8Array.from((await world.connection.getAccountInfo(new PublicKey(profileAddress(alice.address, program)), "confirmed"))!.data);
    leaked = { publicKey: alice.wallet.publicKey, signMessage: async () => signature };

    const { validFrom } = (await thief.bundleOf(alice.address)).card;
    await until(() => Math.floor(Date.now() / 1_000) > validFrom);
    await alice.postern.rotate({ newRoot: true });
    const toBob = await alice.postern.conversation(bob.address);
    await toBob.send("in the new inbox");
    await until(async () => (await toBob.history(), (await thief.inbox(old.address)).next > old.inbox.next)); // its last word: where it goes on
    await historyOf(bob.postern, alice.address);
    await (await bob.postern.conversation(alice.address)).send("heard");
    await toBob.history();
    await alice.postern.close(); // so that the old inbox stays open, for the thief
    owner = await RawDevice.unlock(world.connection, world.cluster, alice.wallet, 2);
    [moved, answer] = [await owner.own(0, 1), await bob.raw.own(1)];
    for (const generation of GENERATIONS) { // with money of its own
      await thief.submit([transfer({ from: bob.address, to: thief.delegate(generation).publicKey.toBase58(), lamports: 50_000_000n })], [bob.raw.walletKey]);
    }
  });
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  it("connects with it no more: not under its own number, not as the new root's, nor where an endpoint shows the number or the delegate that fit it", async () => {
    await refused(world.connect({ wallet: leaked, rootNumber: 1 }), "ROOT_MISMATCH");
    await refused(world.connect({ wallet: leaked }), "WALLET_SIGNATURE_INVALID"); // what is asked for is the text of root 2
    const at = { wallet: leaked, connection: world.rpc.connection() };
    const address = profileAddress(alice.address, program);
    world.rpc.account(address, put(ROOT_NUMBER_AT, u32(1)));
    await refused(world.connect(at), "ROOT_MISMATCH");
    world.rpc.account(address, withData((data) => {
      data.set(u32(1), ROOT_NUMBER_AT);
      data.set(thief.keys(1).delegate.publicKey, DELEGATE_AT);
    }));
    const deceived = await world.connect(at);
    await refused(deceived.requests(), "ROOT_MISMATCH");
    await refused(deceived.conversation(bob.address), "ROOT_MISMATCH");
  });

  /** How a request to the victim ends that is tried with keys of a generation. */
  async function triedRequest(raw: RawDevice, request: OwnInbox, generation: number): Promise<string> {
    const [first, second] = request.inbox.frames.map(({ payload }) => payload);
    const { hash: bundleHash } = await bob.raw.bundleOf(alice.address, 1);
    return outcome(() => respond({
      ...request.identity, cluster: world.cluster, wallet: raw.walletBytes, handshake: joinHandshake(first!, second!), generationKeys: () => ({ keys: raw.keys(generation), bundleHash }),
    }));
  }

  it("opens no request to the victim that was sent since", async () => {
    const carol = await world.person();
    await (await carol.postern.conversation(alice.address)).send("for your new keys");
    const request = await carol.raw.own(0);
    expect(await triedRequest(owner, request, 1), "the victim does").to.equal("opened");
    for (const generation of GENERATIONS) expect(await triedRequest(thief, request, generation)).to.equal("HANDSHAKE_NOT_FOR_ME");
  });

  it("opens neither the inbox that the conversation has moved to nor the one that answers it there, by the thread of before either", async () => {
    const box = (raw: RawDevice, generation: number): string => outcome(() => openOwnerBox(raw.keys(generation).owner, { ...moved.identity, box: moved.inbox.ownerBox }));
    expect(box(owner, 1), "the victim does").to.equal("opened");
    for (const generation of GENERATIONS) expect(box(thief, generation)).to.equal("OWNER_BOX_INVALID");
    for (const { inbox, identity, secret } of [moved, answer]) {
      const { payload } = inbox.frames.at(-1)!;
      const seq = inbox.next - 1;
      expect(outcome(() => openMessage(secret, seq, payload)), "they do").to.equal("opened");
      for (const role of [0, 1] as const) expect(outcome(() => openMessage(inboxKey(world.cluster.domain, old.box.thread, { role, ...identity }), seq, payload))).to.equal("KEY_MISMATCH");
    }
  });

  it("reads what was before, at an endpoint that shows the profile of then, and nothing that came since", async () => {
    world.rpc.account(profileAddress(alice.address, program), withData(() => profile.slice()));
    const deceived = await world.connect({ wallet: leaked, connection: world.rpc.connection() });
    const read = await historyOf(deceived, bob.address);
    expect(read).to.include.members(["first", "answer"]).and.not.include("in the new inbox").and.not.include("heard");
  });

  it("posts in neither of them: NOT_WRITER", async () => {
    for (const generation of GENERATIONS) {
      const delegate = new DelegateThief(thief, generation);
      for (const { address, inbox } of [moved, answer]) {
        expect(await delegate.isRefused(post({ program, writer: delegate.address, inbox: address, expectedSeq: inbox.next, payload: random(142) }))).to.equal("NOT_WRITER");
      }
    }
  });

  it("leads nobody away once the victim has said where it goes on: what it says in the old inbox, and an inbox that it opens and names there, are not the victim's to Bob, whose next words go on reaching her", async () => {
    const decoy = await openInboxFor(thief, { to: await thief.bundleOf(bob.address), index: 7, texts: ["in the decoy"] });
    await thief.move(old.address, old.secret, decoy.address);
    await thief.post(old.address, thief.message(old.secret, (await thief.inbox(old.address)).next, "as alice"));
    for (const device of [bob.postern, await world.connect({ wallet: bob.wallet })]) {
      const read = await historyOf(device, alice.address);
      expect(read.filter((text) => !text.startsWith("["))).to.deep.equal(["first", "answer", "in the new inbox", "heard"]);
      expect(read.filter((text) => text.startsWith("["))).to.include("[STALE_SENDER_KEYS]");
    }
    expect((await thief.inbox(decoy.address)).acknowledged).to.equal(0);
    const toBob = await (await world.connect({ wallet: alice.wallet })).conversation(bob.address);
    await (await bob.postern.conversation(alice.address)).send("still with you");
    expect((await bob.raw.own(1)).inbox.next, "written where the conversation is").to.be.greaterThan(answer.inbox.next);
    expect((await toBob.history()).at(-1)).to.include({ text: "still with you" });
    await toBob.send("and I with you");
    expect((await historyOf(bob.postern, alice.address)).at(-1)).to.equal("and I with you");
  });

  it("leads nobody away before that either: an inbox that it opens and names is rejected as STALE_SENDER_KEYS, and where the victim goes on is followed", async () => {
    const [carol, dave] = (await world.people(2)) as [Person, Person];
    await world.introduce(carol, dave);
    const { address, secret, inbox } = await carol.raw.own(0);
    const victim = await world.liedTo(carol);
    const { validFrom } = (await carol.raw.bundleOf(carol.address)).card;
    await until(() => Math.floor(Date.now() / 1_000) > validFrom);
    world.rpc.account(profileAddress(dave.address, program), hidden); // so that her client cannot move the conversation yet
    await victim.rotate({ newRoot: true });
    const { card } = await carol.raw.bundleOf(carol.address, 1);
    await until(async () => (await chainSeconds(world.connection)) >= card.validFrom); // that clock may lag: what old keys open before is the victim's
    await carol.raw.submit([transfer({ from: dave.address, to: carol.raw.delegate().publicKey.toBase58(), lamports: 50_000_000n })], [dave.raw.walletKey]);
    expect((await carol.raw.inbox(address)).next, "nothing is said of it yet").to.equal(inbox.next);
    const decoy = await openInboxFor(carol.raw, { to: await carol.raw.bundleOf(dave.address), index: 7, texts: ["in the decoy"] });
    await carol.raw.move(address, secret, decoy.address);
    const { rejections, stop } = listen(dave.postern);
    for (let i = 0; i < 2; i++) expect(await historyOf(dave.postern, carol.address)).to.deep.equal(["first", "answer"]);
    expect(rejections(decoy.address)).to.include("STALE_SENDER_KEYS");
    stop();
    world.rpc.honest();
    await (await victim.conversation(dave.address)).send("in the new inbox");
    await (await dave.postern.conversation(carol.address)).send("heard");
    expect(await historyOf(dave.postern, carol.address)).to.deep.equal(["first", "answer", "in the new inbox", "heard"]);
    expect((await historyOf(victim, dave.address)).at(-1)).to.equal("heard");
    expect((await carol.raw.inbox(decoy.address)).acknowledged).to.equal(0);
  });

  describe("in the end", () => itTellsNoSecret());
});
