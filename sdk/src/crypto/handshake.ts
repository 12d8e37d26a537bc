import { PosternError } from "../errors.js";
import { type Address32, ZERO32, assertBytes, concat, copy, equal, hasLength, invalidArgument, readU32, u32 } from "./bytes.js";
import { type CertifiedCard, type VerifiedBundle, verifyCard } from "./bundle.js";
import { CARD_BYTES, type Card, bundleHash, decodeCard } from "./card.js";
import type { Cluster } from "./domain.js";
import { type HeldKeys, MAX_GENERATION } from "./generation.js";
import { kem } from "./kem.js";
import { type InboxIdentity, inboxContext } from "./owner-box.js";
import { KEM_CIPHERTEXT_BYTES, KEM_COINS_BYTES, KEM_PUBLIC_KEY_BYTES, SUITE, dh, expand, extract, hash, open, seal } from "./suite.js";

/** H = generation 4 ‖ X-Wing ciphertext 1,120 ‖ sender box 254 ‖ confirm 32. */
export const HANDSHAKE_BYTES = 1410;
/** Bytes of H in frame 0 when the writer pays, and when a sponsor pays. */
export const SPLIT_DIRECT = 624;
export const SPLIT_SPONSORED = 600;

const SPLIT_MIN = 462;
const SPLIT_MAX = 948;
const BOX_AT = 4 + KEM_CIPHERTEXT_BYTES;
const CONFIRM_AT = BOX_AT + 254;
const CERTIFICATE_AT = CARD_BYTES; // in the sender box: flags 1 ‖ card without its suite byte 141
const READER_AT = CERTIFICATE_AT + 64;
const NOTHING = new Uint8Array(0);

/** What opens a thread: the bytes for frames 0 and 1, and the thread's secret (32 bytes). */
export type Initiation = { readonly handshake: Uint8Array; readonly thread: Uint8Array };

/** What a handshake proves and carries. */
export type Response = {
  /** The generation of ours that it was made for. */
  readonly generation: number;
  readonly sender: { readonly card: Card; readonly cardBytes: Uint8Array; readonly certificate: Uint8Array; readonly hash: Uint8Array };
  /** The key that acknowledges our answers. */
  readonly reader: Address32;
  readonly thread: Uint8Array;
  /** How the sender is proven: the chain checked the delegate's signature, or (deniable) only the shared secret does. */
  readonly proof: "delegate" | "shared secret";
};

type Recipient = { readonly wallet: Address32; readonly generation: number; readonly bundleHash: Uint8Array };

function transcript(cluster: Cluster, context: Uint8Array, to: Recipient, ciphertext: Uint8Array): Uint8Array {
  return hash("handshake", cluster.domain, context, to.wallet, u32(to.generation), to.bundleHash, ciphertext);
}

function hybridStage(t1: Uint8Array, secret: Uint8Array): { boxKey: Uint8Array; chain: Uint8Array } {
  const prk = extract(t1, secret);
  return { boxKey: expand(prk, "sender box", NOTHING, 32), chain: expand(prk, "chain", NOTHING, 64) };
}

function staticStage(t1: Uint8Array, box: Uint8Array, senderHash: Uint8Array, chain: Uint8Array, shared: Uint8Array) {
  const prk = extract(hash("handshake 2", t1, box, senderHash), concat(chain, shared));
  return { thread: expand(prk, "thread", NOTHING, 32), confirm: expand(prk, "confirm", NOTHING, 32) };
}

/**
 * Makes the handshake that opens a thread with a peer (Noise X with X-Wing for `e, es`). A pure function of its
 * arguments: any device of the owner rebuilds the same bytes, so an interrupted opening resumes.
 *
 * @param fields `peer` must come from `verifyBundle`; `reader` is the key that will acknowledge the peer's answers
 * @throws LOW_ORDER_POINT for a peer's key of small order, BUNDLE_INVALID, BUNDLE_UNSUPPORTED, INVALID_ARGUMENT
 */
export function initiate(
  fields: InboxIdentity & {
    readonly cluster: Cluster;
    readonly owner: Uint8Array;
    readonly identitySecret: Uint8Array;
    readonly ownCard: Uint8Array;
    readonly ownCertificate: Uint8Array;
    readonly peer: VerifiedBundle;
    readonly reader: Address32;
  },
): Initiation {
  const { cluster, owner, identitySecret, ownCard, ownCertificate, peer, reader } = fields;
  const context = inboxContext(fields);
  assertBytes(identitySecret, "identity secret", 32);
  assertBytes(ownCertificate, "certificate", 64);
  assertBytes(reader, "reader", 32);
  assertBytes(peer.hash, "bundle hash", 32);
  assertBytes(peer.card.wallet, "wallet", 32);
  assertBytes(peer.xWing, "X-Wing public key", KEM_PUBLIC_KEY_BYTES);
  decodeCard(ownCard); // the box leaves the suite byte out, so it must be ours
  const { wallet, generation, identity } = peer.card;
  const ownHash = bundleHash(cluster.domain, ownCard);

  const coins = expand(owner, "coins", concat(context, wallet, u32(generation), peer.hash, ownHash, reader), KEM_COINS_BYTES);
  const { ciphertext, secret } = kem.encapsulate(peer.xWing, coins);
  const t1 = transcript(cluster, context, { wallet, generation, bundleHash: peer.hash }, ciphertext);
  const { boxKey, chain } = hybridStage(t1, secret);
  const box = seal(boxKey, concat(Uint8Array.of(0), ownCard.subarray(1), ownCertificate, reader));
  const { thread, confirm } = staticStage(t1, box, ownHash, chain, dh(identitySecret, identity));
  return { handshake: concat(u32(generation), ciphertext, box, confirm), thread };
}

