/** noble and libsodium give the same bytes for every input and refuse the same ones, in the primitives and in whole functions of the protocol. */
import { expect } from "chai";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import sodium from "libsodium-wrappers";
import * as c from "../../sdk/src/crypto/index.js";
import { isPosternError } from "../../sdk/src/errors.js";
import { sodiumBackend } from "../../sdk/src/sodium/index.js";
import { bytes, expectCode, flip } from "./expect-code.js";
import { D, alice, bob, cluster, fill, hex, openThread, party } from "./fixture.js";
import { CASES, pathOf, render } from "./frozen/files.js";
import { ED25519_IDENTITY, ED25519_LOW_ORDER, L, X25519_LOW_ORDER, fromLittleEndian, littleEndian } from "./points.js";

const P = 2n ** 255n - 19n;
let libsodium: c.CryptoBackend;

/** What a call gives or refuses, as text. */
function told(act: () => unknown): string {
  const show = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? hex(value) : value);
  try {
    return JSON.stringify(act(), show) ?? "undefined";
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return `${error.code}: ${error.message} ${JSON.stringify(error.context)}`;
  }
}

function withBackend<T>(backend: c.CryptoBackend, act: () => T): T {
  c.useCryptoBackend(backend);
  try {
    return act();
  } finally {
    c.useCryptoBackend();
  }
}

/** Asserts that both backends give or refuse the same; returns it. */
function same(act: () => unknown): string {
  const noble = withBackend(c.nobleBackend, () => told(act));
  expect(withBackend(libsodium, () => told(act))).to.equal(noble);
  return noble;
}

/** Points that libraries treat in their own ways: small order, at or above p, top bit set, next to those; and any others. */
const point = fc.oneof(
  fc.constantFrom(...X25519_LOW_ORDER),
  fc.tuple(fc.constantFrom(...X25519_LOW_ORDER), fc.nat(255)).map(([low, bit]) => flip(low, bit)),
  fc.bigInt({ min: P - 5n, max: 2n ** 255n - 1n }).map((u) => littleEndian(u)),
  bytes(32),
);

