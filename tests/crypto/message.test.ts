import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import { bytes, expectCode, flip, outcome } from "./expect-code.js";
import { D, fill, hex } from "./fixture.js";

const thread = fill(0x7e);
const inbox = { role: 0, inbox: fill(1), writer: fill(2), openSalt: fill(3, 16) } as const;
const K = c.inboxKey(D, thread, inbox);
const message = (body: Uint8Array, seq: number | bigint = 2) => ({ seq, inner: { kind: 0, sent: 1_795_392_100, seen: 7, body }, r32: fill(9) });
const frame = c.sealMessage(K, message(c.utf8("gm")));
/** A frame whose padded text the sender chose against the protocol. */
const sealPadded = (padded: Uint8Array) => {
  const salt = fill(5, 12);
  const keys = c.expand(K, "message", c.concat(Uint8Array.of(1, 2), c.u64(2), salt), 48);
  return c.concat(Uint8Array.of(1, 2), salt, keys.subarray(32), c.seal(keys.subarray(0, 32), padded));
};

describe("message", () => {
  const opener = c.messageOpener(K); // one for all, as a reader of a whole inbox has it

  it("any body up to 885 bytes comes back, with kind, times and number", () => {
    const inner = fc.record({ kind: fc.nat(255), sent: fc.nat(0xffff_ffff), seen: fc.nat(0xffff_ffff), body: bytes(0, 885) });
    fc.assert(fc.property(inner, fc.nat(0xffff_ffff), bytes(32), (any, seq, r32) => {
      const sealed = c.sealMessage(K, { seq, inner: any, r32 });
      expect(c.openMessage(K, seq, sealed)).to.deep.equal(any);
      expect(c.openMessage(K, BigInt(seq), Buffer.from(sealed))).to.deep.equal(any);
      expect([0, 1].map(() => opener(seq, sealed))).to.deep.equal([any, any]);
    }), { examples: [[{ kind: 0, sent: 0, seen: 0, body: fill(0, 0) }, 0, fill(0)], [{ kind: 255, sent: 2 ** 32 - 1, seen: 2 ** 32 - 1, body: fill(0, 885) }, 2 ** 32 - 2, fill(0)]] });
  });

  it("the buckets hold 0-85, 86-213, 214-469, 470-757 and 758-885 bytes of body", () => {
    const bounds = [[0, 85, 96], [86, 213, 224], [214, 469, 480], [470, 757, 768], [758, 885, 896]] as const;
    expect(c.BUCKETS).to.deep.equal(bounds.map(([, , bucket]) => bucket));
    for (const [first, last, bucket] of bounds) {
      for (const length of [first, last]) {
        expect(c.bucketFor(length)).to.equal(bucket);
        const sealed = c.sealMessage(K, message(fill(1, length)));
        expect(sealed).to.have.length(bucket + c.MESSAGE_OVERHEAD);
        expect(c.openMessage(K, 2, sealed).body).to.deep.equal(fill(1, length));
      }
    }
    for (const length of [886, 10_000, -1, NaN]) expect(c.bucketFor(length)).to.equal(undefined);
  });

  it("886 bytes are too long, and the error says what would fit", () => {
    try {
      c.sealMessage(K, message(fill(1, 886)));
      expect.fail("sealed");
    } catch (error) {
      expect(error).to.include({ code: "TEXT_TOO_LONG" }).and.have.nested.property("context.limitBytes", 885);
    }
  });

  it("the same random value, text and number give the same bytes", () => {
    expect(c.sealMessage(K, message(c.utf8("gm")))).to.deep.equal(frame);
    expect(c.sealMessage(K, message(c.utf8("gm"), 2n))).to.deep.equal(frame);
  });

  it("a repeated random value never gives one key two texts: another text or number has another salt", () => {
    const salts = [frame, c.sealMessage(K, message(c.utf8("gn"))), c.sealMessage(K, message(c.utf8("gm"), 3)), c.sealMessage(K, message(c.utf8("gm\0")))].map((f) => hex(f.subarray(2, 14)));
    expect(new Set(salts).size).to.equal(4);
    fc.assert(fc.property(bytes(0, 90), bytes(0, 90), (a, b) => {
      fc.pre(hex(a) !== hex(b));
      expect(hex(c.sealMessage(K, message(a)).subarray(2, 14))).to.not.equal(hex(c.sealMessage(K, message(b)).subarray(2, 14)));
    }));
  });

  it("any single flipped bit is refused, each field with its own code", () => {
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const field = bit < 8 ? "SUITE_UNKNOWN" : bit < 16 ? "FRAME_UNKNOWN" : bit < 30 * 8 ? "KEY_MISMATCH" : "MESSAGE_FORGED";
      expectCode(() => c.openMessage(K, 2, flip(frame, bit)), field);
    }
  });

  it("opens at no other number, inbox, writer, salt, role, thread or domain", () => {
    for (const seq of [0, 1, 3, 2 ** 32, 2 ** 32 + 2, 2n ** 63n]) expectCode(() => c.openMessage(K, seq, frame), "KEY_MISMATCH");
    const others = [
      c.inboxKey(D, thread, { ...inbox, inbox: fill(9) }), c.inboxKey(D, thread, { ...inbox, writer: fill(9) }), c.inboxKey(D, thread, { ...inbox, openSalt: fill(9, 16) }),
      c.inboxKey(D, thread, { ...inbox, role: 1 }), c.inboxKey(D, fill(9), inbox), c.inboxKey(fill(9), thread, inbox),
    ];
    for (const other of others) expectCode(() => c.openMessage(other, 2, frame), "KEY_MISMATCH");
    expect(new Set([K, ...others].map(hex)).size).to.equal(7);
  });

  it("a frame of any other length, suite or type is refused by that", () => {
    for (let length = 0; length <= 1000; length++) {
      const code = outcome(() => c.openMessage(K, 2, c.concat(Uint8Array.of(1, 2), fill(0, 1000)).subarray(0, length)));
      expect(code).to.equal([142, 270, 526, 814, 942].includes(length) ? "KEY_MISMATCH" : "FRAME_MALFORMED");
    }
    expectCode(() => c.openMessage(K, 2, Uint8Array.of(2)), "SUITE_UNKNOWN");
    expectCode(() => c.openMessage(K, 2, Uint8Array.of(2, 9)), "SUITE_UNKNOWN");
    for (const type of [0, 1, 3, 9]) expectCode(() => c.openMessage(K, 2, Uint8Array.of(1, type)), "FRAME_UNKNOWN");
  });

  it("a length that does not fit, or that leaves no room for kind and times, is refused", () => {
    for (const length of [0, 8, 95, 96, 0xffff]) expectCode(() => c.openMessage(K, 2, sealPadded(c.concat(c.u16(length), fill(0, 94)))), "PADDING_INVALID");
    for (const length of [9, 94]) expect(c.openMessage(K, 2, sealPadded(c.concat(c.u16(length), fill(0, 94)))).body).to.have.length(length - 9);
  });

  it("padding that is not zero is refused, whichever byte it is", () => {
    for (let at = 11; at < 96; at++) {
      const padded = c.concat(c.u16(9), fill(0, 94));
      padded[at] = 0x80;
      expectCode(() => c.openMessage(K, 2, sealPadded(padded)), "PADDING_INVALID");
    }
  });

  it("a forger who knows neither key cannot swap the box of one message into another", () => {
    const other = c.sealMessage(K, message(c.utf8("gn")));
    expectCode(() => c.openMessage(K, 2, c.concat(frame.subarray(0, 30), other.subarray(30))), "MESSAGE_FORGED");
    expectCode(() => c.openMessage(K, 2, c.concat(frame.subarray(0, 14), other.subarray(14))), "KEY_MISMATCH");
  });

  it("a number, kind or time out of range is the caller's error", () => {
    for (const seq of [-1, 0.5, NaN, 2 ** 53, -1n, 2n ** 64n]) expectCode(() => c.sealMessage(K, message(fill(1, 1), seq)), "INVALID_ARGUMENT");
    for (const change of [{ kind: 256 }, { kind: -1 }, { sent: 2 ** 32 }, { seen: 0.5 }]) expectCode(() => c.sealMessage(K, { ...message(fill(1)), inner: { ...message(fill(1)).inner, ...change } }), "INVALID_ARGUMENT");
    expectCode(() => c.sealMessage(K.subarray(0, 32), message(fill(1))), "INVALID_ARGUMENT");
    expectCode(() => c.sealMessage(K, { ...message(fill(1)), r32: fill(1, 31) }), "INVALID_ARGUMENT");
    expectCode(() => c.inboxKey(D, thread, { ...inbox, role: 2 as 0 }), "INVALID_ARGUMENT");
  });

  it("no error tells a key or a text", () => {
    const secretText = "attack at dawn";
    const sealed = c.sealMessage(K, message(c.utf8(secretText)));
    for (const act of [() => c.openMessage(K, 3, sealed), () => c.openMessage(K, 2, flip(sealed, 1000)), () => c.sealMessage(K, message(c.utf8(secretText.repeat(100))))]) {
      try {
        act();
        expect.fail("no error");
      } catch (error) {
        const told = JSON.stringify([(error as Error).message, (error as { context?: unknown }).context, String((error as Error).cause)]);
        for (const secret of [secretText, hex(K), hex(K).slice(0, 16), hex(thread)]) expect(told).to.not.contain(secret);
      }
    }
  });
});
