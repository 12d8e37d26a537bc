/**
 * The primitives of suite 1, under the names that the protocol gives them. All of them come from audited or
 * cross-checked libraries; here are only the domain separation, the length checks and the refusals.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { expand as hkdfExpand, extract as hkdfExtract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as nobleSha256, sha512 as nobleSha512 } from "@noble/hashes/sha2.js";
import { PosternError } from "../errors.js";
import { backend } from "./backend.js";
import { assertBytes, concat, copy, hasLength, invalidArgument, utf8 } from "./bytes.js";

/** The suite byte that every frame and card of this protocol starts with. */
export const SUITE = 1;
/** Bytes that {@link seal} adds. */
export const SEAL_OVERHEAD = 16;
/** X-Wing: public key, ciphertext, encapsulation coins, in bytes. */
export const KEM_PUBLIC_KEY_BYTES = 1216;
export const KEM_CIPHERTEXT_BYTES = 1120;
export const KEM_COINS_BYTES = 64;

const PRK_BYTES = 64;
const ML_KEM_Q = 3329;
const ML_KEM_T_BYTES = 1152; // the encoded vector t in front of rho and the X25519 key
const FIRST_BLOCK = Uint8Array.of(1);
const LABEL = /^[\x20-\x7e]+$/;
const labels = new Map<string, Uint8Array>();

/** `L(name)`: ASCII `postern/1 `, the name, a zero byte. Throws INVALID_ARGUMENT for a name that is not printable ASCII. */
export function label(name: string): Uint8Array {
  return copy(cachedLabel(name));
}

function cachedLabel(name: string): Uint8Array {
  let bytes = labels.get(name);
  if (bytes === undefined) {
    if (!LABEL.test(name)) throw invalidArgument("Pass a label of printable ASCII characters.");
    bytes = utf8(`postern/1 ${name}\0`);
    labels.set(name, bytes);
  }
  return bytes;
}

/** SHA-256 → 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const state = nobleSha256.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

/** `Hash(label, x…)` = SHA-256(`L(label)` ‖ x…) → 32 bytes. The caller fixes the length of every part. */
export function hash(name: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(cachedLabel(name), ...parts);
}

/** SHA-512(`L(label)` ‖ x…) → 64 bytes. */
export function hash512(name: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const state = nobleSha512.create().update(cachedLabel(name));
  for (const part of parts) state.update(part);
  return state.digest();
}

/** HKDF-Extract with HMAC-SHA-512 (RFC 5869 section 2.2) → a PRK of 64 bytes. */
export function extract(salt: Uint8Array, ikm: Uint8Array): Uint8Array {
  assertBytes(salt, "salt");
  assertBytes(ikm, "ikm");
  return hkdfExtract(nobleSha512, ikm, salt);
}

/**
 * HKDF-Expand with HMAC-SHA-512 (RFC 5869 section 2.3), info = `L(label)` ‖ ctx → `length` bytes.
 *
 * @throws INVALID_ARGUMENT for a PRK that has not 64 bytes: pass stored 32-byte secrets through {@link extract} first.
 */
export function expand(prk: Uint8Array, name: string, ctx: Uint8Array, length: number): Uint8Array {
  assertBytes(prk, "prk", PRK_BYTES);
  assertBytes(ctx, "ctx");
  if (!Number.isInteger(length) || length < 1 || length > 255 * 64) throw invalidArgument("Ask for 1 to 16,320 bytes.");
  return hkdfExpand(nobleSha512, prk, concat(cachedLabel(name), ctx), length);
}

/**
 * {@link expand} for a PRK that derives many keys of up to 64 bytes: what HMAC makes of the PRK itself is made once, which
 * is a third of the work. The function holds what is as good as the PRK: keep it no longer.
 *
 * @throws INVALID_ARGUMENT for a PRK that has not 64 bytes, or more than 64 asked for
 */
export function expander(prk: Uint8Array): (name: string, ctx: Uint8Array, length: number) => Uint8Array {
  assertBytes(prk, "prk", PRK_BYTES);
  const keyed = hmac.create(nobleSha512, prk);
  return (name, ctx, length) => {
    assertBytes(ctx, "ctx");
    if (!(length > 0 && length <= 64)) throw invalidArgument("Ask for 1 to 64 bytes.");
    return keyed.clone().update(cachedLabel(name)).update(ctx).update(FIRST_BLOCK).digest().subarray(0, length);
  };
}

/**
 * `nacl.secretbox` with a nonce of 24 zero bytes → tag 16 ‖ ciphertext. **A key seals one plaintext, ever.**
 *
 * @throws INVALID_ARGUMENT for a key that has not 32 bytes.
 */
export function seal(key: Uint8Array, message: Uint8Array): Uint8Array {
  assertBytes(key, "key", 32);
  assertBytes(message, "message");
  return backend().secretbox(key, message);
}

/** Opens what {@link seal} made; null for anything else. Throws INVALID_ARGUMENT for a key that has not 32 bytes. */
export function open(key: Uint8Array, box: Uint8Array): Uint8Array | null {
  assertBytes(key, "key", 32);
  assertBytes(box, "box");
  try {
    return backend().secretboxOpen(key, box);
  } catch {
    return null; // shorter than a tag, or the tag is another
  }
}

/**
 * X25519 (RFC 7748) → 32 bytes.
 *
 * @throws LOW_ORDER_POINT when the result is all zero: the public key has a small order and would fix the secret.
 */
export function dh(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  assertBytes(secret, "secret", 32);
  assertBytes(publicKey, "public key", 32);
  try {
    return backend().x25519(secret, publicKey);
  } catch {
    throw lowOrderPoint(); // the one reason it has with keys of 32 bytes
  }
}

/** The X25519 public key of a 32-byte secret. */
export function x25519PublicKey(secret: Uint8Array): Uint8Array {
  assertBytes(secret, "secret", 32);
  return backend().x25519PublicKey(secret);
}

/** What X25519 and X-Wing refuse. */
export function lowOrderPoint(): PosternError {
  return new PosternError("LOW_ORDER_POINT", "This public key has a small order, so no secret can be agreed with it. Refuse whoever sent it.");
}

/** True when the ML-KEM-768 part of an X-Wing public key holds only coefficients below q (FIPS 203 section 7.2). */
export function passesModulusCheck(publicKey: Uint8Array): boolean {
  if (!hasLength(publicKey, KEM_PUBLIC_KEY_BYTES)) return false;
  let passes = true;
  for (let at = 0; at < ML_KEM_T_BYTES; at += 3) {
    const three = publicKey[at]! | (publicKey[at + 1]! << 8) | (publicKey[at + 2]! << 16);
    if ((three & 0xfff) >= ML_KEM_Q || three >>> 12 >= ML_KEM_Q) passes = false;
  }
  return passes;
}

/**
 * Ed25519 (RFC 8032), strict: S < L, canonical points, no key of small order. Never throws: whatever is not a valid
 * signature is false. (tweetnacl accepts S + L and small-order keys, so it must not verify.)
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // the library throws for other types and lengths
  }
}

/** The Ed25519 public key of a 32-byte seed. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  assertBytes(seed, "seed", 32);
  return ed25519.getPublicKey(seed);
}

/** Ed25519 signature (64 bytes) with a 32-byte seed. */
export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  assertBytes(seed, "seed", 32);
  assertBytes(message, "message");
  return ed25519.sign(message, seed);
}