describe("both backends", function () {
  this.timeout(120_000);
  before(async () => {
    libsodium = await sodiumBackend();
  });
  afterEach(() => c.useCryptoBackend());

  it("seal the same box, and open the same of it", () => {
    fc.assert(fc.property(bytes(32), bytes(0, 1_100), fc.nat(), (key, message, bit) => {
      const box = c.fromHex(JSON.parse(same(() => c.seal(key, message))) as string);
      same(() => c.open(key, box));
      same(() => c.open(key, flip(box, bit % (box.length * 8))));
      same(() => c.open(flip(key, bit % 256), box));
      same(() => c.open(key, box.subarray(0, bit % box.length)));
    }), { numRuns: 60 });
  });

  it("agree on the same secret and refuse the same points, in every encoding", () => {
    for (const low of X25519_LOW_ORDER) expect(same(() => c.dh(fill(7), low))).to.match(/^LOW_ORDER_POINT/);
    fc.assert(fc.property(bytes(32), point, (secret, publicKey) => {
      same(() => c.x25519PublicKey(secret));
      same(() => c.dh(secret, publicKey));
    }), { numRuns: 60 });
  });

  it("make the same X-Wing keys, ciphertexts and secrets, and refuse the same", () => {
    fc.assert(fc.property(bytes(32), bytes(64), point, fc.nat(), fc.nat(1_151), (seed, coins, odd, bit, at) => {
      const { publicKey } = c.kem.keygen(seed);
      same(() => c.kem.keygen(seed));
      same(() => c.kem.encapsulate(publicKey, coins));
      same(() => c.kem.encapsulate(c.concat(publicKey.subarray(0, 1_184), odd), coins));
      same(() => c.kem.encapsulate(publicKey.map((byte, i) => (i === at ? 0xff : byte)), coins));
      const { ciphertext } = c.kem.encapsulate(publicKey, coins);
      same(() => c.kem.decapsulate(ciphertext, seed));
      same(() => c.kem.decapsulate(flip(ciphertext, bit % (1_120 * 8)), seed)); // implicit rejection
      same(() => c.kem.decapsulate(c.concat(ciphertext.subarray(0, 1_088), odd), seed));
    }), { numRuns: 25 });
  });

  it("answer arguments of any length and type alike", () => {
    const odd = fc.oneof(bytes(0, 80), bytes(1_120), bytes(1_216), fc.constantFrom(undefined, null, "text", 7, {}, [])) as fc.Arbitrary<Uint8Array>;
    fc.assert(fc.property(odd, odd, (a, b) => {
      for (const call of [c.seal, c.open, c.dh, c.kem.encapsulate, c.kem.decapsulate]) same(() => call(a, b));
      for (const call of [c.x25519PublicKey, c.kem.keygen]) same(() => call(a));
    }), { numRuns: 30 });
  });

  it("give one handshake, thread, owner box, pointer, message and safety number, and read each other's", () => {
    const spell = fc.record({ inbox: bytes(32), r32: bytes(32), body: bytes(0, 885), seq: fc.nat(0xffff_ffff), generation: fc.nat(65_535) });
    fc.assert(fc.property(spell, ({ inbox, r32, body, seq, generation }) => {
      same(() => c.generationKeys(D, c.generationSecret(D, alice.root, generation)));
      const make = () => {
        const opening = openThread(alice, bob, inbox, { r32 });
        const content = { role: 0, peerGeneration: 0, peerWallet: bob.wallet, link: bob.verified.hash, thread: opening.thread } as const;
        const K = c.inboxKey(D, opening.thread, { role: 0, ...opening });
        return {
          opening, K, ownerBox: c.sealOwnerBox(alice.keys.owner, { ...opening, ...content }),
          pointer: c.sealReplyPointer(D, opening.thread, { inboxX: inbox, readerR: r32, inboxY: bob.wallet, r32 }),
          frame: c.sealMessage(K, { seq, inner: { kind: 0, sent: 1, seen: 2, body }, r32 }),
        };
      };
      const made = [c.nobleBackend, libsodium].map((backend) => withBackend(backend, make));
      expect(made[1]).to.deep.equal(made[0]);
      const { opening, K, ownerBox, pointer, frame } = made[0]!;
      same(() => c.respond({ ...opening, cluster, wallet: bob.wallet, generationKeys: bob.held }));
      same(() => c.openOwnerBox(alice.keys.owner, { ...opening, box: ownerBox }));
      same(() => c.openReplyPointer(D, opening.thread, { inboxX: inbox, readerR: r32, pointer }));
      expect(same(() => c.openMessage(K, seq, frame))).to.include(hex(body));
    }), { numRuns: 12 });
  });

  it("refuse an altered handshake, owner box, pointer and message with the same code", () => {
    const opening = openThread(alice, bob, fill(1));
    const K = c.inboxKey(D, opening.thread, { role: 0, ...opening });
    const frame = c.sealMessage(K, { seq: 2, inner: { kind: 0, sent: 1, seen: 2, body: fill(3, 90) }, r32: fill(4) });
    const content = { role: 0, peerGeneration: 0, peerWallet: bob.wallet, link: bob.verified.hash, thread: opening.thread } as const;
    const box = c.sealOwnerBox(alice.keys.owner, { ...opening, ...content });
    const pointer = c.sealReplyPointer(D, opening.thread, { inboxX: fill(1), readerR: fill(2), inboxY: fill(3), r32: fill(4) });
    const flipped = (from: Uint8Array, bit: number): Uint8Array => flip(from, bit % (from.length * 8));
    fc.assert(fc.property(fc.nat(), (bit) => {
      same(() => c.openMessage(K, 2, flipped(frame, bit)));
      same(() => c.openOwnerBox(alice.keys.owner, { ...opening, box: flipped(box, bit) }));
      same(() => c.openReplyPointer(D, opening.thread, { inboxX: fill(1), readerR: fill(2), pointer: flipped(pointer, bit) }));
    }), { numRuns: 60 });
    fc.assert(fc.property(fc.nat(1_410 * 8 - 1), (bit) => {
      same(() => c.respond({ ...opening, cluster, wallet: bob.wallet, handshake: flip(opening.handshake, bit), generationKeys: bob.held }));
    }), { numRuns: 25 });
  });

  it("give every frozen value and refusal, byte for byte", async () => {
    c.useCryptoBackend(libsodium);
    for (const file of Object.keys(CASES)) expect(await render(file), file).to.equal(readFileSync(pathOf(file), "utf8"));
  });
});

