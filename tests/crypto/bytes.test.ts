import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import { bytes, expectCode } from "./expect-code.js";
import { fill } from "./fixture.js";

describe("bytes", () => {
  it("integers are little-endian and come back", () => {
    expect(c.u16(0x0102)).to.deep.equal(Uint8Array.of(2, 1));
    expect(c.u32(0x01020304)).to.deep.equal(Uint8Array.of(4, 3, 2, 1));
    expect(c.u64(0x0102030405060708n)).to.deep.equal(Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1));
    fc.assert(fc.property(fc.nat(0xffff), fc.nat(0xffff_ffff), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (short, word, long) => {
      const joined = c.concat(c.u16(short), c.u32(word), c.u64(long));
      expect([c.readU16(joined, 0), c.readU32(joined, 2), c.readU64(joined, 6)]).to.deep.equal([short, word, long]);
    }));
  });

  it("a u64 is the same from a number and from a bigint", () => {
    fc.assert(fc.property(fc.maxSafeNat(), (n) => { expect(c.u64(n)).to.deep.equal(c.u64(BigInt(n))); }), { examples: [[0], [2 ** 32 - 1], [2 ** 32], [Number.MAX_SAFE_INTEGER]] });
  });

  it("an integer out of range is refused, never wrapped", () => {
    for (const n of [-1, 1.5, NaN, Infinity, 256]) expectCode(() => c.u8(n), "INVALID_ARGUMENT");
    for (const n of [-1, 0.5, 0x1_0000]) expectCode(() => c.u16(n), "INVALID_ARGUMENT");
    for (const n of [-1, NaN, 0x1_0000_0000]) expectCode(() => c.u32(n), "INVALID_ARGUMENT");
    for (const n of [-1, 2 ** 53, -1n, 2n ** 64n]) expectCode(() => c.u64(n), "INVALID_ARGUMENT");
  });

  it("reading past the end is refused", () => {
    for (const at of [-1, 1, 3, 1.5, NaN]) expectCode(() => c.readU16(fill(1, 2), at), "INVALID_ARGUMENT");
    expectCode(() => c.readU32(fill(1, 3), 0), "INVALID_ARGUMENT");
    expectCode(() => c.readU64(fill(1, 8), 1), "INVALID_ARGUMENT");
  });

  it("reads respect the view, not the buffer behind it", () => {
    expect(c.readU32(Uint8Array.of(9, 9, 1, 0, 0, 0).subarray(2), 0)).to.equal(1);
  });

  it("equal means same length and same bytes", () => {
    fc.assert(fc.property(bytes(0, 40), bytes(0, 40), (a, b) => {
      expect(c.equal(a, new Uint8Array(a))).to.equal(true);
      expect(c.equal(a, b)).to.equal(Buffer.compare(a, b) === 0);
    }));
    expect(c.equal(fill(1, 0), fill(1, 0))).to.equal(true);
    expect(c.equal(fill(1, 1), fill(1, 0))).to.equal(false);
  });

  it("hex and base58 come back, and what is neither is refused", () => {
    fc.assert(fc.property(bytes(0, 70), (value) => {
      expect(c.fromHex(c.toHex(value))).to.deep.equal(value);
      expect(c.fromBase58(c.toBase58(value))).to.deep.equal(value);
    }));
    expect(c.toBase58(fill(0))).to.equal("1".repeat(32));
    for (const text of ["0", "zz", "abc"]) expectCode(() => c.fromHex(text), "INVALID_ARGUMENT");
    for (const text of ["0", "I", "l", "O", " ", "é"]) expectCode(() => c.fromBase58(text), "INVALID_ARGUMENT");
  });

  it("a base58 text of another length is refused, a huge one at once", () => {
    expectCode(() => c.fromBase58(c.toBase58(fill(1, 31)), 32), "INVALID_ARGUMENT");
    expectCode(() => c.fromBase58("z".repeat(5_000_000), 32), "INVALID_ARGUMENT");
    expectCode(() => c.toBase58(fill(255, 5_000_000)), "INVALID_ARGUMENT");
    for (const odd of [undefined, null, 7, {}, []] as unknown as string[]) expectCode(() => c.fromBase58(odd), "INVALID_ARGUMENT");
    expect(c.fromBase58(c.toBase58(fill(1)), 32)).to.deep.equal(fill(1));
  });
});

describe("text", () => {
  it("every well-formed string comes back unchanged", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => { expect(c.decodeText(c.encodeText(text))).to.equal(text); }));
  });

  it("NUL, byte order mark, direction marks, emoji and unnormalised letters stay byte for byte", () => {
    for (const text of ["a\0b", "\0", "\ufeffgm", "\ufeff\ufeff", "\u202eevil\u202c", "👩‍👩‍👧‍👦", "e\u0301", "\u212b", " gm \r\n\t", "\ufffd", "\u{10ffff}", "\uffff", ""]) {
      expect(c.decodeText(c.encodeText(text))).to.equal(text);
      expect(c.encodeText(text)).to.deep.equal(new Uint8Array(Buffer.from(text, "utf8")));
    }
  });

  it("an unpaired surrogate is refused wherever it stands", () => {
    for (const text of ["\ud800", "\udfff", "a\ud83d", "\ude00a", "\ude00\ud83d", "\ud83d\ud83d\ude00"]) expectCode(() => c.encodeText(text), "INVALID_TEXT");
    for (const odd of [undefined, null, 7, {}] as unknown as string[]) expectCode(() => c.encodeText(odd), "INVALID_TEXT");
  });

  it("what is not UTF-8 is refused: overlong, surrogates, beyond U+10FFFF, cut, stray", () => {
    for (const bad of ["c080", "e08080", "f0808080", "c1bf", "eda080", "edbfbf", "f4908080", "f5808080", "ff", "fe", "80", "e282", "f09f98", "61c3", "c328", "f8888080"]) {
      expectCode(() => c.decodeText(c.fromHex(bad)), "INVALID_TEXT");
    }
    expect(c.decodeText(c.utf8("still works"))).to.equal("still works");
  });

  it("decoding either gives back the same bytes or refuses", () => {
    fc.assert(fc.property(bytes(0, 12), (value) => {
      let text: string;
      try {
        text = c.decodeText(value);
      } catch {
        return;
      }
      expect(c.utf8(text)).to.deep.equal(value);
    }), { numRuns: 500 });
  });
});
