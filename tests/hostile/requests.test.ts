/** Requests that do not verify: one event each, no entry, and nothing else hidden. */
import { concat, encodeCard, joinHandshake, splitHandshake, u32, type VerifiedBundle } from "@postern/sdk/crypto";
import { MAX_GROWTH_BYTES, resizeInbox, transfer } from "@postern/sdk/program";
import { expect } from "chai";
import { X25519_LOW_ORDER } from "../crypto/points.js";
import { forgeHandshake, type Forgery } from "./support/forge.js";
import { openInboxFor } from "./support/mover.js";
import { program, random, type Opened, type RawDevice } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, listen, World, type Person } from "./support/world.js";

type Scene = { readonly alice: VerifiedBundle; readonly carol: VerifiedBundle & { readonly certificate: Uint8Array }; readonly mallory: RawDevice; readonly stolen: Uint8Array; /** What a thief of Alice's keys shares with Carol. */ readonly sharedAsAlice: Uint8Array };
type Attack = { readonly name: string; readonly code: string; readonly make: (opened: Opened, scene: Scene) => Uint8Array | readonly Uint8Array[] };

/** What Mallory could send honestly, with `change` applied. */
function forged({ identity }: Opened, { alice, mallory }: Scene, change: Partial<Forgery> = {}): Uint8Array {
  const card = mallory.card(0);
  return forgeHandshake({
    cluster: mallory.cluster, to: alice, identity, card: encodeCard(card), certificate: mallory.certify(card), shared: mallory.sharedWith(alice),
    reader: mallory.keys().delegate.publicKey, ...change,
  });
}

