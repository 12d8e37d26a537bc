/** Cases of the primitives, the domain, roots and generations. */
import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import * as c from "../../../../sdk/src/crypto/index.js";
import { flip } from "../../expect-code.js";
import { D, alice, bob, cluster, fill, sha256 } from "../../fixture.js";
import { ED25519_IDENTITY, ED25519_LOW_ORDER, L, X25519_LOW_ORDER, fromLittleEndian, littleEndian } from "../../points.js";
import type { Draft } from "../format.js";
import { deployment, elsewhere, inboxAddress, openings, refuse, refusals, take } from "../world.js";

export function suiteCases(): Draft[] {
  const { ciphertext } = c.kem.encapsulate(bob.bundle.xWing, fill(3, 64));
  const box = c.seal(fill(1), c.utf8("gm"));
  const overQ = (at: number): Uint8Array => {
    const key = new Uint8Array(bob.bundle.xWing);
    if (at === 0) key.set([0x01, (key[1]! & 0xf0) | 0x0d]);
    else key.set([(key[1]! & 0x0f) | 0x10, 0xd0], 1); // the second coefficient: 12 bits from bit 12
    return key;
  };
  const message = c.utf8("postern");
  const signature = c.ed25519Sign(alice.walletSeed, message);
  const verify = (name: string, change: { publicKey?: Uint8Array; message?: Uint8Array; signature?: Uint8Array }): Draft =>
    take(name, "verify", { publicKey: alice.wallet, message, signature, ...change });
  const plusL = c.concat(signature.subarray(0, 32), littleEndian(fromLittleEndian(signature.subarray(32)) + L));
  return [
    take("no data", "hash", { label: "log", data: "" }),
    take("a byte more than a block", "hash", { label: "domain", data: fill(7, 65) }),
    take("a salt of 32 bytes", "extract", { salt: D, ikm: fill(5) }),
    take("a salt of 32 bytes, 64 bytes of key", "extract", { salt: D, ikm: fill(5, 64) }),
    ...[12, 32, 48, 64, 65].map((length) => take(`${length} bytes`, "expand", { prk: fill(6, 64), label: "message", context: fill(1, 3), length })),
    refuse("INVALID_ARGUMENT", "a key of 32 bytes that was not extracted", "expand", { prk: fill(6), label: "message", context: "", length: 32 }),
    take("nothing", "seal", { key: fill(1), message: "" }),
    take("two bytes", "seal", { key: fill(1), message: c.utf8("gm") }),
    take("two blocks", "seal", { key: fill(2), message: fill(3, 128) }),
    take("two bytes", "open", { key: fill(1), box }),
    take("a flipped tag", "open", { key: fill(1), box: flip(box, 0) }),
    take("a flipped ciphertext", "open", { key: fill(1), box: flip(box, 128) }),
    take("another key", "open", { key: fill(2), box }),
    take("fewer bytes than a tag", "open", { key: fill(1), box: fill(0, 15) }),
    take("two identities", "dh", { secret: alice.keys.identity.secret, publicKey: bob.card.identity }),
    ...X25519_LOW_ORDER.map((publicKey, n) => refuse("LOW_ORDER_POINT", `small order, encoding ${n}`, "dh", { secret: alice.keys.identity.secret, publicKey })),
    take("a seed", "kemPublicKey", { seed: bob.keys.kem.seed }),
    take("fixed coins", "encapsulate", { publicKey: bob.bundle.xWing, coins: fill(3, 64) }),
    refuse("LOW_ORDER_POINT", "all-zero X25519 part", "encapsulate", { publicKey: c.concat(bob.bundle.xWing.subarray(0, 1184), fill(0)), coins: fill(3, 64) }),
    refuse("BUNDLE_INVALID", "first coefficient of q", "encapsulate", { publicKey: overQ(0), coins: fill(3, 64) }),
    refuse("BUNDLE_INVALID", "second coefficient of q", "encapsulate", { publicKey: overQ(1), coins: fill(3, 64) }),
    take("a ciphertext", "decapsulate", { ciphertext, seed: bob.keys.kem.seed }),
    take("implicit rejection: a flipped bit of the ML-KEM part", "decapsulate", { ciphertext: flip(ciphertext, 0), seed: bob.keys.kem.seed }),
    take("implicit rejection: another seed", "decapsulate", { ciphertext, seed: alice.keys.kem.seed }),
    refuse("LOW_ORDER_POINT", "all-zero X25519 part", "decapsulate", { ciphertext: c.concat(ciphertext.subarray(0, 1088), fill(0)), seed: bob.keys.kem.seed }),
    verify("a signature", {}),
    verify("another text", { message: c.utf8("Postern") }),
    verify("another key", { publicKey: bob.wallet }),
    verify("S + L", { signature: plusL }),
    ...ED25519_LOW_ORDER.map((publicKey, n) => verify(`key of small order, encoding ${n}`, { publicKey, signature: c.concat(ED25519_IDENTITY, fill(0)) })),
  ];
}

