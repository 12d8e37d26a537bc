/** Cases of cards, certificates, bundles, pins, safety numbers and vaults. */
import * as c from "../../../../sdk/src/crypto/index.js";
import { sealVault } from "../../../../sdk/src/crypto/vault.js";
import { flip } from "../../expect-code.js";
import { D, type Party, VALID_FROM, VALID_UNTIL, alice, bob, certify, fill } from "../../fixture.js";
import { ED25519_IDENTITY, L, fromLittleEndian, littleEndian } from "../../points.js";
import type { Draft } from "../format.js";
import { alice1, bob1, deployment, elsewhere, refuse, refusals, take } from "../world.js";

const { card, certificate, xWing } = alice.bundle;
const withByte = (bytes: Uint8Array, at: number, value: number): Uint8Array => Uint8Array.from(bytes, (byte, i) => (i === at ? value : byte));
/** A card of A's with other fields, certified by A. */
const altered = (change: Partial<c.Card>) => {
  const other = { ...alice.card, ...change };
  return { card: c.encodeCard(other), certificate: certify(alice.walletSeed, other) };
};
const plusL = c.concat(certificate.subarray(0, 32), littleEndian(fromLittleEndian(certificate.subarray(32)) + L));
const rootText = c.utf8(c.rootText({ ...deployment, wallet: alice.wallet, rootNumber: 1 }));

/** What is no certificate of A's card, whichever function is asked. */
const badCertificates = [
  ["CERTIFICATE_INVALID", "S + L", { certificate: plusL }],
  ["CERTIFICATE_INVALID", "signed by another wallet", { certificate: certify(bob.walletSeed, alice.card) }],
  ["CERTIFICATE_INVALID", "signed by the delegate", { certificate: certify(alice.keys.delegate.seed, alice.card) }],
  ["CERTIFICATE_INVALID", "the signature of the root text", { certificate: c.ed25519Sign(alice.walletSeed, rootText) }],
  ["CERTIFICATE_INVALID", "63 bytes", { certificate: certificate.subarray(0, 63) }],
  ["CERTIFICATE_INVALID", "a flipped bit", { certificate: flip(certificate, 0) }],
  ...elsewhere.map(([name, change]) => ["CERTIFICATE_INVALID", `over another ${name}`, change] as const),
] as const;

export function certificateCases(): Draft[] {
  const base = { ...deployment, card, certificate };
  const text = (name: string, from: Party): Draft => take(name, "certificateText", { ...deployment, card: from.bundle.card });
  const far = { ...alice.card, generation: 65_535, validFrom: 0, validUntil: 2 ** 32 - 1 };
  const smallOrder = c.encodeCard({ ...alice.card, wallet: ED25519_IDENTITY });
  return [
    text("generation 0 of A", alice), text("generation 1 of A", alice1), text("generation 0 of B", bob),
    take("the ends of what a card holds", "certificateText", { ...deployment, scope: "a.b-c.0", card: c.encodeCard(far) }),
    take("generation 0 of A", "verifyCard", base),
    take("generation 1 of A", "verifyCard", { ...deployment, card: alice1.bundle.card, certificate: alice1.bundle.certificate }),
    take("a lifetime of 400 days", "verifyCard", { ...base, ...altered({ validUntil: VALID_FROM + c.MAX_LIFETIME_SECONDS }) }),
    ...refusals("verifyCard", base, [
      ["BUNDLE_INVALID", "a card of 141 bytes", { card: card.subarray(0, 141) }],
      ["BUNDLE_INVALID", "a card of 143 bytes", { card: c.concat(card, fill(0, 1)) }],
      ["BUNDLE_UNSUPPORTED", "suite 2", { card: withByte(card, 0, 2) }],
      ["BUNDLE_UNSUPPORTED", "certificate kind 1", { card: withByte(card, 1, 1) }],
      ["BUNDLE_INVALID", "lifetime of 400 days and a second", altered({ validUntil: VALID_FROM + c.MAX_LIFETIME_SECONDS + 1 })],
      ["BUNDLE_INVALID", "no lifetime", altered({ validUntil: VALID_FROM })],
      ["BUNDLE_INVALID", "an end before the beginning", altered({ validUntil: VALID_FROM - 1 })],
      ["BUNDLE_INVALID", "generation 65,536", altered({ generation: 65_536 })],
      ...badCertificates,
      ["CERTIFICATE_INVALID", "wallet of small order", { card: smallOrder, certificate: c.concat(ED25519_IDENTITY, fill(0)) }],
      ["CERTIFICATE_INVALID", "of another generation", { card: altered({ generation: 1 }).card }],
      ["CERTIFICATE_INVALID", "of another delegate", { card: altered({ delegate: bob.card.delegate }).card }],
      ["CERTIFICATE_INVALID", "of another identity key", { card: altered({ identity: bob.card.identity }).card }],
      ["CERTIFICATE_INVALID", "of another X-Wing key", { card: altered({ keyHash: bob.card.keyHash }).card }],
      ["CERTIFICATE_INVALID", "of other times", { card: altered({ validUntil: VALID_UNTIL + 1 }).card }],
    ]),
  ];
}

