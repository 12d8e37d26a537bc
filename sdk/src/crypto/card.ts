import { PosternError } from "../errors.js";
import { type Address32, assertBytes, concat, copy, hasLength, invalidArgument, readU32, u32 } from "./bytes.js";
import { KEM_PUBLIC_KEY_BYTES, SUITE, hash } from "./suite.js";

/** Bytes of an encoded card. */
export const CARD_BYTES = 142;

/** What a wallet signs to certify a card: the text (0), or a transaction that carries it and is never sent (2). */
export const CERTIFICATE_KIND = { text: 0, transaction: 2 } as const;
export type CertificateKind = (typeof CERTIFICATE_KIND)[keyof typeof CERTIFICATE_KIND];

/** What a wallet certifies of one generation. Times are Unix seconds. */
export type Card = {
  readonly certificateKind: CertificateKind;
  readonly generation: number;
  readonly validFrom: number;
  readonly validUntil: number;
  readonly wallet: Address32;
  readonly delegate: Address32;
  /** X25519 public key, 32 bytes. */
  readonly identity: Uint8Array;
  /** `Hash("x-wing key", EK)`, 32 bytes. */
  readonly keyHash: Uint8Array;
};

/** A card of suite 1 → 142 bytes. Throws INVALID_ARGUMENT. */
export function encodeCard(card: Card): Uint8Array {
  if (card.certificateKind !== CERTIFICATE_KIND.text && card.certificateKind !== CERTIFICATE_KIND.transaction) throw invalidArgument("A card's certificate kind is 0 or 2.");
  assertBytes(card.wallet, "wallet", 32);
  assertBytes(card.delegate, "delegate", 32);
  assertBytes(card.identity, "identity", 32);
  assertBytes(card.keyHash, "key hash", 32);
  return concat(
    Uint8Array.of(SUITE, card.certificateKind),
    u32(card.generation),
    u32(card.validFrom),
    u32(card.validUntil),
    card.wallet,
    card.delegate,
    card.identity,
    card.keyHash,
  );
}

/**
 * Reads a card's fields; whether they make sense is `verifyCard`'s to say.
 *
 * @throws BUNDLE_INVALID for a wrong length, BUNDLE_UNSUPPORTED for another suite or certificate kind.
 */
export function decodeCard(bytes: Uint8Array): Card {
  if (!hasLength(bytes, CARD_BYTES)) throw new PosternError("BUNDLE_INVALID", `A card has ${CARD_BYTES} bytes. Fetch the key bundle again.`);
  const [suite, certificateKind] = bytes;
  if (suite !== SUITE || (certificateKind !== CERTIFICATE_KIND.text && certificateKind !== CERTIFICATE_KIND.transaction)) {
    throw new PosternError("BUNDLE_UNSUPPORTED", "This card has a suite or certificate kind that this version does not know. Update the SDK.", {
      context: { suite, certificateKind },
    });
  }
  return {
    certificateKind,
    generation: readU32(bytes, 2),
    validFrom: readU32(bytes, 6),
    validUntil: readU32(bytes, 10),
    wallet: copy(bytes, 14, 46),
    delegate: copy(bytes, 46, 78),
    identity: copy(bytes, 78, 110),
    keyHash: copy(bytes, 110, 142),
  };
}

/** `Hash("x-wing key", EK)` of an X-Wing public key (1,216 bytes). Throws INVALID_ARGUMENT. */
export function keyHash(xWing: Uint8Array): Uint8Array {
  assertBytes(xWing, "X-Wing public key", KEM_PUBLIC_KEY_BYTES);
  return hash("x-wing key", xWing);
}

/** `Hash("key bundle", D, card)`: names a bundle in handshakes, pins and safety numbers. Throws INVALID_ARGUMENT. */
export function bundleHash(domain: Uint8Array, card: Uint8Array): Uint8Array {
  assertBytes(domain, "domain", 32);
  assertBytes(card, "card", CARD_BYTES);
  return hash("key bundle", domain, card);
}
