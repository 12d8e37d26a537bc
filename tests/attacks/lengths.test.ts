/** What a length tells: the bucket, and nothing else. */
import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import { D, alice, bob, fill, openThread, party } from "../crypto/fixture.js";
import { onEachBuild } from "../program/support/builds.js";
import { post } from "../program/support/parties.js";

const K = c.inboxKey(D, fill(0x7e), { role: 0, inbox: fill(1), writer: fill(2), openSalt: fill(3, 16) });
const frameOf = (body: Uint8Array, seq = 2): Uint8Array => c.sealMessage(K, { seq, inner: { kind: 0, sent: 1, seen: 1, body }, r32: fill(9) });
/** First and last length of body in every bucket. */
const RANGES = c.BUCKETS.map((bucket, i) => [i === 0 ? 0 : c.BUCKETS[i - 1]! - 10, bucket - 11] as const);

describe("the length of a frame", () => {
  it("is the same for all texts of one bucket, whatever their kind and times, and another for another bucket", () => {
    const inner = fc.record({ kind: fc.nat(255), sent: fc.nat(0xffff_ffff), seen: fc.nat(0xffff_ffff), body: fc.uint8Array({ maxLength: 885 }) });
    fc.assert(fc.property(inner, inner, fc.nat(0xffff_ffff), (a, b, seq) => {
      const [first, second] = [a, b].map((one) => c.sealMessage(K, { seq, inner: one, r32: fill(9) }).length);
      expect(first === second).to.equal(c.bucketFor(a.body.length) === c.bucketFor(b.body.length));
    }));
  });

  it("leaves no byte that is the same in all messages but the suite and the type", () => {
    for (const [first, last] of RANGES) {
      const frames = Array.from({ length: 24 }, (_, n) => frameOf(fill(0, n % 2 === 0 ? first : last), n));
      const constant = [...frames[0]!.keys()].filter((at) => frames.every((frame) => frame[at] === frames[0]![at]));
      expect(constant).to.deep.equal([0, 1]);
    }
  });

  it("of a handshake, an owner box and a reply pointer is the same for everybody", () => {
    for (const [from, to] of [[alice, bob], [bob, alice], [alice, alice], [party(1, 65_535), party(2, 9)]] as const) {
      const opening = openThread(from, to, fill(1));
      const box = c.sealOwnerBox(from.keys.owner, { ...opening, role: 0, peerGeneration: to.card.generation, peerWallet: to.wallet, link: to.verified.hash });
      const pointer = c.sealReplyPointer(D, opening.thread, { inboxX: fill(1), readerR: fill(2), inboxY: fill(3), r32: fill(4) });
      expect([opening.handshake, box, pointer].map(({ length }) => length)).to.deep.equal([1_410, 120, 60]);
    }
  });
});

onEachBuild("On the ledger, two texts of one bucket", (test) => {
  test("make transactions of the same length that cost the same compute units, and inboxes of the same shape", (world) => {
    for (const [first, last] of RANGES) {
      const results = [first, last].map((length) => {
        const chat = world.open({ capacity: 2_048, index: 0, writer: world.person() });
        const { error, transactionBytes, computeUnits } = world.send([post(chat, 0, frameOf(fill(7, length)))], chat.writer);
        const { next, first: kept, capacity, frames } = world.inbox(chat);
        return { error, transactionBytes, computeUnits, next, kept, capacity, lengths: frames.map(({ payload }) => payload.length) };
      });
      expect(results[1]).to.deep.equal(results[0]).and.include({ error: undefined, next: 1 });
    }
  });
});
