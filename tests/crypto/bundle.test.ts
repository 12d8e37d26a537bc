import { PublicKey, Transaction, TransactionInstruction } from "@solana/web3.js";
import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import { expectCode, flip, outcome } from "./expect-code.js";
import { VALID_FROM, VALID_UNTIL, alice, bob, certify, cluster, fill, party } from "./fixture.js";
import { ED25519_IDENTITY, L, fromLittleEndian, littleEndian } from "./points.js";

const MAX = 400 * 86_400;
/** Alice's bundle with some of the card's fields changed, and certified by her wallet all the same. */
const altered = (change: Partial<c.Card>): c.KeyBundle => {
  const card = { ...alice.card, ...change };
  return { ...alice.bundle, card: c.encodeCard(card), certificate: certify(alice.walletSeed, card) };
};
const verify = (bundle: c.KeyBundle, expected: c.ExpectedCard = { wallet: alice.wallet, generation: 0 }, at = cluster) => c.verifyBundle(at, bundle, expected);

describe("card", () => {
  it("has 142 bytes and comes back", () => {
    expect(alice.bundle.card).to.have.length(142);
    expect(c.decodeCard(alice.bundle.card)).to.deep.equal(alice.card);
    expect(c.encodeCard(c.decodeCard(alice.bundle.card))).to.deep.equal(alice.bundle.card);
  });

  it("a card decoded from a Buffer does not change when the Buffer does", () => {
    const buffer = Buffer.from(alice.bundle.card);
    const card = c.decodeCard(buffer);
    buffer.fill(0);
    expect(card).to.deep.equal(alice.card);
    expect(card.wallet.constructor).to.equal(Uint8Array);
  });

  it("another suite or certificate kind is unsupported, another length invalid", () => {
    const wrong = [[0, 0], [0, 2], [0, 255], [1, 1], [1, 3], [1, 255]] as const;
    for (const [at, value] of wrong) expectCode(() => c.decodeCard(alice.bundle.card.map((byte, i) => (i === at ? value : byte))), "BUNDLE_UNSUPPORTED");
    for (const certificateKind of [1, 3, 258, -1, undefined]) expectCode(() => c.encodeCard({ ...alice.card, certificateKind: certificateKind as never }), "INVALID_ARGUMENT");
    for (const length of [0, 1, 141, 143]) expectCode(() => c.decodeCard(fill(1, length)), "BUNDLE_INVALID");
  });
});

describe("certificate text", () => {
  const text = c.certificateText({ card: alice.card, programId: cluster.programId, genesisHash: cluster.genesisHash, scope: cluster.scope, bundleHash: alice.verified.hash });

  it("has the published lines, joined by single line feeds, with none at the end", () => {
    expect(text.split("\n")).to.deep.equal([
      "Postern messages: publish my keys", "",
      "Sign this to let others send encrypted messages to this wallet. This signature is public. It moves no funds and reads no messages.", "",
      `Wallet: ${c.toBase58(alice.wallet)}`, `Program: ${c.toBase58(cluster.programId)}`, `Network: ${c.toBase58(cluster.genesisHash)}`, "Scope: global", "Generation: 0",
      `Delegate: ${c.toBase58(alice.card.delegate)}`, `Keys: ${c.toBase58(alice.verified.hash)}`, "Valid from: 2026-11-23T00:00:00Z", "Valid until: 2027-05-22T00:00:00Z", "Version: 1",
    ]);
  });

  it("shows times up to the last u32 second", () => {
    const late = c.certificateText({ card: { ...alice.card, validUntil: 2 ** 32 - 1 }, programId: cluster.programId, genesisHash: cluster.genesisHash, scope: "global", bundleHash: fill(1) });
    expect(late).to.contain("Valid until: 2106-02-07T06:28:15Z\n");
  });
});

