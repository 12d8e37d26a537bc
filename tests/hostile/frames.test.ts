/** What a peer can put into its own inbox, and what that does to the messages around it: nothing. */
import { bucketFor, concat, expand, seal, u16, u32, u64, u8, utf8 } from "@postern/sdk/crypto";
import { expect } from "chai";
import { random, type OwnInbox } from "./support/raw-device.js";
import { historyOf, World, type Person } from "./support/world.js";

/** A message frame in which everything may be wrong; `padded` is what is sealed. */
function sealRaw(secret: Uint8Array, seq: number, padded: Uint8Array): Uint8Array {
  const salt = random(12);
  const keys = expand(secret, "message", concat(Uint8Array.of(1, 2), u64(seq), salt), 48);
  return concat(Uint8Array.of(1, 2), salt, keys.slice(32), seal(keys.slice(0, 32), padded));
}

function padded(inner: { length?: number; kind?: number; body: Uint8Array; rest?: number }): Uint8Array {
  const bytes = new Uint8Array(bucketFor(inner.body.length) ?? 0).fill(inner.rest ?? 0);
  bytes.set(concat(u16(inner.length ?? 9 + inner.body.length), u8(inner.kind ?? 0), u32(1), u32(0), inner.body));
  return bytes;
}

const flipped = (frame: Uint8Array, at: number): Uint8Array => frame.map((byte, i) => (i === at ? byte ^ 1 : byte));

type Hostile = { readonly name: string; readonly reason: string; readonly make: (inbox: OwnInbox, seq: number, world: Peers) => Uint8Array };
type Peers = { readonly good: (secret: Uint8Array, seq: number) => Uint8Array; readonly other: OwnInbox };

const HOSTILE: readonly Hostile[] = [
  { name: "no bytes at all", reason: "FRAME_MALFORMED", make: () => new Uint8Array(0) },
  { name: "one byte", reason: "FRAME_MALFORMED", make: () => Uint8Array.of(1) },
  { name: "a thousand bytes of noise", reason: "SUITE_UNKNOWN", make: () => random(1_000).fill(0xee, 0, 1) },
  { name: "a thousand bytes that begin like a message", reason: "FRAME_MALFORMED", make: () => concat(u8(1), u8(2), random(998)) },
  { name: "a length that is no bucket", reason: "FRAME_MALFORMED", make: ({ secret }, seq, { good }) => good(secret, seq).slice(0, 141) },
  { name: "a bucket and one byte", reason: "FRAME_MALFORMED", make: ({ secret }, seq, { good }) => concat(good(secret, seq), u8(0)) },
  { name: "suite 2", reason: "SUITE_UNKNOWN", make: ({ secret }, seq, { good }) => concat(u8(2), good(secret, seq).slice(1)) },
  { name: "type 9", reason: "FRAME_UNKNOWN", make: ({ secret }, seq, { good }) => concat(u8(1), u8(9), good(secret, seq).slice(2)) },
  { name: "a handshake frame's type", reason: "FRAME_UNKNOWN", make: ({ secret }, seq, { good }) => concat(u8(1), u8(0), good(secret, seq).slice(2)) },
  { name: "a flipped bit in the salt", reason: "KEY_MISMATCH", make: ({ secret }, seq, { good }) => flipped(good(secret, seq), 3) },
  { name: "a flipped bit in the commitment", reason: "KEY_MISMATCH", make: ({ secret }, seq, { good }) => flipped(good(secret, seq), 20) },
  { name: "a flipped bit in the tag", reason: "MESSAGE_FORGED", make: ({ secret }, seq, { good }) => flipped(good(secret, seq), 31) },
  { name: "a flipped bit in the text", reason: "MESSAGE_FORGED", make: ({ secret }, seq, { good }) => flipped(good(secret, seq), 120) },
  { name: "the frame of the number before", reason: "KEY_MISMATCH", make: ({ secret }, seq, { good }) => good(secret, seq - 1) },
  { name: "the frame of the number to come", reason: "KEY_MISMATCH", make: ({ secret }, seq, { good }) => good(secret, seq + 1) },
  { name: "a frame for another inbox", reason: "KEY_MISMATCH", make: (_, seq, { good, other }) => good(other.secret, seq) },
  { name: "a frame under a key of its own", reason: "KEY_MISMATCH", make: (_, seq, { good }) => good(random(64), seq) },
  { name: "padding that is not zero", reason: "PADDING_INVALID", make: ({ secret }, seq) => sealRaw(secret, seq, padded({ body: utf8("x"), rest: 1 })) },
  { name: "a length beyond the bucket", reason: "PADDING_INVALID", make: ({ secret }, seq) => sealRaw(secret, seq, padded({ body: utf8("x"), length: 60_000 })) },
  { name: "a length that cuts the head", reason: "PADDING_INVALID", make: ({ secret }, seq) => sealRaw(secret, seq, padded({ body: utf8("x"), length: 3 })) },
  { name: "text that is no UTF-8", reason: "INVALID_TEXT", make: ({ secret }, seq) => sealRaw(secret, seq, padded({ body: Uint8Array.of(0xc3, 0x28) })) },
  { name: "an encoded surrogate", reason: "INVALID_TEXT", make: ({ secret }, seq) => sealRaw(secret, seq, padded({ body: Uint8Array.of(0xed, 0xa0, 0x80) })) },
  { name: "a kind that nobody knows", reason: "CONTENT_UNKNOWN", make: ({ secret }, seq) => sealRaw(secret, seq, padded({ body: utf8("x"), kind: 200 })) },
  { name: "a move with 31 bytes", reason: "CONTENT_UNKNOWN", make: ({ secret }, seq) => sealRaw(secret, seq, padded({ body: random(31), kind: 1 })) },
];

