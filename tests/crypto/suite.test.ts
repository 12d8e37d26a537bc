import { expect } from "chai";
import fc from "fast-check";
import { createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman, sign as nodeSign } from "node:crypto";
import nacl from "tweetnacl";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import * as c from "../../sdk/src/crypto/index.js";
import { bytes, expectCode, flip, outcome } from "./expect-code.js";
import { alice, fill, sha256 } from "./fixture.js";
import { ED25519_IDENTITY, ED25519_IDENTITY_NON_CANONICAL, ED25519_LOW_ORDER, L, X25519_LOW_ORDER, fromLittleEndian, littleEndian } from "./points.js";

const hmac = (key: Uint8Array, ...parts: Uint8Array[]) => new Uint8Array(parts.reduce((state, part) => state.update(part), createHmac("sha512", key)).digest());
const x25519Private = (secret: Uint8Array) => createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), secret]), format: "der", type: "pkcs8" });
const x25519Public = (key: Uint8Array) => createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), key]), format: "der", type: "spki" });
const ed25519Private = (seed: Uint8Array) => createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8" });

describe("hashing and key derivation", () => {
  it("a label ends with a zero byte, so no label is a prefix of another", () => {
    expect(c.label("x")).to.deep.equal(c.utf8("postern/1 x\0"));
    for (const name of ["", "a\0b", "é", "a\nb"]) expectCode(() => c.label(name), "INVALID_ARGUMENT");
  });

  it("whoever alters a returned label alters no derivation", () => {
    const before = c.hash("shared label");
    c.label("shared label").fill(0);
    expect(c.hash("shared label")).to.deep.equal(before);
  });

  it("Hash, Extract and Expand agree with OpenSSL", () => {
    fc.assert(fc.property(bytes(32), bytes(0, 100), bytes(0, 100), fc.integer({ min: 1, max: 130 }), (salt, ikm, ctx, length) => {
      const info = Buffer.concat([Buffer.from("postern/1 root\0"), ctx]);
      const prk = hmac(salt, ikm);
      expect(c.extract(salt, ikm)).to.deep.equal(prk);
      const blocks: Uint8Array[] = [];
      for (let i = 1; i <= 3; i++) blocks.push(hmac(prk, blocks.at(-1) ?? new Uint8Array(), info, Uint8Array.of(i)));
      expect(c.expand(prk, "root", ctx, length)).to.deep.equal(new Uint8Array(Buffer.concat(blocks).subarray(0, length)));
      expect(c.hash("root", ikm, ctx)).to.deep.equal(sha256("postern/1 root\0", ikm, ctx));
    }));
  });

  it("an expander gives what expand gives, however often and in whatever order it is asked", () => {
    const request = fc.tuple(fc.constantFrom("root", "message", "salt"), bytes(0, 1_000), fc.integer({ min: 1, max: 64 }));
    fc.assert(fc.property(bytes(64), fc.array(request, { minLength: 1, maxLength: 5 }), (prk, requests) => {
      const derive = c.expander(prk);
      for (const [name, ctx, length] of requests) expect(derive(name, ctx, length)).to.deep.equal(c.expand(prk, name, ctx, length));
    }));
    for (const length of [0, -1, 65, NaN]) expectCode(() => c.expander(fill(1, 64))("root", fill(0, 0), length), "INVALID_ARGUMENT");
    for (const length of [0, 32, 63, 65]) expectCode(() => c.expander(fill(1, length)), "INVALID_ARGUMENT");
  });

  it("a PRK that has not 64 bytes is refused, so no stored secret skips Extract", () => {
    for (const length of [0, 32, 63, 65]) expectCode(() => c.expand(fill(1, length), "root", fill(0, 0), 32), "INVALID_ARGUMENT");
    for (const length of [0, -1, 1.5, 16_321]) expectCode(() => c.expand(fill(1, 64), "root", fill(0, 0), length), "INVALID_ARGUMENT");
  });
});

describe("seal and open", () => {
  it("what is sealed opens, and is secretbox with a nonce of zeros", () => {
    fc.assert(fc.property(bytes(32), bytes(0, 200), (key, message) => {
      const box = c.seal(key, message);
      expect(box).to.deep.equal(nacl.secretbox(message, new Uint8Array(24), key));
      expect(c.open(key, box)).to.deep.equal(message);
    }));
  });

  it("a flipped bit, another key and a short box give null", () => {
    const box = c.seal(fill(1), fill(2, 20));
    for (let bit = 0; bit < box.length * 8; bit++) expect(c.open(fill(1), flip(box, bit))).to.equal(null);
    expect(c.open(fill(3), box)).to.equal(null);
    for (let length = 0; length < box.length; length++) expect(c.open(fill(1), box.subarray(0, length))).to.equal(null);
  });

  it("a key that has not 32 bytes is the caller's error", () => {
    expectCode(() => c.seal(fill(1, 31), fill(1)), "INVALID_ARGUMENT");
    expectCode(() => c.open(fill(1, 33), fill(1)), "INVALID_ARGUMENT");
  });
});