describe("the certificate of a wallet that signs nothing but transactions", () => {
  const carol = party(0xca, 0, cluster, c.CERTIFICATE_KIND.transaction);
  const fields = { card: carol.card, programId: cluster.programId, genesisHash: cluster.genesisHash, scope: cluster.scope, bundleHash: carol.verified.hash };
  const memo = (from: Uint8Array, text: string): Uint8Array => {
    const payer = new PublicKey(from);
    const instruction = new TransactionInstruction({ keys: [], programId: new PublicKey("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"), data: Buffer.from(text, "utf8") });
    return new Transaction({ feePayer: payer, blockhash: PublicKey.default.toBase58(), lastValidBlockHeight: 0 }).add(instruction).compileMessage().serialize();
  };

  it("signs the message of the transaction that web3.js makes of a memo with the text, without a blockhash", () => {
    expect(Buffer.from(c.certificateMessage(fields))).to.deep.equal(memo(carol.wallet, c.certificateText(fields)));
    fc.assert(fc.property(fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)), minLength: 128, maxLength: 1_000 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (text, from) => {
      expect(Buffer.from(c.memoTransactionMessage(from, c.utf8(text)))).to.deep.equal(memo(from, text));
    }));
  });

  it("fits a transaction, for the longest scope and the largest numbers", () => {
    const far = { ...carol.card, generation: 65_535, validUntil: 2 ** 32 - 1 };
    const wire = 1 + 64 + c.certificateMessage({ ...fields, card: far, scope: "s".repeat(32) }).length;
    expect(wire).to.be.at.most(1_232);
  });

  it("has texts of 128 to 16,383 bytes, whose length takes two bytes", () => {
    for (const length of [128, 16_383]) expect(c.memoTransactionMessage(carol.wallet, fill(0x61, length)).subarray(0, 4)).to.deep.equal(Uint8Array.of(1, 0, 1, 2));
    for (const length of [0, 127, 16_384]) expectCode(() => c.memoTransactionMessage(carol.wallet, fill(0x61, length)), "INVALID_ARGUMENT");
  });

  it("is no certificate of the other kind, nor the other of this", () => {
    const signed = [c.utf8(c.certificateText(fields)), c.certificateMessage(fields)].map((message) => c.ed25519Sign(carol.walletSeed, message));
    expectCode(() => c.verifyCard(cluster, { card: carol.bundle.card, certificate: signed[0]! }), "CERTIFICATE_INVALID");
    expect(c.verifyCard(cluster, { card: carol.bundle.card, certificate: signed[1]! })).to.deep.equal({ card: carol.card, hash: carol.verified.hash });
    const asText = c.encodeCard({ ...carol.card, certificateKind: c.CERTIFICATE_KIND.text });
    for (const certificate of signed) expectCode(() => c.verifyCard(cluster, { card: asText, certificate }), "CERTIFICATE_INVALID"); // the card's hash is in the text
  });
});