/** A card of Mallory's own making under Mallory's own certificate. */
function withCard(opened: Opened, scene: Scene, change: Parameters<RawDevice["card"]>[1]): Uint8Array {
  const card = scene.mallory.card(0, change);
  return forged(opened, scene, { card: encodeCard(card), certificate: scene.mallory.certify(card) });
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const CIPHERTEXT_AT = 4;
const X25519_PART_AT = CIPHERTEXT_AT + 1_088;
const CONFIRM_AT = 1_378;

const ATTACKS: readonly Attack[] = [
  { name: "noise", code: "HANDSHAKE_MALFORMED", make: () => [random(626).fill(9, 0, 1), random(788)] },
  { name: "frames of no bytes", code: "HANDSHAKE_MALFORMED", make: () => [new Uint8Array(0), new Uint8Array(0)] },
  { name: "frames in the wrong order", code: "HANDSHAKE_MALFORMED", make: (opened, scene) => splitHandshake(forged(opened, scene)).reverse() },
  { name: "a handshake that is a byte short", code: "HANDSHAKE_MALFORMED", make: (opened, scene) => splitHandshake(forged(opened, scene)).map((frame, i) => frame.slice(0, frame.length - i)) },
  { name: "a handshake of suite 2", code: "HANDSHAKE_MALFORMED", make: (opened, scene) => splitHandshake(forged(opened, scene)).map((frame) => concat(Uint8Array.of(2), frame.slice(1))) },
  { name: "a generation that does not exist", code: "GENERATION_UNKNOWN", make: (opened, scene) => forged(opened, scene, { generation: 7 }) },
  { name: "the highest generation there is", code: "GENERATION_UNKNOWN", make: (opened, scene) => concat(u32(0xffff_ffff), forged(opened, scene).slice(4)) },
  { name: "random bytes in the right shape", code: "HANDSHAKE_NOT_FOR_ME", make: () => concat(u32(0), random(1_406)) },
  { name: "an all-zero X25519 part", code: "HANDSHAKE_NOT_FOR_ME", make: (opened, scene) => forged(opened, scene).fill(0, X25519_PART_AT, X25519_PART_AT + 32) },
  { name: "a flipped bit in the lattice part", code: "HANDSHAKE_NOT_FOR_ME", make: (opened, scene) => flipped(forged(opened, scene), CIPHERTEXT_AT + 5) },
  { name: "a flipped bit in the sender box", code: "HANDSHAKE_NOT_FOR_ME", make: (opened, scene) => flipped(forged(opened, scene), CONFIRM_AT - 1) },
  { name: "a handshake made for another wallet", code: "HANDSHAKE_NOT_FOR_ME", make: (opened, scene) => forged(opened, scene, { to: scene.carol }) },
  { name: "a handshake copied from another's inbox", code: "HANDSHAKE_NOT_FOR_ME", make: (_, { stolen }) => stolen },
  { name: "flags from the future", code: "HANDSHAKE_UNSUPPORTED", make: (opened, scene) => forged(opened, scene, { flags: 1 }) },
  { name: "an unknown kind of certificate", code: "BUNDLE_UNSUPPORTED", make: (opened, scene) => forged(opened, scene, { card: encodeCard(scene.mallory.card(0)).fill(3, 1, 2) }) },
  { name: "a card valid for longer than allowed", code: "BUNDLE_INVALID", make: (opened, scene) => withCard(opened, scene, { validUntil: Math.floor(Date.now() / 1_000) + 401 * 86_400 }) },
  { name: "a certificate with a flipped bit", code: "CERTIFICATE_INVALID", make: (opened, scene) => forged(opened, scene, { certificate: flipped(scene.mallory.certify(scene.mallory.card(0)), 40) }) },
  { name: "a certificate over another card", code: "CERTIFICATE_INVALID", make: (opened, scene) => forged(opened, scene, { certificate: scene.mallory.certify(scene.mallory.card(3)) }) },
  { name: "a card of another wallet with the attacker's keys", code: "CERTIFICATE_INVALID", make: (opened, scene) => withCard(opened, scene, { wallet: scene.carol.card.wallet }) },
  {
    name: "a true card of another wallet without its keys", code: "SENDER_NOT_AUTHENTIC",
    make: (opened, scene) => forged(opened, scene, { card: encodeCard(scene.carol.card), certificate: scene.carol.certificate }),
  },
  {
    name: "a true card of another wallet, with the recipient's own stolen keys", code: "HANDSHAKE_UNSUPPORTED",
    make: (opened, scene) => forged(opened, scene, { card: encodeCard(scene.carol.card), certificate: scene.carol.certificate, shared: scene.sharedAsAlice }),
  },
  { name: "nobody to read the answers", code: "HANDSHAKE_MALFORMED", make: (opened, scene) => forged(opened, scene, { reader: new Uint8Array(32) }) },
  { name: "a flipped bit in the confirmation", code: "SENDER_NOT_AUTHENTIC", make: (opened, scene) => flipped(forged(opened, scene), CONFIRM_AT) },
  ...[X25519_LOW_ORDER[0], X25519_LOW_ORDER[2], X25519_LOW_ORDER.at(-2)].map((identity, i): Attack => ({
    name: `an identity key of small order (${i + 1})`, code: "LOW_ORDER_POINT", make: (opened, scene) => withCard(opened, scene, identity && { identity }),
  })),
];

describe("a request that does not verify", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let mallory: Person;
  let scene: Scene;
  let heard: ReturnType<typeof listen>;

  before(async function () {
    this.timeout(60_000);
    world = await World.start();
    let carol: Person;
    [alice, bob, mallory, carol] = (await world.people(4)) as [Person, Person, Person, Person];
    await (await bob.postern.conversation(alice.address)).send("an honest request");
    await (await carol.postern.conversation(alice.address)).send("copied by Mallory");
    const { frames } = (await carol.raw.own(0)).inbox;
    const stolen = joinHandshake(frames[0]!.payload, frames[1]!.payload);
    const bundles = await Promise.all([alice, carol].map(({ address }) => mallory.raw.bundleOf(address)));
    const carolCertificate = carol.raw.certify(bundles[1]!.card);
    scene = { alice: bundles[0]!, carol: { ...bundles[1]!, certificate: carolCertificate }, mallory: mallory.raw, stolen, sharedAsAlice: alice.raw.sharedWith(bundles[1]!) };
    heard = listen(alice.postern);
  });
  after(async () => {
    heard.stop();
    await world.stop();
  });

  it("would verify with honest parts, so that each refusal below is about its own part", async () => {
    const dave = await world.person();
    const daves: Scene = { ...scene, mallory: dave.raw };
    const own = await dave.raw.bundleOf(dave.address);
    await dave.raw.request(scene.alice, (opened) => forged(opened, daves, { card: encodeCard(own.card), certificate: dave.raw.certify(own.card) }));
    const listed = (await alice.postern.requests()).find(({ from }) => from === dave.address);
    expect(listed?.firstMessage).to.include({ kind: "unreadable", reason: "KEY_MISMATCH", from: dave.address });
    await listed?.decline();
  });

  for (const { name, code, make } of ATTACKS) {
    it(`is told as ${code}, once, and not listed: ${name}`, async () => {
      const { address } = await mallory.raw.request(scene.alice, (opened) => make(opened, scene));
      const first = await alice.postern.requests();
      await alice.postern.requests();
      expect(heard.rejections(address)).to.deep.equal([code]);
      expect(first.map(({ from }) => from)).to.include(bob.address).and.not.include(mallory.address);
    });
  }

  it("poses as nobody with the stolen keys of its recipient, who talks with that peer already", async () => {
    const [eve, frank] = (await world.people(2)) as [Person, Person];
    await world.introduce(eve, frank);
    const [to, eves] = await Promise.all([frank, eve].map(({ address }) => mallory.raw.bundleOf(address)));
    const { rejections, events, stop } = listen(frank.postern);
    const { address } = await mallory.raw.request(to!, (opened) => forged(opened, { ...scene, alice: to! }, {
      card: encodeCard(eves!.card), certificate: eve.raw.certify(eves!.card), shared: frank.raw.sharedWith(eves!),
    }));
    for (const _ of [1, 2]) {
      expect(await frank.postern.requests()).to.deep.equal([]);
      expect(await historyOf(frank.postern, eve.address)).to.deep.equal(["first", "answer"]);
    }
    expect([rejections(address), (await mallory.raw.inbox(address)).state]).to.deep.equal([["HANDSHAKE_UNSUPPORTED"], "request"]);
    expect(events.filter(({ kind }) => kind === "keysChanged" || kind === "request"), "of when they met").to.deep.equal([{ kind: "request", from: eve.address }]);
    stop();
  });

  it("puts no impersonated wallet's name anywhere", async () => {
    expect(heard.events.filter((event) => event.kind === "request" && event.from === mallory.address)).to.deep.equal([]);
    expect(heard.events.filter((event) => event.kind === "keysChanged")).to.deep.equal([]);
    expect((await alice.postern.conversation(mallory.address)).state).to.equal("new");
  });

  it("hides no good one, though many came after it and this device comes later still", async () => {
    const later = await world.connect({ wallet: alice.wallet });
    const texts = (await later.requests()).map(({ firstMessage }) => firstMessage.kind === "content" && firstMessage.text);
    expect(texts).to.deep.equal(["an honest request", "copied by Mallory"]);
  });

  it("may push a good one out of sight where the endpoint refuses to search, and then an event says how many are missing", async () => {
    world.rpc.method("getProgramAccounts", () => ({ error: { code: -32_010, message: "excluded from account secondary indexes" } }));
    const later = await world.liedTo(alice);
    const { events, stop } = listen(later);
    expect(await later.requests()).to.deep.equal([]);
    const { requests } = await mallory.raw.profileOf(alice.address);
    expect(events.filter(({ kind }) => kind === "requestsMissing")).to.deep.equal([{ kind: "requestsMissing", missing: Number(requests) - 8 }]);
    world.rpc.honest();
    stop();
  });

  it("is waited for while its handshake is unfinished, and neither told nor listed", async () => {
    const opened = await mallory.raw.openTo(scene.alice);
    const own = await mallory.raw.bundleOf(mallory.address);
    const frames = splitHandshake(mallory.raw.honestHandshake(scene.alice, own, opened.identity).handshake);
    expect((await alice.postern.requests()).map(({ from }) => from)).not.to.include(mallory.address);
    await mallory.raw.post(opened.address, frames[0]);
    expect((await alice.postern.requests()).map(({ from }) => from)).not.to.include(mallory.address);
    await mallory.raw.post(opened.address, frames[1]);
    expect((await alice.postern.requests()).map(({ from }) => from), "still without a message").not.to.include(mallory.address);
    const told = (): number => heard.events.filter((event) => event.kind === "request" && event.from === mallory.address).length;
    await new Promise(setImmediate); // whoever listens has heard by then
    expect(told(), "nor told").to.equal(0);
    const { secret } = await mallory.raw.own(opened.index);
    await mallory.raw.post(opened.address, mallory.raw.message(secret, 2, "done at last"));
    const listed = (await alice.postern.requests()).find(({ from }) => from === mallory.address);
    expect(listed?.firstMessage).to.include({ kind: "content", text: "done at last" });
    await until(() => told() === 1);
    expect(heard.rejections(opened.address)).to.deep.equal([]);
  });

  it("is no news from a wallet that one talks with already, even where it does verify", async () => {
    const [erin, frank] = (await world.people(2)) as [Person, Person];
    await world.introduce(erin, frank);
    const { events, stop } = listen(frank.postern);
    await openInboxFor(erin.raw, { to: await erin.raw.bundleOf(frank.address), index: 1, reader: "request", texts: ["once more"] });
    await until(async () => (await historyOf(frank.postern, erin.address)).includes("once more"));
    const stranger = await world.person();
    await (await stranger.postern.conversation(frank.address)).send("who are you?");
    await until(async () => (await frank.postern.requests(), events.some((event) => event.kind === "request" && event.from === stranger.address)));
    expect(events.flatMap((event) => (event.kind === "request" ? [event.from] : [])), "erin's is of when they met").to.deep.equal([erin.address, stranger.address]);
    stop();
  });

  it("is not even read where its ring is larger than 131,072 bytes: it costs a client nothing, and is in no list", async () => {
    const [erin, frank] = (await world.people(2)) as [Person, Person];
    await (await erin.postern.conversation(frank.address)).send("grown");
    const { address, inbox: { refund, next: expectedNext, capacity: opened } } = await erin.raw.own(0);
    const writer = erin.raw.delegate().publicKey.toBase58();
    await erin.raw.submit([transfer({ from: erin.address, to: writer, lamports: 2_000_000_000n })], [erin.raw.walletKey]);
    const growTo = async (from: number, to: number): Promise<void> => {
      const sizes = Array.from({ length: Math.ceil((to - from) / MAX_GROWTH_BYTES) }, (_, i) => Math.min(to, from + (i + 1) * MAX_GROWTH_BYTES));
      for (const capacity of sizes) await erin.raw.submit([resizeInbox({ program, payer: writer, writer, inbox: address, refund, capacity, expectedNext })]);
    };
    const listed = async (): Promise<{ from: string[]; whole: number }> => {
      const from = world.rpc.calls.length;
      const device = await world.liedTo(frank, { notifications: false });
      const requests = await device.requests();
      await device.close();
      const reads = world.rpc.calls.slice(from).filter(({ method }) => method === "getMultipleAccounts").map(({ params }) => params as [string[], { dataSlice?: unknown }]);
      return { from: requests.map((request) => request.from), whole: reads.filter(([addresses, { dataSlice }]) => dataSlice === undefined && addresses.includes(address)).length };
    };
    await growTo(opened, 131_072);
    const largest = await listed();
    expect(largest.from).to.deep.equal([erin.address]);
    expect(largest.whole).to.be.at.least(1);
    await growTo(131_072, 131_073);
    expect(await listed()).to.deep.equal({ from: [], whole: 0 });
  });
});
