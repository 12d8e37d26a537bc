/**
 * Who computes the primitives that take the longest: `@noble/*` unless an app picks another library. Backends are
 * interchangeable: the same bytes for the same input, so which one computes is nobody's business but the clock's.
 */
import { secretbox } from "@noble/ciphers/salsa.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { ml_kem768_x25519 as xWing } from "@noble/post-quantum/hybrid.js";
import { equal, invalidArgument } from "./bytes.js";

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

// Every seal key seals exactly one plaintext, which is what makes a constant nonce sound.
const NONCE = new Uint8Array(24);

/** The default: audited JavaScript without native code. */
export const nobleBackend: CryptoBackend = {
  secretbox: (key, message) => secretbox(key, NONCE).seal(message),
  secretboxOpen: (key, box) => secretbox(key, NONCE).open(box),
  x25519: x25519.getSharedSecret,
  x25519PublicKey: x25519.getPublicKey,
  xWingPublicKey: xWing.getPublicKey,
  xWingEncapsulate: xWing.encapsulate,
  xWingDecapsulate: xWing.decapsulate,
};

let current = nobleBackend;

/** The backend in use. */
export function backend(): CryptoBackend {
  return current;
}

/**
 * Computes with another library from now on, in everything that uses this copy of the package; without an argument, with
 * noble again. It may be called at any time: no state lies in a backend, and a message sealed by one opens by the other.
 *
 * @throws INVALID_ARGUMENT for a backend that does not compute what noble computes
 * @example
 * ```ts
 * import { useCryptoBackend } from "@postern/sdk/crypto";
 * import { sodiumBackend } from "@postern/sdk/sodium";
 *
 * useCryptoBackend(await sodiumBackend());
 * ```
 */
export function useCryptoBackend(other: CryptoBackend = nobleBackend): void {
  if (other !== nobleBackend && !agrees(other)) throw invalidArgument("Pass a backend that computes what the protocol says: this one does not. Update its library.");
  current = other;
}

/** Whether a backend gives what noble gives, for one input of every primitive. */
function agrees(other: CryptoBackend): boolean {
  try {
    const theirs = sample(other);
    return sample(nobleBackend).every((bytes, i) => equal(bytes, theirs[i]!));
  } catch {
    return false;
  }
}

function sample(one: CryptoBackend): Uint8Array[] {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const coins = Uint8Array.from({ length: 64 }, (_, i) => 255 - i);
  const box = one.secretbox(key, coins);
  const publicKey = one.xWingPublicKey(key);
  const { cipherText, sharedSecret } = one.xWingEncapsulate(publicKey, coins);
  const point = one.x25519PublicKey(key);
  return [box, one.secretboxOpen(key, box), publicKey, cipherText, sharedSecret, one.xWingDecapsulate(cipherText, key), point, one.x25519(key, point)];
}