describe("X25519", () => {
  it("agrees with OpenSSL, and both sides with each other", () => {
    fc.assert(fc.property(bytes(32), bytes(32), (a, b) => {
      const shared = c.dh(a, c.x25519PublicKey(b));
      expect(shared).to.deep.equal(c.dh(b, c.x25519PublicKey(a)));
      expect(shared).to.deep.equal(new Uint8Array(diffieHellman({ privateKey: x25519Private(a), publicKey: x25519Public(c.x25519PublicKey(b)) })));
    }), { numRuns: 20 });
  });

  it("refuses every small-order point, in every encoding", () => {
    for (const point of X25519_LOW_ORDER) expectCode(() => c.dh(fill(7), point), "LOW_ORDER_POINT");
  });

  it("wrong lengths are the caller's error", () => {
    expectCode(() => c.dh(fill(1, 31), fill(9)), "INVALID_ARGUMENT");
    expectCode(() => c.dh(fill(1), fill(9, 33)), "INVALID_ARGUMENT");
  });
});

describe("X-Wing", () => {
  const seed = fill(0x5e);
  const { publicKey } = c.kem.keygen(seed);
  const coins = fill(3, 64);

  it("decapsulation gives the encapsulated secret, and the same coins the same bytes", () => {
    const { ciphertext, secret } = c.kem.encapsulate(publicKey, coins);
    expect([publicKey.length, ciphertext.length, secret.length]).to.deep.equal([1216, 1120, 32]);
    expect(c.kem.decapsulate(ciphertext, seed)).to.deep.equal(secret);
    expect(c.kem.encapsulate(publicKey, coins).ciphertext).to.deep.equal(ciphertext);
    expect(coins).to.deep.equal(fill(3, 64));
  });

  it("coins are ML-KEM's message and then the X25519 ephemeral", () => {
    const { ciphertext } = c.kem.encapsulate(publicKey, c.concat(fill(1), fill(2)));
    expect(ciphertext.subarray(0, 1088)).to.deep.equal(ml_kem768.encapsulate(publicKey.subarray(0, 1184), fill(1)).cipherText);
    expect(ciphertext.subarray(1088)).to.deep.equal(c.x25519PublicKey(fill(2)));
  });

  it("a small-order X25519 part is refused on both sides", () => {
    const { ciphertext } = c.kem.encapsulate(publicKey, coins);
    for (const point of X25519_LOW_ORDER) {
      expectCode(() => c.kem.encapsulate(c.concat(publicKey.subarray(0, 1184), point), coins), "LOW_ORDER_POINT");
      expectCode(() => c.kem.decapsulate(c.concat(ciphertext.subarray(0, 1088), point), seed), "LOW_ORDER_POINT");
    }
  });

  it("the modulus check agrees with the library's for every coefficient and value", () => {
    const key = publicKey.subarray(0, 1184);
    const coefficient = fc.oneof(fc.constantFrom(0, 3327, 3328, 3329, 3330, 4095), fc.nat(4095));
    fc.assert(fc.property(fc.nat(767), coefficient, (index, value) => {
      const altered = new Uint8Array(publicKey);
      const at = Math.floor(index / 2) * 3;
      const three = altered[at]! | (altered[at + 1]! << 8) | (altered[at + 2]! << 16);
      const written = index % 2 === 0 ? (three & 0xfff000) | value : (three & 0xfff) | (value << 12);
      altered.set([written & 0xff, (written >> 8) & 0xff, written >> 16], at);
      let library = true;
      try {
        ml_kem768.encapsulate(altered.subarray(0, key.length), fill(1));
      } catch {
        library = false;
      }
      expect(c.passesModulusCheck(altered)).to.equal(library).and.equal(value < 3329);
      if (!library) expectCode(() => c.kem.encapsulate(altered, coins), "BUNDLE_INVALID");
    }), { examples: [[0, 3329], [1, 3329], [766, 4095], [767, 4095], [767, 3328]] });
  });

  it("wrong lengths are the caller's error", () => {
    for (const length of [0, 1215, 1217]) expectCode(() => c.kem.encapsulate(fill(1, length), coins), "INVALID_ARGUMENT");
    for (const length of [0, 32, 63, 65]) expectCode(() => c.kem.encapsulate(publicKey, fill(1, length)), "INVALID_ARGUMENT");
    for (const length of [0, 1119, 1121]) expectCode(() => c.kem.decapsulate(fill(1, length), seed), "INVALID_ARGUMENT");
    expectCode(() => c.kem.keygen(fill(1, 31)), "INVALID_ARGUMENT");
  });
});