/** Frames 0 and 1 of a handshake; `n` bytes of it (462 to 948) go into frame 0. Throws INVALID_ARGUMENT. */
export function splitHandshake(handshake: Uint8Array, n: number = SPLIT_DIRECT): [Uint8Array, Uint8Array] {
  assertBytes(handshake, "handshake", HANDSHAKE_BYTES);
  if (!Number.isInteger(n) || n < SPLIT_MIN || n > SPLIT_MAX) throw invalidArgument(`Split a handshake after ${SPLIT_MIN} to ${SPLIT_MAX} bytes.`);
  return [concat(Uint8Array.of(SUITE, 0), handshake.subarray(0, n)), concat(Uint8Array.of(SUITE, 1), handshake.subarray(n))];
}

/** The handshake in frames 0 and 1. Throws HANDSHAKE_MALFORMED unless they start `01 00` and `01 01` and hold 1,410 bytes. */
export function joinHandshake(frame0: Uint8Array, frame1: Uint8Array): Uint8Array {
  assertBytes(frame0, "frame 0");
  assertBytes(frame1, "frame 1");
  const wellFormed = frame0[0] === SUITE && frame0[1] === 0 && frame1[0] === SUITE && frame1[1] === 1;
  if (!wellFormed || frame0.length + frame1.length !== HANDSHAKE_BYTES + 4) throw malformed();
  return concat(frame0.subarray(2), frame1.subarray(2));
}

function malformed(): PosternError {
  return new PosternError("HANDSHAKE_MALFORMED", "The first two frames of this inbox are no handshake. Ignore the inbox.");
}

/**
 * Reads a handshake that was sent to `wallet`. Nothing is fetched: the sender's card and certificate are inside.
 * No clock is read; whether both generations are fresh enough to accept is the client's to check.
 *
 * @param fields `generationKeys` gives the keys and own bundle hash of a generation that is still held
 * @throws in this order: HANDSHAKE_MALFORMED, GENERATION_UNKNOWN, HANDSHAKE_NOT_FOR_ME, HANDSHAKE_UNSUPPORTED, the codes of
 * `verifyCard`, LOW_ORDER_POINT, SENDER_NOT_AUTHENTIC
 */
export function respond(
  fields: InboxIdentity & {
    readonly cluster: Cluster;
    readonly wallet: Address32;
    readonly handshake: Uint8Array;
    readonly generationKeys: (generation: number) => { readonly keys: HeldKeys; readonly bundleHash: Uint8Array } | undefined;
  },
): Response {
  const { cluster, wallet, handshake } = fields;
  const context = inboxContext(fields);
  assertBytes(wallet, "wallet", 32);
  if (!hasLength(handshake, HANDSHAKE_BYTES)) throw malformed();

  const generation = readU32(handshake, 0);
  const held = generation <= MAX_GENERATION ? fields.generationKeys(generation) : undefined;
  if (held === undefined) {
    throw new PosternError("GENERATION_UNKNOWN", "This was sent to a generation of our keys that is no longer held. The sender must fetch the current keys and open again.", { context: { generation } });
  }
  assertBytes(held.bundleHash, "bundle hash", 32);

  const ciphertext = handshake.subarray(4, BOX_AT);
  const box = handshake.subarray(BOX_AT, CONFIRM_AT);
  const t1 = transcript(cluster, context, { wallet, generation, bundleHash: held.bundleHash }, ciphertext);
  const { boxKey, chain } = hybridStage(t1, decapsulate(ciphertext, held.keys.kem.seed));
  const plain = open(boxKey, box);
  if (plain === null) throw notForMe();
  if (plain[0] !== 0) throw new PosternError("HANDSHAKE_UNSUPPORTED", "This handshake uses a feature that this version does not know. Update the SDK.");

  const certified: CertifiedCard = { card: concat(Uint8Array.of(SUITE), plain.subarray(1, CERTIFICATE_AT)), certificate: copy(plain, CERTIFICATE_AT, READER_AT) };
  const { card, hash: senderHash } = verifyCard(cluster, certified);
  const { thread, confirm } = staticStage(t1, box, senderHash, chain, dh(held.keys.identity.secret, card.identity));
  if (!equal(confirm, handshake.subarray(CONFIRM_AT))) {
    throw new PosternError("SENDER_NOT_AUTHENTIC", "Whoever wrote this does not hold the keys of the card in it. Ignore the inbox.");
  }
  const reader = copy(plain, READER_AT);
  if (equal(reader, ZERO32)) throw malformed(); // nobody could acknowledge what it is given
  return {
    generation,
    sender: { card, cardBytes: certified.card, certificate: certified.certificate, hash: senderHash },
    reader,
    thread,
    proof: equal(card.delegate, fields.writer) ? "delegate" : "shared secret",
  };
}

function decapsulate(ciphertext: Uint8Array, seed: Uint8Array): Uint8Array {
  assertBytes(seed, "X-Wing seed", 32);
  try {
    return kem.decapsulate(ciphertext, seed);
  } catch {
    throw notForMe();
  }
}

function notForMe(): PosternError {
  return new PosternError("HANDSHAKE_NOT_FOR_ME", "This handshake was not made for our keys and this inbox. Ignore the inbox.");
}