export function bundleCases(): Draft[] {
  const base = { ...deployment, card, certificate, xWing, expectedWallet: alice.wallet, expectedGeneration: 0 };
  const overQ = new Uint8Array(xWing);
  overQ.set([0x01, (overQ[1]! & 0xf0) | 0x0d]);
  const time = { validFrom: VALID_FROM, validUntil: VALID_UNTIL };
  const pinned = { validFrom: 100, generation: 5, hash: fill(1) };
  const pin = { pinned: [pinned], ...pinned };
  const fields = ({ card: { certificateKind: _, ...of } }: Party) => of;
  return [
    take("generation 0 of A", "encodeCard", fields(alice)), take("generation 1 of B", "encodeCard", fields(bob1)),
    take("A", "keyHash", { xWing }), refuse("INVALID_ARGUMENT", "1,215 bytes", "keyHash", { xWing: xWing.subarray(0, 1215) }),
    take("generation 0 of A", "bundleHash", { domain: D, card }), take("generation 0 of B", "bundleHash", { domain: D, card: bob.bundle.card }),
    take("the same card in another domain", "bundleHash", { domain: c.domain({ ...deployment, programId: fill(9) }), card }),
    take("generation 0 of A", "verifyBundle", base),
    take("generation 1 of B", "verifyBundle", { ...deployment, ...bob1.bundle, expectedWallet: bob.wallet, expectedGeneration: 1 }),
    ...refusals("verifyBundle", base, [
      ["BUNDLE_UNSUPPORTED", "suite 2", { card: withByte(card, 0, 2) }],
      ["BUNDLE_MISPLACED", "another wallet was asked for", { expectedWallet: bob.wallet }],
      ["BUNDLE_MISPLACED", "another generation was asked for", { expectedGeneration: 1 }],
      ["BUNDLE_MISPLACED", "another wallet was asked for, and the certificate is wrong too", { expectedWallet: bob.wallet, certificate: plusL }],
      ["BUNDLE_INVALID", "generation 65,536", { ...altered({ generation: 65_536 }), expectedGeneration: 65_536 }],
      ["BUNDLE_INVALID", "X-Wing key of another hash", { xWing: bob.bundle.xWing }],
      ["BUNDLE_INVALID", "X-Wing key a byte short", { xWing: xWing.subarray(0, 1215) }],
      ["BUNDLE_INVALID", "X-Wing key with a coefficient of q", { ...altered({ keyHash: c.keyHash(overQ) }), xWing: overQ }],
      ...badCertificates,
    ]),
    ...[VALID_FROM - 300, VALID_FROM, VALID_UNTIL - 1].map((now) => take(`${now - VALID_FROM} seconds after its beginning`, "checkBundleTime", { ...time, now })),
    refuse("BUNDLE_EXPIRED", "expired", "checkBundleTime", { ...time, now: VALID_UNTIL }),
    refuse("BUNDLE_EXPIRED", "from the future", "checkBundleTime", { ...time, now: VALID_FROM - 301 }),
    take("the first bundle of a wallet", "checkPin", { ...pin, pinned: [] }),
    take("the pinned bundle", "checkPin", pin),
    take("a later start, generation lower", "checkPin", { ...pin, validFrom: 101, generation: 4, hash: fill(2) }),
    take("same start, higher generation", "checkPin", { ...pin, generation: 6, hash: fill(2) }),
    ...refusals("checkPin", pin, [
      ["KEYS_ROLLED_BACK", "older than the pin, generation higher", { validFrom: 99, generation: 6 }],
      ["KEYS_ROLLED_BACK", "same start, lower generation", { generation: 4 }],
      ["KEYS_CONFLICT", "same start and generation, another hash", { hash: fill(2) }],
    ]),
  ];
}