describe("a hostile frame is one unreadable message", () => {
  let world: World;
  let alice: Person;
  let mallory: Person;
  let asked: OwnInbox;
  let other: OwnInbox;
  let peers: Peers;

  before(async function () {
    this.timeout(60_000);
    world = await World.start();
    let carol: Person;
    [alice, mallory, carol] = (await world.people(3)) as [Person, Person, Person];
    await world.introduce(mallory, alice);
    await (await mallory.postern.conversation(carol.address)).send("elsewhere");
    asked = await mallory.raw.own(0);
    other = await mallory.raw.own(1);
    peers = { good: (secret, seq) => mallory.raw.message(secret, seq, "good"), other };
  });
  after(() => world.stop());

  for (const { name, reason, make } of HOSTILE) {
    it(`tells ${name} as ${reason}, once, and reads what stands before and behind it`, async () => {
      const chat = await alice.postern.conversation(mallory.address);
      const before = await chat.history({ limit: 1_000 });
      const { next } = await mallory.raw.inbox(asked.address);
      await mallory.raw.post(asked.address, peers.good(asked.secret, next), make(asked, next + 1, peers), peers.good(asked.secret, next + 2));
      const added = (await chat.history({ limit: 1_000 })).slice(before.length);
      expect(added.map((message) => (message.kind === "content" ? message.text : message.reason))).to.deep.equal(["good", reason, "good"]);
      expect(added.map(({ seq }) => seq)).to.deep.equal([next, next + 1, next + 2]);
      expect(added.every(({ from, mine }) => from === mallory.address && !mine)).to.equal(true);
      await chat.send("read"); // acknowledges, so that the ring has room for the next
    });
  }

  it("tells all of them alike on a device that comes later", async () => {
    const later = await world.connect({ wallet: alice.wallet });
    const { first, next } = await mallory.raw.inbox(asked.address);
    expect(first, "most come from history").to.be.above(next / 2);
    const seen = await historyOf(later, mallory.address);
    expect(seen.filter((text) => text === "good" || text.startsWith("["))).to.have.lengthOf(next - 3); // handshake and "first"
    expect(seen.filter((text) => text === "good")).to.have.lengthOf(2 * HOSTILE.length);
  });

  it("tells what a thief of the delegate's key posts into our own inbox as one unreadable message of ours", async () => {
    const mine = await alice.raw.own(0);
    const chat = await alice.postern.conversation(mallory.address);
    await alice.raw.post(mine.address, concat(u8(1), u8(7), random(62)));
    await chat.send("still here");
    const last = (await chat.history({ limit: 2 })).map((message) => [message.mine, message.kind === "content" ? message.text : message.reason]);
    expect(last).to.deep.equal([[true, "FRAME_UNKNOWN"], [true, "still here"]]);
    expect((await historyOf(mallory.postern, alice.address)).filter((text) => text !== "good")).to.include.members(["[FRAME_UNKNOWN]", "still here"]);
  });

  it("shows nothing of a move to an inbox that is none: it is a claim without effect", async () => {
    const chat = await alice.postern.conversation(mallory.address);
    const before = await chat.history({ limit: 1_000 });
    const { next } = await mallory.raw.inbox(asked.address);
    const moved = sealRaw(asked.secret, next + 1, padded({ body: random(32), kind: 1 }));
    await mallory.raw.post(asked.address, peers.good(asked.secret, next), moved, peers.good(asked.secret, next + 2));
    const added = (await chat.history({ limit: 1_000 })).slice(before.length);
    expect(added.map(({ seq }) => seq)).to.deep.equal([next, next + 2]);
    expect([chat.state, chat.canSend]).to.deep.equal(["open", true]);
    await chat.send("where we were");
    expect((await historyOf(mallory.postern, alice.address)).at(-1)).to.equal("where we were");
  });
});