describe("picking a backend", () => {
  afterEach(() => c.useCryptoBackend());

  it("takes libsodium, and noble again, in the middle of a conversation", async () => {
    const K = fill(5, 64);
    const sealed = c.sealMessage(K, { seq: 0, inner: { kind: 0, sent: 0, seen: 0, body: fill(1, 4) }, r32: fill(2) });
    const open = c.messageOpener(K);
    let calls = 0;
    const backend = await sodiumBackend();
    c.useCryptoBackend({ ...backend, secretboxOpen: (key, box) => (calls++, backend.secretboxOpen(key, box)) });
    const before = calls;
    expect(open(0, sealed).body).to.deep.equal(fill(1, 4));
    expect(calls).to.equal(before + 1);
    c.useCryptoBackend();
    expect(open(0, sealed).body).to.deep.equal(fill(1, 4));
    expect(calls).to.equal(before + 1);
  });

  it("refuses one that computes anything else, whichever primitive it is, and stays with what it had", async () => {
    const good = await sodiumBackend();
    const spoiled = (value: Uint8Array) => flip(value, 3);
    const bad: c.CryptoBackend[] = [
      { ...good, secretbox: (...a) => spoiled(good.secretbox(...a)) },
      { ...good, secretboxOpen: (...a) => spoiled(good.secretboxOpen(...a)) },
      { ...good, x25519: (...a) => spoiled(good.x25519(...a)) },
      { ...good, x25519PublicKey: (...a) => spoiled(good.x25519PublicKey(...a)) },
      { ...good, xWingPublicKey: (...a) => spoiled(good.xWingPublicKey(...a)) },
      { ...good, xWingEncapsulate: (...a) => ({ ...good.xWingEncapsulate(...a), cipherText: fill(0, 1_120) }) },
      { ...good, xWingEncapsulate: (...a) => ({ ...good.xWingEncapsulate(...a), sharedSecret: fill(0) }) },
      { ...good, xWingDecapsulate: (...a) => spoiled(good.xWingDecapsulate(...a)) },
      { ...good, x25519: () => { throw new Error("not here"); } },
      {} as c.CryptoBackend,
    ];
    for (const backend of bad) expectCode(() => c.useCryptoBackend(backend), "INVALID_ARGUMENT");
    expect(c.open(fill(1), good.secretbox(fill(1), fill(2)))).to.deep.equal(fill(2));
  });

  it("asks noble about what libsodium refuses, so that a refusal of libsodium's alone loses no message", async () => {
    const backend = await sodiumBackend();
    const { crypto_secretbox_open_easy: original } = sodium;
    (sodium as { crypto_secretbox_open_easy: unknown }).crypto_secretbox_open_easy = () => { throw new Error("out of memory"); };
    try {
      expect(backend.secretboxOpen(fill(1), backend.secretbox(fill(1), fill(2)))).to.deep.equal(fill(2));
    } finally {
      (sodium as { crypto_secretbox_open_easy: unknown }).crypto_secretbox_open_easy = original;
    }
  });
});

describe("libsodium's own verification of signatures", () => {
  const seed = fill(0xe1);
  const publicKey = c.ed25519PublicKey(seed);
  const message = c.utf8("message");
  const libsodiumVerifies = (signature: Uint8Array): boolean => sodium.crypto_sign_verify_detached(signature, message, publicKey);
  before(() => sodium.ready);

  it("agrees about S + L, small-order keys and flipped bits", () => {
    const signature = c.ed25519Sign(seed, message);
    const malleated = c.concat(signature.subarray(0, 32), littleEndian(fromLittleEndian(signature.subarray(32)) + L));
    expect([libsodiumVerifies(signature), libsodiumVerifies(malleated)]).to.deep.equal([true, false]);
    for (const key of ED25519_LOW_ORDER) expect(sodium.crypto_sign_verify_detached(c.concat(ED25519_IDENTITY, fill(0)), message, key)).to.equal(false);
    for (let bit = 0; bit < 512; bit++) expect(libsodiumVerifies(flip(signature, bit))).to.equal(false);
  });

  it("refuses an R of small order that noble takes, which is why it verifies nothing here", () => {
    const digest = createHash("sha512").update(seed).digest();
    digest[0]! &= 248;
    digest[31] = (digest[31]! & 127) | 64;
    const k = fromLittleEndian(createHash("sha512").update(ED25519_IDENTITY).update(publicKey).update(message).digest());
    const signature = c.concat(ED25519_IDENTITY, littleEndian((k * fromLittleEndian(digest.subarray(0, 32))) % L));
    expect([c.verify(signature, message, publicKey), libsodiumVerifies(signature)]).to.deep.equal([true, false]);
  });
});

describe("a party made by the other backend", () => {
  it("has the same keys", async () => {
    const backend = await sodiumBackend();
    const { keys } = withBackend(backend, () => party(0xa1));
    expect(keys.kem.publicKey).to.deep.equal(alice.keys.kem.publicKey);
    expect(keys.identity).to.deep.equal(alice.keys.identity);
  });
});