describe("verifying a bundle", () => {
  it("a bundle that its wallet certified verifies, with and without the X-Wing key", () => {
    expect(verify(alice.bundle)).to.deep.equal({ card: alice.card, hash: alice.verified.hash, xWing: alice.bundle.xWing });
    expect(c.verifyCard(cluster, alice.bundle)).to.deep.equal({ card: alice.card, hash: alice.verified.hash });
  });

  it("another wallet or generation than the one asked for is misplaced", () => {
    expectCode(() => verify(alice.bundle, { wallet: bob.wallet }), "BUNDLE_MISPLACED");
    expectCode(() => verify(alice.bundle, { wallet: alice.wallet, generation: 1 }), "BUNDLE_MISPLACED");
    expectCode(() => c.verifyCard(cluster, alice.bundle, { generation: 7 }), "BUNDLE_MISPLACED");
  });

  it("generation 65,535 and a lifetime of 400 days are the last allowed", () => {
    verify(altered({ generation: 65_535, validUntil: VALID_FROM + MAX }), {});
    expectCode(() => verify(altered({ generation: 65_536 }), {}), "BUNDLE_INVALID");
    expectCode(() => verify(altered({ validUntil: VALID_FROM + MAX + 1 })), "BUNDLE_INVALID");
    expectCode(() => verify(altered({ validUntil: VALID_FROM })), "BUNDLE_INVALID");
    expectCode(() => verify(altered({ validUntil: VALID_FROM - 1 })), "BUNDLE_INVALID");
  });

  it("an X-Wing key that the card does not name, or of another length, is invalid", () => {
    expectCode(() => verify({ ...alice.bundle, xWing: bob.bundle.xWing }), "BUNDLE_INVALID");
    for (const length of [0, 1215, 1217]) expectCode(() => verify({ ...alice.bundle, xWing: fill(1, length) }), "BUNDLE_INVALID");
    fc.assert(fc.property(fc.nat(1216 * 8 - 1), (bit) => expectCode(() => verify({ ...alice.bundle, xWing: flip(alice.bundle.xWing, bit) }), "BUNDLE_INVALID")));
  });

  it("a certified X-Wing key with a coefficient of q or more is invalid", () => {
    for (const at of [0, 1149]) {
      const xWing = new Uint8Array(alice.bundle.xWing);
      xWing.set([0x01, (xWing[at + 1]! & 0xf0) | 0x0d], at); // 3329 = 0xd01
      expectCode(() => verify({ ...altered({ keyHash: c.keyHash(xWing) }), xWing }), "BUNDLE_INVALID");
    }
  });

  it("a certificate for another program, network, scope, wallet or generation is invalid", () => {
    const others = [
      c.cluster({ ...cluster, programId: fill(1) }), c.cluster({ ...cluster, genesisHash: fill(1) }), c.cluster({ ...cluster, scope: "other" }),
    ];
    for (const other of others) expectCode(() => verify(alice.bundle, {}, other), "CERTIFICATE_INVALID");
    expectCode(() => verify({ ...alice.bundle, certificate: bob.bundle.certificate }), "CERTIFICATE_INVALID");
    expectCode(() => verify({ ...altered({ generation: 1 }), certificate: alice.bundle.certificate }, {}), "CERTIFICATE_INVALID");
    expectCode(() => verify({ ...alice.bundle, certificate: certify(bob.walletSeed, alice.card) }), "CERTIFICATE_INVALID");
  });

  it("a scope binds the certificate even where the domain is the same", () => {
    expect(c.cluster({ ...cluster, scope: "other" }).domain).to.deep.equal(cluster.domain);
    expectCode(() => c.verifyCard(c.cluster({ ...cluster, scope: "other" }), alice.bundle), "CERTIFICATE_INVALID");
  });

  it("S + L, a small-order wallet and a wrong length make a certificate invalid", () => {
    const { certificate } = alice.bundle;
    const malleated = c.concat(certificate.subarray(0, 32), littleEndian(fromLittleEndian(certificate.subarray(32)) + L));
    expectCode(() => verify({ ...alice.bundle, certificate: malleated }), "CERTIFICATE_INVALID");
    const card = c.encodeCard({ ...alice.card, wallet: ED25519_IDENTITY });
    expectCode(() => c.verifyCard(cluster, { card, certificate: c.concat(ED25519_IDENTITY, fill(0)) }), "CERTIFICATE_INVALID");
    for (const length of [0, 63, 65]) expectCode(() => verify({ ...alice.bundle, certificate: fill(1, length) }), "CERTIFICATE_INVALID");
  });

  it("a signature of the root text certifies nothing, and one of the certificate text opens nothing", () => {
    const rootText = c.rootText({ wallet: alice.wallet, programId: cluster.programId, genesisHash: cluster.genesisHash, scope: "global", rootNumber: 1 });
    expectCode(() => verify({ ...alice.bundle, certificate: c.ed25519Sign(alice.walletSeed, c.utf8(rootText)) }), "CERTIFICATE_INVALID");
    expect(c.verify(alice.bundle.certificate, c.utf8(rootText), alice.wallet)).to.equal(false);
  });

  it("no single flipped bit of card or certificate verifies", () => {
    const codes = new Set<string>();
    fc.assert(fc.property(fc.nat((142 + 64) * 8 - 1), (bit) => {
      const joined = flip(c.concat(alice.bundle.card, alice.bundle.certificate), bit);
      const code = outcome(() => c.verifyCard(cluster, { card: joined.subarray(0, 142), certificate: joined.subarray(142) }));
      codes.add(code);
    }), { numRuns: 300 });
    for (const code of codes) expect(code).to.be.oneOf(["BUNDLE_UNSUPPORTED", "BUNDLE_INVALID", "CERTIFICATE_INVALID"]);
  });

  it("checks go in the protocol's order", () => {
    const bad = { card: altered({ generation: 70_000 }).card, certificate: fill(0, 64), xWing: fill(0, 3) };
    const unsupported = bad.card.map((byte, i) => (i === 0 ? 9 : byte));
    expectCode(() => verify({ ...bad, card: unsupported }, { wallet: bob.wallet }), "BUNDLE_UNSUPPORTED");
    expectCode(() => verify(bad, { wallet: bob.wallet }), "BUNDLE_MISPLACED");
    expectCode(() => verify(bad, {}), "BUNDLE_INVALID");
    expectCode(() => verify({ ...bad, card: alice.bundle.card }, {}), "BUNDLE_INVALID");
    expectCode(() => verify({ ...alice.bundle, certificate: bad.certificate }, {}), "CERTIFICATE_INVALID");
  });

  it("what was verified does not change when the caller's bytes do", () => {
    const buffers = { card: Buffer.from(alice.bundle.card), certificate: Buffer.from(alice.bundle.certificate), xWing: Buffer.from(alice.bundle.xWing) };
    const verified = verify(buffers);
    for (const buffer of Object.values(buffers)) buffer.fill(0);
    expect(verified).to.deep.equal(alice.verified);
  });
});

