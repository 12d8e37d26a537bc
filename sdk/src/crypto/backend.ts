/**
 * Who computes the primitives that take the longest: `@noble/*` unless an app picks another library. Backends are
 * interchangeable: the same bytes for the same input, so which one computes is nobody's business but the clock's.
 */
import { secretbox } from "@noble/ciphers/salsa.js";
import { x25519 } from "@noble/curves/ed25519.js";

/**
 * The primitives that a library may compute in noble's place. Lengths are checked before a call, and secrets are the
 * caller's: a backend changes and keeps none of what it is given. Signatures are not among them, for libraries differ in
 * which odd ones they take.
 */
export type CryptoBackend = {
  /** `nacl.secretbox` with a nonce of 24 zero bytes: key 32 → tag 16 ‖ ciphertext. */
  readonly secretbox: (key: Uint8Array, message: Uint8Array) => Uint8Array;
  /** What was sealed. Throws for anything that this key has not sealed. */
  readonly secretboxOpen: (key: Uint8Array, box: Uint8Array) => Uint8Array;
  /** X25519 (RFC 7748) → 32 bytes. Throws where they are all zero. */
  readonly x25519: (secret: Uint8Array, publicKey: Uint8Array) => Uint8Array;
  readonly x25519PublicKey: (secret: Uint8Array) => Uint8Array;
  /** X-Wing: the public key (1,216 bytes) of a seed (32 bytes). */
  readonly xWingPublicKey: (seed: Uint8Array) => Uint8Array;
  /** X-Wing with coins of 64 bytes → ciphertext 1,120 and secret 32. Throws for an X25519 part of small order. */
  readonly xWingEncapsulate: (publicKey: Uint8Array, coins: Uint8Array) => { readonly cipherText: Uint8Array; readonly sharedSecret: Uint8Array };
  readonly xWingDecapsulate: (ciphertext: Uint8Array, seed: Uint8Array) => Uint8Array;
};

/** What every message needs; X-Wing is apart, for only handshakes do. */
export type CoreBackend = Omit<CryptoBackend, `xWing${string}`>;

// Every seal key seals exactly one plaintext, which is what makes a constant nonce sound.
const NONCE = new Uint8Array(24);

/** noble's part of it. */
export const nobleCore: CoreBackend = {
  secretbox: (key, message) => secretbox(key, NONCE).seal(message),
  secretboxOpen: (key, box) => secretbox(key, NONCE).open(box),
  x25519: x25519.getSharedSecret,
  x25519PublicKey: x25519.getPublicKey,
};

let picked: CryptoBackend | undefined;

/** The backend that an app has picked. */
export function pickedBackend(): CryptoBackend | undefined {
  return picked;
}

/** Undefined for noble again. */
export function pickBackend(other: CryptoBackend | undefined): void {
  picked = other;
}

/** The backend in use. */
export function backend(): CoreBackend {
  return picked ?? nobleCore;
}