export function domainCases(): Draft[] {
  const mainnet = c.fromBase58("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d", 32);
  const program = c.fromBase58("PswPdae8L9VqJMjRAAdEocq2tgvNboQ9xZpce3EFv1W", 32);
  const { programId, genesisHash } = cluster;
  return [
    take("the vectors' deployment", "domain", { programId, genesisHash }),
    take("Postern's address on mainnet", "domain", { programId: program, genesisHash: mainnet }),
    refuse("INVALID_ARGUMENT", "a program id of 31 bytes", "domain", { programId: fill(1, 31), genesisHash }),
    ...["global", "a", "a.b-c.0", "z".repeat(32)].map((scope) => take(scope, "scopeHash", { scope })),
    ...[["no character", ""], ["33 characters", "z".repeat(33)], ["an upper-case letter", "Global"], ["an underscore", "a_b"], ["a line feed at the end", "global\n"], ["a letter that is not ASCII", "globál"]]
      .map(([name, scope]) => refuse("INVALID_ARGUMENT", name!, "scopeHash", { scope: scope! })),
    take("the profile of A", "profileAddress", { programId, wallet: alice.wallet }),
    ...[0, 1, 65_535].map((generation) => take(`generation ${generation} of A`, "keyBundleAddress", { programId, wallet: alice.wallet, generation })),
    ...[0, 1, 99, 2 ** 32 - 1].map((index) => take(`index ${index} of A's delegate`, "inboxAddress", { programId, writer: alice.card.delegate, index })),
  ];
}

/** A second valid signature of the same text: RFC 8032 with another nonce, as a wallet that signs with randomness makes it. */
function signatureWithNonce(seed: Uint8Array, message: Uint8Array, nonce: bigint): Uint8Array {
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
  const R = ed25519.Point.BASE.multiply(nonce).toBytes();
  const k = fromLittleEndian(c.copy(sha512(R, pointBytes, message))) % L;
  return c.concat(R, littleEndian((nonce + k * scalar) % L));
}

function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(createHash("sha512").update(c.concat(...parts)).digest());
}