describe("Ed25519", () => {
  const seed = fill(0xe1);
  const publicKey = c.ed25519PublicKey(seed);
  const message = c.utf8("message");
  const signature = c.ed25519Sign(seed, message);

  it("signs as OpenSSL does and verifies it", () => {
    fc.assert(fc.property(bytes(32), bytes(0, 100), (anySeed, text) => {
      const made = c.ed25519Sign(anySeed, text);
      expect(made).to.deep.equal(new Uint8Array(nodeSign(null, text, ed25519Private(anySeed))));
      expect(c.verify(made, text, c.ed25519PublicKey(anySeed))).to.equal(true);
    }), { numRuns: 20 });
  });

  it("any flipped bit of signature, message or key is false", () => {
    fc.assert(fc.property(fc.nat(64 * 8 - 1), fc.nat(message.length * 8 - 1), fc.nat(255), (s, m, k) => {
      expect(c.verify(flip(signature, s), message, publicKey)).to.equal(false);
      expect(c.verify(signature, flip(message, m), publicKey)).to.equal(false);
      expect(c.verify(signature, message, flip(publicKey, k))).to.equal(false);
    }), { numRuns: 40 });
  });

  it("S + L is refused, though tweetnacl takes it", () => {
    const malleated = c.concat(signature.subarray(0, 32), littleEndian(fromLittleEndian(signature.subarray(32)) + L));
    expect(nacl.sign.detached.verify(message, malleated, publicKey)).to.equal(true);
    expect(c.verify(malleated, message, publicKey)).to.equal(false);
  });

  it("a small-order key verifies nothing, in any encoding", () => {
    for (const key of ED25519_LOW_ORDER) for (const R of ED25519_LOW_ORDER) expect(c.verify(c.concat(R, fill(0)), message, key)).to.equal(false);
  });

  it("a point in a form that RFC 8032 forbids is refused", () => {
    const digest = createHash("sha512").update(seed).digest();
    digest[0]! &= 248;
    digest[31] = (digest[31]! & 127) | 64;
    const secret = fromLittleEndian(digest.subarray(0, 32));
    const signedWith = (R: Uint8Array) => {
      const k = fromLittleEndian(createHash("sha512").update(R).update(publicKey).update(message).digest());
      return c.concat(R, littleEndian((k * secret) % L));
    };
    expect(c.verify(signedWith(ED25519_IDENTITY), message, publicKey)).to.equal(true); // the equation itself holds
    for (const R of ED25519_IDENTITY_NON_CANONICAL) expect(c.verify(signedWith(R), message, publicKey)).to.equal(false);
  });

  it("never throws, whatever it is given", () => {
    for (const odd of [undefined, null, "text", 7, {}, [], fill(1, 0), fill(1, 31), fill(0xff, 32), fill(0xff, 64), fill(1, 65)] as Uint8Array[]) {
      expect(c.verify(odd, message, publicKey)).to.equal(false);
      expect(c.verify(signature, odd, publicKey)).to.equal(false);
      expect(c.verify(signature, message, odd)).to.equal(false);
    }
  });
});

describe("arguments", () => {
  it("no function of bytes answers nonsense with a TypeError", () => {
    const calls: ((odd: Uint8Array) => unknown)[] = [
      (odd) => c.extract(odd, odd), (odd) => c.expand(odd, "root", odd, 32), (odd) => c.seal(odd, odd), (odd) => c.open(odd, odd), (odd) => c.dh(odd, odd),
      (odd) => c.kem.keygen(odd), (odd) => c.kem.encapsulate(odd, odd), (odd) => c.kem.decapsulate(odd, odd), (odd) => c.ed25519PublicKey(odd), (odd) => c.ed25519Sign(odd, odd),
      (odd) => c.domain({ programId: odd, genesisHash: odd }), (odd) => c.generationSecret(odd, odd, 0), (odd) => c.generationKeys(odd, odd), (odd) => c.writerSeed(odd, odd, 0),
      (odd) => c.readerSeed(odd, odd, odd), (odd) => c.decodeCard(odd), (odd) => c.keyHash(odd), (odd) => c.bundleHash(odd, odd), (odd) => c.encodeCard({ ...alice.card, wallet: odd }),
      (odd) => c.splitHandshake(odd), (odd) => c.joinHandshake(odd, odd), (odd) => c.openMessage(odd, 0, odd), (odd) => c.logHead0(odd, odd), (odd) => c.nextLogHead(odd, 0, 0, odd),
      (odd) => c.decodeText(odd), (odd) => c.toHex(odd), (odd) => c.toBase58(odd), (odd) => c.readU32(odd, 0), (odd) => c.deriveRoot(odd, { kind: "given", rootNumber: 1, wallet: odd, scope: "global", ikm: odd }),
    ];
    for (const odd of [undefined, null, "text", 7, {}, [], fill(1, 3)] as Uint8Array[]) {
      for (const call of calls) outcome(() => call(odd)); // throws what is not coded
    }
  });
});