export function safetyNumberCases(): Draft[] {
  const number = (name: string, a: Party, b: Party): Draft =>
    take(name, "safetyNumber", { wallet1: a.wallet, bundleHash1: a.verified.hash, wallet2: b.wallet, bundleHash2: b.verified.hash });
  return [
    number("A and B", alice, bob), number("B and A: the same number", bob, alice), number("A and B after A has rotated", alice1, bob),
    number("A and B after B has rotated", alice, bob1), number("A and A", alice, alice),
    take("a key that is swapped", "safetyNumber", { wallet1: alice.wallet, bundleHash1: alice.verified.hash, wallet2: bob.wallet, bundleHash2: fill(9) }),
    refuse("INVALID_ARGUMENT", "a wallet of 31 bytes", "safetyNumber", { wallet1: fill(1, 31), bundleHash1: fill(1), wallet2: fill(2), bundleHash2: fill(2) }),
  ];
}

export async function vaultCases(): Promise<Draft[]> {
  const fields = { ikm: fill(0x1a), passphrase: "cafe\u0301 de flore", salt: fill(2, 16), log2N: 15 };
  const vault = await sealVault(fields);
  const base = { vault, passphrase: "caf\u00e9 de flore" };
  return [
    take("a passphrase that NFKC composes", "sealVault", fields),
    take("the same, composed already: the same vault", "sealVault", { ...fields, passphrase: base.passphrase }),
    take("another salt", "sealVault", { ...fields, salt: fill(3, 16) }),
    take("a higher cost", "sealVault", { ...fields, log2N: 16 }),
    take("composed", "openVault", base),
    take("decomposed", "openVault", { vault, passphrase: fields.passphrase }),
    refuse("INVALID_ARGUMENT", "no passphrase", "sealVault", { ...fields, passphrase: "" }),
    refuse("INVALID_ARGUMENT", "log2N 14", "sealVault", { ...fields, log2N: 14 }),
    refuse("INVALID_ARGUMENT", "a salt of 15 bytes", "sealVault", { ...fields, salt: fill(2, 15) }),
    ...refusals("openVault", base, [
      ["PASSPHRASE_WRONG", "wrong passphrase", { passphrase: "cafe de flore" }],
      ["PASSPHRASE_WRONG", "bit flip in the salt", { vault: flip(vault, 16) }],
      ["PASSPHRASE_WRONG", "bit flip in the commitment", { vault: flip(vault, 18 * 8) }],
      ["PASSPHRASE_WRONG", "another cost", { vault: withByte(vault, 1, 16) }],
      ["VAULT_UNSUPPORTED", "log2N 21", { vault: withByte(vault, 1, 21) }],
      ["VAULT_UNSUPPORTED", "log2N 14", { vault: withByte(vault, 1, 14) }],
      ["VAULT_UNSUPPORTED", "version 2", { vault: withByte(vault, 0, 2) }],
      ["VAULT_INVALID", "bit flip in the box", { vault: flip(vault, 97 * 8) }],
      ["VAULT_INVALID", "a byte short", { vault: vault.subarray(0, 97) }],
    ]),
  ];
}

