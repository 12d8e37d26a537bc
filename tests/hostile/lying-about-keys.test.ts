/** An RPC endpoint that lies about profiles and key bundles, ours or a peer's: nothing is published over ours or encrypted to a lie. */
import { isPosternError, memoryStore, type Postern, type PosternEvent } from "@postern/sdk";
import { encodeCard, u16, u32 } from "@postern/sdk/crypto";
import { keyBundleAddress, profileAddress, SYSTEM_PROGRAM } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { X25519_LOW_ORDER } from "../crypto/points.js";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import { cut, put, WRONG_ACCOUNT, type NamedLie } from "./support/lies.js";
import { hidden, ownedBy, withData, type AccountLie } from "./support/lying-rpc.js";
import { program, random } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, listen, World, type Person } from "./support/world.js";

const WRONG_PROFILE: readonly NamedLie[] = [
  ...WRONG_ACCOUNT.filter(([name]) => !name.startsWith("owned")), ["with an unknown policy", put(9, [3])], ["with an unknown root kind", put(10, [9])],
];

describe("an endpoint that lies about", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  before(async () => {
    world = await World.start();
    [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
    await world.introduce(carol, alice);
  });
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  const HONEST = ["first", "answer"]; // in this order or, where the chain gives both the same second, the other

  describe("our own profile", () => {
    for (const [name, lie] of WRONG_PROFILE) {
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
      for (const lie of [put(80, random(32)), put(12, u32(2)), put(16, [...u32(1), ...u32(2)])]) {
        world.rpc.account(profileAddress(alice.address, program), lie);
        const from = world.rpc.calls.length;
        await refused(world.liedTo(alice), "ROOT_MISMATCH");
        expect(world.rpc.calls.slice(from).map(({ method }) => method)).not.to.include("sendTransaction");
      }
    });

    for (const next of [65_535, 65_536, 0xffff_ffff]) {
      it(`that claims ${next} generations: no hang, and the conversations are there or an error is`, async function () {
        this.timeout(15_000);
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
      this.timeout(15_000);
      world.rpc.account(profileAddress(alice.address, program), put(16, [...u32(65_534), ...u32(65_535)]));
      await refused(world.liedTo(alice), "ROOT_MISMATCH");
    });

    it("that turns to another generation after we connected: a coded error, no hang, and all is well when the lie ends", async function () {
      this.timeout(15_000);
      const device = await world.liedTo(alice);
      world.rpc.account(profileAddress(alice.address, program), put(16, [...u32(65_534), ...u32(65_535)]));
      await refused(device.requests(), "KEYS_ROTATED");
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

  describe("what stood on the ledger before", () => {
    it("as if our own keys had not been replaced: KEYS_ROLLED_BACK, nothing is written under the old ones, and all is well when the lie ends", async () => {
      const dave = await world.person();
      await world.introduce(dave, carol);
      const profile = new PublicKey(profileAddress(dave.address, program));
      const past = await world.connection.getAccountInfo(profile, "confirmed");
      const store = memoryStore();
      await (await world.liedTo(dave, { store })).isRegistered();
      const { validFrom } = (await dave.raw.bundleOf(dave.address)).card;
      await until(() => Math.floor(Date.now() / 1_000) > validFrom);
      await dave.raw.rotate();
      const live = await world.liedTo(dave, { store });
      const heard = listen(live);
      await live.isRegistered();
      await until(() => heard.events.some(({ kind }) => kind === "keysChanged"));
      expect(heard.events.filter(({ kind }) => kind === "keysChanged")).to.deep.equal([{ kind: "keysChanged", wallet: dave.address }]);
      heard.stop();
      world.rpc.account(profile.toBase58(), withData(() => Uint8Array.from(past!.data)));
      const later = await world.liedTo(dave, { store });
      const from = world.rpc.calls.length;
      for (const device of [live, later]) {
        await refused(device.requests(), "KEYS_ROLLED_BACK");
        await refused(device.conversation(carol.address), "KEYS_ROLLED_BACK");
      }
      expect(world.rpc.calls.slice(from).map(({ method }) => method)).not.to.include("sendTransaction");
      world.rpc.honest();
      expect(await historyOf(live, carol.address)).to.have.members(HONEST);
      await refused(later.requests(), "KEYS_ROTATED"); // the past gave it the old keys alone
      expect(await historyOf(await world.liedTo(dave, { store }), carol.address)).to.have.members(HONEST);
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
      await refused((await fresh(put(14, [...encodeCard(card), ...alice.raw.certify(card)]))).requests(), "ROOT_MISMATCH");
      const last = await fresh(cut(1_487));
      await refused(last.requests(), "ACCOUNT_INVALID");
      world.rpc.honest();
      for (const postern of [last, device]) expect(await historyOf(postern, carol.address)).to.have.members(HONEST);
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
      await refused(sendTo(bundleLie(put(14, [...encodeCard(evil), ...bob.raw.certify(evil)]))), "CERTIFICATE_INVALID");
      await refused(sendTo(bundleLie(put(156, random(64)))), "CERTIFICATE_INVALID");
    });

    it("swapped for another wallet's true ones, or another generation's: BUNDLE_MISPLACED", async () => {
      const theirs = bob.raw.card(0);
      await refused(sendTo(bundleLie(put(14, [...encodeCard(theirs), ...bob.raw.certify(theirs)]))), "BUNDLE_MISPLACED");
      const later = frank.raw.card(1);
      await refused(sendTo(bundleLie(put(14, [...encodeCard(later), ...frank.raw.certify(later)]))), "BUNDLE_MISPLACED");
    });

    it("with another X-Wing key, or one beyond the modulus: BUNDLE_INVALID", async () => {
      await refused(sendTo(bundleLie(put(252, random(1_216)))), "BUNDLE_INVALID");
      await refused(sendTo(bundleLie(put(252, new Uint8Array(1_216).fill(0xff)))), "BUNDLE_INVALID");
    });

    it("of a suite or kind that nobody knows: BUNDLE_UNSUPPORTED", async () => {
      await refused(sendTo(bundleLie(put(14, [2]))), "BUNDLE_UNSUPPORTED");
      await refused(sendTo(bundleLie(put(15, [1]))), "BUNDLE_UNSUPPORTED");
    });

    it("with an identity of small order that the wallet itself has certified: LOW_ORDER_POINT, and the client goes on", async () => {
      const card = frank.raw.card(0, { identity: X25519_LOW_ORDER[0]! });
      await refused(sendTo(bundleLie(put(14, [...encodeCard(card), ...frank.raw.certify(card)]))), "LOW_ORDER_POINT");
    });

    it("expired, or from the future: BUNDLE_EXPIRED", async () => {
      for (const shift of [-181 * 86_400, 3_600]) {
        const now = Math.floor(Date.now() / 1_000) + shift;
        const card = frank.raw.card(0, { validFrom: now, validUntil: now + 180 * 86_400 });
        await refused(sendTo(bundleLie(put(14, [...encodeCard(card), ...frank.raw.certify(card)]))), "BUNDLE_EXPIRED");
      }
    });

    it("half uploaded, hidden or of another program: PEER_NOT_REGISTERED", async () => {
      for (const lie of [put(9, [0]), hidden, ownedBy(SYSTEM_PROGRAM)]) await refused(sendTo(bundleLie(lie)), "PEER_NOT_REGISTERED");
      for (const lie of [hidden, ownedBy(SYSTEM_PROGRAM), put(16, u32(0xffff_ffff))]) await refused(sendTo(profileLie(lie)), "PEER_NOT_REGISTERED");
    });

    it("in an account that is cut, of another type, or says what the program never writes: ACCOUNT_INVALID", async () => {
      for (const lie of [cut(1_487), put(0, random(8)), put(8, [0]), put(9, [2]), put(12, u16(9_999))]) await refused(sendTo(bundleLie(lie)), "ACCOUNT_INVALID");
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
