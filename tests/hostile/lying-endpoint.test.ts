/** An RPC endpoint that lies about one account: a coded error or an event for what it lies about, and everything else as before. */
import { isPosternError, memoryStore, type Postern, type PosternEvent } from "@postern/sdk";
import { encodeCard, u16, u32 } from "@postern/sdk/crypto";
import { keyBundleAddress, profileAddress, SYSTEM_PROGRAM, type Address } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { X25519_LOW_ORDER } from "../crypto/points.js";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import { hidden, ownedBy, withData, type AccountLie } from "./support/lying-rpc.js";
import { program, random } from "./support/raw-device.js";
import { historyOf, listen, World, type Person } from "./support/world.js";

const put = (at: number, bytes: Uint8Array): AccountLie => withData((data) => data.set(bytes, at));
const cut = (length: number): AccountLie => withData((data) => data.slice(0, length));
const longer = (by: number): AccountLie => withData((data) => Uint8Array.from([...data, ...new Uint8Array(by)]));

/** What can be wrong with an account of any type. */
const WRONG_ACCOUNT: readonly (readonly [name: string, lie: AccountLie])[] = [
  ["owned by another program", ownedBy(SYSTEM_PROGRAM)],
  ["with another type", put(0, random(8))],
  ["of an unknown version", put(8, Uint8Array.of(2))],
  ["with no data", cut(0)],
  ["cut in its discriminator", cut(5)],
  ["one byte short of its header", cut(431)],
];

const WRONG_INBOX: readonly (readonly [name: string, lie: AccountLie])[] = [
  ["in an unknown state", put(9, Uint8Array.of(7))],
  ["with counts that contradict each other", put(56, u32(0xffff_ffff))],
  ["acknowledged beyond its end", put(60, u32(0xffff_ffff))],
  ["with a capacity that it has not", put(440, u32(0xffff_ffff))],
  ["longer than it says", longer(100)],
  ["with its ring cut off", cut(444)],
  ["with a tail outside of the ring", put(64, u32(0xffff_fff0))],
  ["with more used than there is", put(68, u32(0xffff_ffff))],
  ["with four billion frames", put(48, u32(0xffff_ffff))],
];