export function rootCases(): Draft[] {
  const text = (rootNumber: number) => ({ ...deployment, wallet: alice.wallet, rootNumber });
  const textBytes = c.utf8(c.rootText(text(1)));
  const signature1 = c.ed25519Sign(alice.walletSeed, textBytes);
  const enrolment = { ...text(1), signature1, signature2: signature1 };
  const certificate = c.concat(alice.bundle.certificate);
  const root = { domain: D, kind: "wallet", rootNumber: 1, wallet: alice.wallet, scope: "global", ikm: signature1 };
  return [
    take("root 1 of A", "rootText", text(1)),
    take("the highest root number of B, another scope", "rootText", { ...text(2 ** 32 - 1), wallet: bob.wallet, scope: "a.b-c.0" }),
    refuse("INVALID_ARGUMENT", "root number 0", "rootText", text(0)),
    take("the same signature twice", "enrolWallet", enrolment),
    ...refusals("enrolWallet", enrolment, [
      ["WALLET_NOT_DETERMINISTIC", "two valid signatures that differ", { signature2: signatureWithNonce(alice.walletSeed, textBytes, 7n) }],
      ["WALLET_SIGNATURE_INVALID", "the first is of another wallet", { signature1: c.ed25519Sign(bob.walletSeed, textBytes) }],
      ["WALLET_SIGNATURE_INVALID", "the second is of another wallet", { signature2: c.ed25519Sign(bob.walletSeed, textBytes) }],
      ["WALLET_SIGNATURE_INVALID", "a certificate, which is public", { signature1: certificate, signature2: certificate }],
      ["WALLET_SIGNATURE_INVALID", "of another root number's text", { rootNumber: 2 }],
      ["WALLET_SIGNATURE_INVALID", "of a text with a final newline", { signature1: c.ed25519Sign(alice.walletSeed, c.concat(textBytes, c.utf8("\n"))) }],
      ["WALLET_SIGNATURE_INVALID", "63 bytes", { signature1: signature1.subarray(0, 63) }],
      ...elsewhere.map(([name, change]) => ["WALLET_SIGNATURE_INVALID", `of another ${name}'s text`, change] as const),
    ]),
    take("wallet, of A", "deriveRoot", root),
    take("wallet, of B", "deriveRoot", { ...root, wallet: bob.wallet, ikm: c.ed25519Sign(bob.walletSeed, c.utf8(c.rootText({ ...text(1), wallet: bob.wallet }))) }),
    ...["vault", "given"].map((kind) => take(kind, "deriveRoot", { ...root, kind, rootNumber: 2, ikm: fill(5) })),
    take("given, another root number", "deriveRoot", { ...root, kind: "given", rootNumber: 3, ikm: fill(5) }),
    take("given, another scope", "deriveRoot", { ...root, kind: "given", rootNumber: 2, scope: "other", ikm: fill(5) }),
    ...refusals("deriveRoot", root, [
      ["INVALID_ARGUMENT", "root number 0", { rootNumber: 0 }],
      ["INVALID_ARGUMENT", "kind wallet with 32 bytes", { ikm: fill(5) }],
      ["INVALID_ARGUMENT", "kind given with 64 bytes", { kind: "given" }],
      ["INVALID_ARGUMENT", "an unknown kind", { kind: "passkey", ikm: fill(5) }],
      ["INVALID_ARGUMENT", "a scope that is none", { scope: "" }],
    ]),
  ];
}

export function generationCases(): Draft[] {
  const inbox = openings.direct.inbox;
  const of = (name: string, { root }: { root: Uint8Array }, k: number): Draft[] => {
    const generationSecret = c.generationSecret(D, root, k);
    return [
      take(`generation ${k} of ${name}`, "generationSecret", { domain: D, root, generation: k }),
      take(`generation ${k} of ${name}`, "generationKeys", { domain: D, generationSecret }),
      ...[0, 1, 255].map((index) => take(`writer ${index}, generation ${k} of ${name}`, "writerKey", { domain: D, generationSecret, index })),
      take(`reader, generation ${k} of ${name}`, "readerKey", { domain: D, generationSecret, inbox }),
      take(`reader for another inbox, generation ${k} of ${name}`, "readerKey", { domain: D, generationSecret, inbox: inboxAddress(bob.card.delegate) }),
    ];
  };
  return [
    ...of("A", alice, 0), ...of("A", alice, 1), ...of("B", bob, 0), ...of("B", bob, 1),
    take("the last generation of A", "generationSecret", { domain: D, root: alice.root, generation: 65_535 }),
    take("the same root in another domain", "generationSecret", { domain: sha256("another domain"), root: alice.root, generation: 0 }),
    refuse("INVALID_ARGUMENT", "generation 65,536", "generationSecret", { domain: D, root: alice.root, generation: 65_536 }),
    refuse("INVALID_ARGUMENT", "a root of 31 bytes", "generationSecret", { domain: D, root: fill(1, 31), generation: 0 }),
  ];
}