describe("bundle time", () => {
  it("holds from 300 s before its start until just before its end", () => {
    for (const now of [VALID_FROM - 300, VALID_FROM, VALID_UNTIL - 1]) c.checkBundleTime(alice.card, now);
    for (const now of [0, VALID_FROM - 301, VALID_UNTIL, VALID_UNTIL + 1]) expectCode(() => c.checkBundleTime(alice.card, now), "BUNDLE_EXPIRED");
    expectCode(() => c.checkBundleTime(alice.card, NaN), "INVALID_ARGUMENT");
  });
});

describe("pin", () => {
  const pin = { validFrom: 100, generation: 5, hash: fill(1) };

  it("the first bundle is new, the same is the same, a later one newer", () => {
    expect(c.checkPin(undefined, pin)).to.equal("new");
    expect(c.checkPin(pin, { ...pin, hash: fill(1) })).to.equal("same");
    expect(c.checkPin(pin, { ...pin, validFrom: 101, hash: fill(2) })).to.equal("newer");
    expect(c.checkPin(pin, { ...pin, generation: 6, hash: fill(2) })).to.equal("newer");
  });

  it("the order is by valid from, so a forged high generation locks nobody out", () => {
    expect(c.checkPin({ ...pin, generation: 65_535 }, { validFrom: 101, generation: 6, hash: fill(2) })).to.equal("newer");
  });

  it("an older bundle is a rollback, another at the same place a conflict", () => {
    expectCode(() => c.checkPin(pin, { ...pin, validFrom: 99, generation: 9 }), "KEYS_ROLLED_BACK");
    expectCode(() => c.checkPin(pin, { ...pin, generation: 4 }), "KEYS_ROLLED_BACK");
    expectCode(() => c.checkPin(pin, { ...pin, hash: fill(2) }), "KEYS_CONFLICT");
  });
});