describe("an endpoint that lies about one account", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  before(async function () {
    this.timeout(30_000);
    world = await World.start();
    [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
    await world.introduce(bob, alice);
    await world.introduce(carol, alice);
  });
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  const HONEST = ["first", "answer"]; // in this order or, where the chain gives both the same second, the other
  const inboxOf = async (person: Person): Promise<Address> => (await person.raw.own(0)).address;

  describe("the inbox of a peer", () => {
    for (const [name, lie] of [...WRONG_ACCOUNT, ...WRONG_INBOX]) {
      it(`${name}: other conversations stay whole, and it is read again when the lie ends`, async () => {
        world.rpc.account(await inboxOf(bob), lie);
        const device = await world.liedTo(alice);
        expect(await historyOf(device, carol.address)).to.have.members(HONEST);
        const told = await historyOf(device, bob.address);
        expect(told.every((text) => HONEST.includes(text)), told.join()).to.equal(true);
        expect((await device.conversations()).map(({ peer }) => peer)).to.include(carol.address);
        world.rpc.honest();
        expect(await historyOf(device, bob.address)).to.have.members(HONEST);
      });
    }

    it("hidden: the conversation is closed or empty, and read again when it is shown", async () => {
      world.rpc.account(await inboxOf(bob), hidden);
      const device = await world.liedTo(alice);
      expect(await historyOf(device, bob.address)).to.deep.equal(["answer"]);
      expect(await historyOf(device, carol.address)).to.have.members(HONEST);
      world.rpc.honest();
      expect(await historyOf(device, bob.address)).to.have.members(HONEST);
    });

    it("with a flipped bit in a message: that one is unreadable", async () => {
      world.rpc.account(await inboxOf(bob), withData((data) => void (data[444 + 626 + 788 + 3 * 6 + 100]! ^= 1)));
      const device = await world.liedTo(alice);
      expect(await historyOf(device, bob.address)).to.have.members(["[MESSAGE_FORGED]", "answer"]);
    });

    it("with a length in its ring that is forged: what stands before is read, and an event tells of the damage", async () => {
      const address = await inboxOf(bob);
      world.rpc.account(address, put(444 + 626 + 788 + 2 * 6, u16(9_999)));
      const device = await world.liedTo(alice);
      const heard = listen(device);
      expect(await historyOf(device, bob.address)).to.deep.equal(["answer"]);
      expect(heard.rejections(address)).to.deep.equal(["ACCOUNT_INVALID"]);
      heard.stop();
    });
  });

  describe("an inbox of our own", () => {
    for (const [name, lie] of [...WRONG_ACCOUNT, ...WRONG_INBOX, ["hidden", hidden] as const]) {
      it(`${name}: other conversations stay whole, and it is ours again when the lie ends`, async () => {
        const own = await alice.raw.own(0);
        expect(Buffer.from(own.box.peerWallet).equals(bob.raw.walletBytes)).to.equal(true);
        world.rpc.account(own.address, lie);
        const device = await world.liedTo(alice);
        expect(await historyOf(device, carol.address)).to.have.members(HONEST);
        world.rpc.honest();
        expect(await historyOf(device, bob.address)).to.have.members(HONEST);
        expect((await device.conversation(bob.address)).state).to.equal("open");
      });
    }

    it("with another owner box: told as an event, and ours again when the lie ends", async () => {
      const { address } = await alice.raw.own(0);
      world.rpc.account(address, withData((data) => void (data[300]! ^= 1)));
      const device = await world.liedTo(alice);
      const heard = listen(device);
      expect(await historyOf(device, carol.address)).to.have.members(HONEST);
      expect(heard.rejections(address)).to.deep.equal(["OWNER_BOX_INVALID"]);
      heard.stop();
      world.rpc.honest();
      expect(await historyOf(device, bob.address)).to.have.members(HONEST);
    });

    it("hidden while we send: the peer gets the message all the same, once", async () => {
      const { address } = await alice.raw.own(0);
      world.rpc.account(address, hidden);
      const device = await world.liedTo(alice);
      await (await device.conversation(bob.address)).send("round the lie");
      expect((await historyOf(bob.postern, alice.address)).filter((text) => text === "round the lie")).to.have.lengthOf(1);
    });

    it("that seems to have fewer frames than the peer has read of it: an event says that views differ", async () => {
      const chat = await bob.postern.conversation(alice.address);
      await chat.history();
      await chat.send("I have seen your answer");
      const { address } = await alice.raw.own(0);
      world.rpc.account(address, withData((data) => {
        data.set(u32(0), 48);
        data.set(u32(0), 68);
        data.set(u32(0), 60);
      }));
      const device = await world.liedTo(alice);
      const { events, stop } = listen(device);
      await historyOf(device, bob.address);
      expect(events).to.deep.include({ kind: "viewDiffers", conversation: bob.address });
      stop();
    });
  });

  describe("our own profile", () => {
    for (const [name, lie] of [...WRONG_ACCOUNT.filter(([name]) => !name.startsWith("owned")), ["with an unknown policy", put(9, Uint8Array.of(3))] as const, ["with an unknown root kind", put(10, Uint8Array.of(9))] as const]) {
      it(`${name}: connecting says ACCOUNT_INVALID`, async () => {
        world.rpc.account(profileAddress(alice.address, program), lie);
        await refused(world.liedTo(alice), "ACCOUNT_INVALID");
      });
    }

    it("that is another wallet's: connecting says ACCOUNT_INVALID, and so does reading later", async () => {
      const theirs = await world.connection.getAccountInfo(new PublicKey(profileAddress(bob.address, program)));
      const device = await world.liedTo(alice);
      world.rpc.account(profileAddress(alice.address, program), withData(() => Uint8Array.from(theirs!.data)));
      await refused(world.liedTo(alice), "ACCOUNT_INVALID");
      await refused(device.requests(), "ACCOUNT_INVALID");
      world.rpc.honest();
      expect(await device.requests()).to.deep.equal([]);
    });

    it("with another delegate, another root number or another generation: ROOT_MISMATCH, and nothing is published", async () => {
      for (const lie of [put(80, random(32)), put(12, u32(2)), put(16, Uint8Array.from([...u32(1), ...u32(2)]))]) {
        world.rpc.account(profileAddress(alice.address, program), lie);
        const from = world.rpc.calls.length;
        await refused(world.liedTo(alice), "ROOT_MISMATCH");
        expect(world.rpc.calls.slice(from).map(({ method }) => method)).not.to.include("sendTransaction");
      }
    });

    for (const next of [65_535, 65_536, 0xffff_ffff]) {
      it(`that claims ${next} generations: no hang, and the conversations are there or an error is`, async function () {
        this.timeout(5_000);
        world.rpc.account(profileAddress(alice.address, program), put(20, u32(next)));
        const device = await world.liedTo(alice).catch((error: unknown) => {
          expect(isPosternError(error, "ACCOUNT_INVALID")).to.equal(true);
          return undefined;
        });
        if (device) expect(await historyOf(device, carol.address)).to.have.members(HONEST);
        expect(device === undefined).to.equal(next > 65_536);
      });
    }

    it("that claims 65,535 generations, all of them current: ROOT_MISMATCH at once", async function () {
      this.timeout(5_000);
      world.rpc.account(profileAddress(alice.address, program), withData((data) => data.set([...u32(65_534), ...u32(65_535)], 16)));
      await refused(world.liedTo(alice), "ROOT_MISMATCH");
    });

    it("that turns to another generation after we connected: a coded error, no hang, and all is well when the lie ends", async function () {
      this.timeout(5_000);
      const device = await world.liedTo(alice);
      world.rpc.account(profileAddress(alice.address, program), withData((data) => data.set([...u32(65_534), ...u32(65_535)], 16)));
      await refused(device.requests(), "GENERATION_UNKNOWN");
      world.rpc.honest();
      expect(await historyOf(device, carol.address)).to.have.members(HONEST);
    });

    it("that is hidden: not registered, and nothing is published over what is there", async () => {
      world.rpc.account(profileAddress(alice.address, program), hidden);
      const device = await world.liedTo(alice);
      expect(await device.isRegistered()).to.equal(false);
      await refused((await device.conversation(bob.address)).send("x"), "NOT_REGISTERED");
      await refused(device.register(), "ADDRESS_TAKEN");
      world.rpc.honest();
      expect(await device.isRegistered()).to.equal(true);
      expect(await historyOf(device, carol.address)).to.have.members(HONEST);
    });
  });

  describe("our own key bundle", () => {
    it("hidden for a while: a request that came meanwhile is listed when it is shown", async () => {
      const dave = await world.person();
      await (await dave.postern.conversation(alice.address)).send("patience");
      world.rpc.account(keyBundleAddress(alice.address, 0, program), hidden);
      const device = await world.liedTo(alice);
      expect(await device.requests()).to.deep.equal([]);
      world.rpc.honest();
      expect((await device.requests()).map(({ from }) => from)).to.deep.equal([dave.address]);
      for (const request of await device.requests()) await request.decline();
    });

    it("with other keys or another certificate: a coded error, and all is well when the lie ends", async () => {
      const address = keyBundleAddress(alice.address, 0, program);
      const device = await world.liedTo(alice);
      const fresh = async (lie: AccountLie): Promise<Postern> => {
        world.rpc.account(address, lie);
        return world.liedTo(alice);
      };
      await refused((await fresh(put(156, random(64)))).requests(), "CERTIFICATE_INVALID");
      const card = alice.raw.card(0, { identity: random(32) });
      await refused((await fresh(withData((data) => data.set([...encodeCard(card), ...alice.raw.certify(card)], 14)))).requests(), "ROOT_MISMATCH");
      const last = await fresh(cut(1_487));
      await refused(last.requests(), "ACCOUNT_INVALID");
      world.rpc.honest();
      for (const postern of [last, device]) expect(await historyOf(postern, carol.address)).to.have.members(HONEST);
    });
  });

  describe("a request to us", () => {
    it("with a flipped bit in its handshake, once: it is told, and listed when the lie ends", async () => {
      const erin = await world.person();
      await (await erin.postern.conversation(alice.address)).send("the real one");
      const address = await inboxOf(erin);
      const device = await world.liedTo(alice);
      const heard = listen(device);
      world.rpc.account(address, withData((data) => void (data[444 + 6 + 20]! ^= 1)));
      expect(await device.requests()).to.deep.equal([]);
      expect(heard.rejections(address)).to.deep.equal(["HANDSHAKE_NOT_FOR_ME"]);
      world.rpc.account(address, put(92, random(32)));
      expect(await device.requests()).to.deep.equal([]);
      expect(heard.rejections(address)).to.deep.equal(["HANDSHAKE_NOT_FOR_ME", "ACCOUNT_INVALID"]);
      world.rpc.honest();
      expect((await device.requests()).map(({ from }) => from)).to.deep.equal([erin.address]);
      heard.stop();
    });
  });

  describe("a peer's keys", () => {
    const sendTo = async (lie: () => void, store = memoryStore()): Promise<unknown> => {
      world.rpc.honest();
      lie();
      const device = await world.liedTo(alice, { store });
      const peer = frank.address;
      return (await device.conversation(peer)).send("must not be encrypted to a lie");
    };
    let frank: Person;
    before(async () => void (frank = await world.person()));

    const bundleLie = (lie: AccountLie) => (): void => world.rpc.account(keyBundleAddress(frank.address, 0, program), lie);
    const profileLie = (lie: AccountLie) => (): void => world.rpc.account(profileAddress(frank.address, program), lie);

    it("swapped for the liar's: CERTIFICATE_INVALID", async () => {
      const evil = frank.raw.card(0, { identity: random(32) });
      await refused(sendTo(bundleLie(put(14, encodeCard(evil)))), "CERTIFICATE_INVALID");
      await refused(sendTo(bundleLie(withData((data) => data.set([...encodeCard(evil), ...bob.raw.certify(evil)], 14)))), "CERTIFICATE_INVALID");
      await refused(sendTo(bundleLie(put(156, random(64)))), "CERTIFICATE_INVALID");
    });

    it("swapped for another wallet's true ones, or another generation's: BUNDLE_MISPLACED", async () => {
      const theirs = bob.raw.card(0);
      await refused(sendTo(bundleLie(withData((data) => data.set([...encodeCard(theirs), ...bob.raw.certify(theirs)], 14)))), "BUNDLE_MISPLACED");
      const later = frank.raw.card(1);
      await refused(sendTo(bundleLie(withData((data) => data.set([...encodeCard(later), ...frank.raw.certify(later)], 14)))), "BUNDLE_MISPLACED");
    });

    it("with another X-Wing key, or one beyond the modulus: BUNDLE_INVALID", async () => {
      await refused(sendTo(bundleLie(put(252, random(1_216)))), "BUNDLE_INVALID");
      await refused(sendTo(bundleLie(put(252, new Uint8Array(1_216).fill(0xff)))), "BUNDLE_INVALID");
    });

    it("of a suite or kind that nobody knows: BUNDLE_UNSUPPORTED", async () => {
      await refused(sendTo(bundleLie(put(14, Uint8Array.of(2)))), "BUNDLE_UNSUPPORTED");
      await refused(sendTo(bundleLie(put(15, Uint8Array.of(1)))), "BUNDLE_UNSUPPORTED");
    });

    it("with an identity of small order that the wallet itself has certified: LOW_ORDER_POINT, and the client goes on", async () => {
      const card = frank.raw.card(0, { identity: X25519_LOW_ORDER[0]! });
      await refused(sendTo(bundleLie(withData((data) => data.set([...encodeCard(card), ...frank.raw.certify(card)], 14)))), "LOW_ORDER_POINT");
    });

    it("expired, or from the future: BUNDLE_EXPIRED", async () => {
      for (const shift of [-181 * 86_400, 3_600]) {
        const now = Math.floor(Date.now() / 1_000) + shift;
        const card = frank.raw.card(0, { validFrom: now, validUntil: now + 180 * 86_400 });
        await refused(sendTo(bundleLie(withData((data) => data.set([...encodeCard(card), ...frank.raw.certify(card)], 14)))), "BUNDLE_EXPIRED");
      }
    });

    it("half uploaded, hidden or of another program: PEER_NOT_REGISTERED", async () => {
      for (const lie of [withData((data) => data.set([0], 9)), hidden, ownedBy(SYSTEM_PROGRAM)]) await refused(sendTo(bundleLie(lie)), "PEER_NOT_REGISTERED");
      for (const lie of [hidden, ownedBy(SYSTEM_PROGRAM), put(16, u32(0xffff_ffff))]) await refused(sendTo(profileLie(lie)), "PEER_NOT_REGISTERED");
    });

    it("in an account that is cut, of another type, or says what the program never writes: ACCOUNT_INVALID", async () => {
      for (const lie of [cut(1_487), put(0, random(8)), put(8, Uint8Array.of(0)), put(9, Uint8Array.of(2)), put(12, u16(9_999))]) await refused(sendTo(bundleLie(lie)), "ACCOUNT_INVALID");
      for (const lie of [cut(431), put(0, random(8)), put(48, random(32))]) await refused(sendTo(profileLie(lie)), "ACCOUNT_INVALID");
    });

    it("that are no one's profile make canMessage false, and leave the answer about others as it is", async () => {
      for (const lie of [cut(431), cut(0), put(0, random(8)), put(48, random(32)), ownedBy(SYSTEM_PROGRAM), hidden]) {
        profileLie(lie)();
        const device = await world.liedTo(alice);
        expect([...(await device.canMessage([frank.address, bob.address, carol.address])).values()]).to.deep.equal([false, true, true]);
        world.rpc.honest();
      }
    });

    it("older than the pin: KEYS_ROLLED_BACK; another set of the pin's generation: KEYS_CONFLICT; newer: an event", async () => {
      const grace = await world.person();
      const store = memoryStore();
      const bundle = keyBundleAddress(grace.address, 0, program);
      const published = (await grace.raw.bundleOf(grace.address)).card;
      const meet = async (lie?: AccountLie): Promise<{ outcome: Promise<string>; events: PosternEvent[] }> => {
        world.rpc.honest();
        if (lie) world.rpc.account(bundle, lie);
        const device = await world.liedTo(alice, { store });
        return { outcome: (await device.conversation(grace.address)).safetyNumber(), events: listen(device).events };
      };
      const served = (change: Partial<typeof published>): AccountLie => withData((data) => {
        const card = { ...published, ...change };
        data.set([...encodeCard(card), ...grace.raw.certify(card)], 14);
      });
      const first = await (await meet()).outcome;
      expect(await (await meet()).outcome).to.equal(first);
      await refused((await meet(served({ validFrom: published.validFrom - 1 }))).outcome, "KEYS_ROLLED_BACK");
      await refused((await meet(served({ identity: random(32) }))).outcome, "KEYS_CONFLICT");
      const newer = await meet(served({ validFrom: published.validFrom + 1, identity: random(32) }));
      expect(await newer.outcome).not.to.equal(first);
      expect(newer.events.filter(({ kind }) => kind === "keysChanged")).to.deep.equal([{ kind: "keysChanged", wallet: grace.address }]);
      await refused((await meet()).outcome, "KEYS_ROLLED_BACK");
    });
  });

  describe("in the end", () => itTellsNoSecret());
});
