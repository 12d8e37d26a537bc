import { PosternError } from "../errors.js";
import { type Address32, copy, equal, hasLength, invalidArgument } from "./bytes.js";
import { type Card, bundleHash, decodeCard, keyHash } from "./card.js";
import { certificateMessage } from "./certificate.js";
import type { Cluster } from "./domain.js";
import { MAX_GENERATION } from "./generation.js";
import { KEM_PUBLIC_KEY_BYTES, passesModulusCheck, verify } from "./suite.js";

/** The longest lifetime that a verifier takes. */
export const MAX_LIFETIME_SECONDS = 400 * 86_400;
/** The lifetime that the SDK gives its own cards. */
export const DEFAULT_LIFETIME_SECONDS = 180 * 86_400;
/** How far a card's start may lie ahead of the local clock. */
export const CLOCK_SKEW_SECONDS = 300;

/** A card with the wallet's signature of its certificate message. */
export type CertifiedCard = { readonly card: Uint8Array; readonly certificate: Uint8Array };
/** What stands on chain: card (142 bytes), certificate (64 bytes), X-Wing public key (1,216 bytes). */
export type KeyBundle = CertifiedCard & { readonly xWing: Uint8Array };
/** A card that its wallet has certified, and the bundle hash that names it. */
export type VerifiedCard = { readonly card: Card; readonly hash: Uint8Array };
/** A verified card with the X-Wing key that belongs to it. */
export type VerifiedBundle = VerifiedCard & { readonly xWing: Uint8Array };
/** Whose card is asked for; what is not given is not compared. */
export type ExpectedCard = { readonly wallet?: Address32; readonly generation?: number };
/** What a client remembers of the newest bundle of a wallet. */
export type Pin = { readonly validFrom: number; readonly generation: number; readonly hash: Uint8Array };

/**
 * Verifies a card and its certificate, as they come in a handshake: without the X-Wing key and without a clock.
 *
 * @throws in this order: BUNDLE_UNSUPPORTED, BUNDLE_MISPLACED, BUNDLE_INVALID, CERTIFICATE_INVALID
 */
export function verifyCard(cluster: Cluster, certified: CertifiedCard, expected: ExpectedCard = {}): VerifiedCard {
  const card = checkedCard(certified.card, expected);
  return { card, hash: verifyCertificate(cluster, card, certified) };
}

/**
 * Verifies a bundle from the chain: {@link verifyCard} and the X-Wing key.
 *
 * @throws in this order: BUNDLE_UNSUPPORTED, BUNDLE_MISPLACED, BUNDLE_INVALID, CERTIFICATE_INVALID
 */
export function verifyBundle(cluster: Cluster, bundle: KeyBundle, expected: ExpectedCard): VerifiedBundle {
  const card = checkedCard(bundle.card, expected);
  if (!hasLength(bundle.xWing, KEM_PUBLIC_KEY_BYTES) || !equal(keyHash(bundle.xWing), card.keyHash)) {
    throw new PosternError("BUNDLE_INVALID", "The X-Wing key is not the one that the card names. Fetch the key bundle again, from another RPC node if it persists.");
  }
  if (!passesModulusCheck(bundle.xWing)) {
    throw new PosternError("BUNDLE_INVALID", "The X-Wing key fails ML-KEM's modulus check. Ask the peer to publish new keys.");
  }
  return { card, hash: verifyCertificate(cluster, card, bundle), xWing: copy(bundle.xWing) };
}

function checkedCard(bytes: Uint8Array, expected: ExpectedCard): Card {
  const card = decodeCard(bytes);
  const { wallet, generation } = expected;
  if ((wallet !== undefined && !equal(card.wallet, wallet)) || (generation !== undefined && card.generation !== generation)) {
    throw new PosternError("BUNDLE_MISPLACED", "This card is of another wallet or generation than the one asked for. Fetch the key bundle from another RPC node.");
  }
  const lifetime = card.validUntil - card.validFrom;
  if (card.generation > MAX_GENERATION || lifetime <= 0 || lifetime > MAX_LIFETIME_SECONDS) {
    throw new PosternError("BUNDLE_INVALID", "This card has a generation or a lifetime that is not allowed. Ask the peer to publish new keys.");
  }
  return card;
}

function verifyCertificate(cluster: Cluster, card: Card, certified: CertifiedCard): Uint8Array {
  const { programId, genesisHash, scope } = cluster;
  const hash = bundleHash(cluster.domain, certified.card);
  const message = certificateMessage({ card, programId, genesisHash, scope, bundleHash: hash });
  if (!verify(certified.certificate, message, card.wallet)) {
    throw new PosternError("CERTIFICATE_INVALID", "The wallet has not signed these keys for this program, network and scope. Do not use them.");
  }
  return hash;
}

/**
 * Checks a card against the local clock (Unix seconds). Only for opening and accepting; reading needs no clock.
 *
 * @throws BUNDLE_EXPIRED unless from - 300 s ≤ now < until
 */
export function checkBundleTime(card: Pick<Card, "validFrom" | "validUntil">, nowSeconds: number): void {
  if (!Number.isFinite(nowSeconds)) throw invalidArgument("Pass the time as Unix seconds.");
  if (nowSeconds >= card.validFrom - CLOCK_SKEW_SECONDS && nowSeconds < card.validUntil) return;
  throw new PosternError("BUNDLE_EXPIRED", "These keys are not valid now. Check the clock; if it is right, ask the peer to publish new keys.", {
    context: { validFrom: card.validFrom, validUntil: card.validUntil },
  });
}

/**
 * Compares a verified bundle with the newest one seen of the same wallet. The order is by *valid from*, then by
 * generation, so that a forged high generation cannot lock the true owner out.
 *
 * @returns "new" without a pin, "same" for the pinned bundle, "newer" for one that replaces the pin.
 * @throws KEYS_ROLLED_BACK, KEYS_CONFLICT
 */
export function checkPin(pin: Pin | undefined, bundle: Pin): "new" | "same" | "newer" {
  if (pin === undefined) return "new";
  const order = bundle.validFrom - pin.validFrom || bundle.generation - pin.generation;
  if (order > 0) return "newer";
  if (order < 0) throw new PosternError("KEYS_ROLLED_BACK", "These keys are older than ones already seen of this wallet. Ask another RPC node.");
  if (equal(pin.hash, bundle.hash)) return "same";
  throw new PosternError("KEYS_CONFLICT", "This wallet has certified two different key bundles for the same time and generation. Ask its owner before writing.");
}
