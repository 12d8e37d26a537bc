/** What holds when the random source is broken: it always says the same, or repeats itself. No key ever seals two texts. */
import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import { D, type Opening, alice, bob, fill, hex, openThread, party } from "../crypto/fixture.js";

const K = c.inboxKey(D, fill(0x7e), { role: 0, inbox: fill(1), writer: fill(2), openSalt: fill(3, 16) });
const SALT_AT = [2, 14] as const;

/** All that a source which repeats itself ever says. */
const broken = fc.constantFrom(fill(0), fill(0xff), fill(0x42));
const text = fc.constantFrom("", "gm", "gn", "gm\0", "g", "gm".repeat(43), "gm".repeat(44));
const message = fc.record({ seq: fc.nat(3), kind: fc.nat(1), sent: fc.nat(1), seen: fc.nat(1), body: text.map(c.utf8), r32: broken });

/** Groups by key; a key must lead to one value alone. */
function expectOneEach(entries: readonly (readonly [key: string, value: string])[]): void {
  const known = new Map<string, string>();
  for (const [key, value] of entries) {
    expect(known.get(key) ?? value, `a second text under ${key}`).to.equal(value);
    known.set(key, value);
  }
}

describe("with a random source that says the same again and again", () => {
  it("a message's salt, and with it its key, belongs to one text at one number: the same gives the same bytes, anything else a new salt", () => {
    fc.assert(fc.property(fc.array(message, { minLength: 2, maxLength: 40 }), (messages) => {
      const made = messages.map(({ seq, r32, ...inner }) => {
        const frame = c.sealMessage(K, { seq, inner, r32 });
        return { frame: hex(frame), salt: hex(frame.subarray(...SALT_AT)), said: JSON.stringify([seq, inner.kind, inner.sent, inner.seen, hex(inner.body)]), source: hex(r32) };
      });
      expectOneEach(made.map(({ salt, said }) => [salt, said]));
      expectOneEach(made.map(({ salt, frame }) => [salt, frame]));
      expectOneEach(made.map(({ source, said, frame }) => [`${source} ${said}`, frame]));
    }), { numRuns: 60 });
  });

  it("two texts of one number, sealed by two devices that say the same, share neither key nor any block of ciphertext", () => {
    fc.assert(fc.property(broken, fc.uint8Array({ maxLength: 885 }), fc.uint8Array({ maxLength: 885 }), (r32, first, second) => {
      fc.pre(hex(first) !== hex(second));
      const [a, b] = [first, second].map((body) => c.sealMessage(K, { seq: 7, inner: { kind: 0, sent: 1, seen: 1, body }, r32 }));
      for (let at = 46; at + 16 <= Math.min(a!.length, b!.length); at += 16) expect(hex(a!.subarray(at, at + 16))).not.to.equal(hex(b!.subarray(at, at + 16)));
    }), { numRuns: 60 });
  });

  it("an inbox's salt belongs to one owner box and one handshake: to another peer, in another place or with other keys it is another", () => {
    const people = [bob, party(0xb3), party(0xb2, 1)];
    const openings: Opening[] = [];
    for (const to of people) {
      for (const inbox of [fill(1), fill(2)]) for (const from of [alice, party(0xa1, 1)]) openings.push(openThread(from, to, inbox, { r32: fill(0) }));
    }
    expect(new Set(openings.map(({ openSalt }) => hex(openSalt)))).to.have.lengthOf(openings.length);
    expect(new Set(openings.map(({ handshake }) => hex(handshake.subarray(4, 1_124))))).to.have.lengthOf(openings.length);
    expect(new Set(openings.map(({ thread }) => hex(thread)))).to.have.lengthOf(openings.length);
    const again = openThread(alice, bob, fill(1), { r32: fill(0) });
    expect(again).to.deep.include({ handshake: openings[0]!.handshake, openSalt: openings[0]!.openSalt });
  });

  it("a reply pointer's salt belongs to one inbox that it names", () => {
    const pointers = [0, 1, 2].map((n) => c.sealReplyPointer(D, fill(0x7e), { inboxX: fill(1), readerR: fill(2), inboxY: fill(n), r32: fill(0) }));
    expect(new Set(pointers.map((pointer) => hex(pointer.subarray(0, 12))))).to.have.lengthOf(3);
    expect(c.sealReplyPointer(D, fill(0x7e), { inboxX: fill(1), readerR: fill(2), inboxY: fill(0), r32: fill(0) })).to.deep.equal(pointers[0]);
  });
});
