/**
 * libsodium (WebAssembly) for the primitives that take the longest. Needs `libsodium-wrappers` 0.8 or later beside this
 * package, and a page whose content security policy lets WebAssembly run.
 *
 * @packageDocumentation
 */
import sodium from "libsodium-wrappers";
import { nobleBackend, type CryptoBackend } from "../crypto/index.js";

export type { CryptoBackend } from "../crypto/index.js";

const NONCE = new Uint8Array(24);

/** What libsodium refuses noble decides, so that both refuse the same, with the same error. */
function orNoble<In extends unknown[], Out>(fast: (...input: In) => Out, noble: (...input: In) => Out): (...input: In) => Out {
  return (...input) => {
    try {
      return fast(...input);
    } catch {
      return noble(...input);
    }
  };
}

/**
 * A backend for `useCryptoBackend` of `@postern/sdk/crypto`, when libsodium has loaded: a handshake takes about a third of
 * noble's time and a message about half. Signatures stay noble's: libsodium refuses some that RFC 8032 allows (R of small
 * order) and noble takes, and clients must never differ in whose keys they trust. So do hashes, which the standard build lacks.
 *
 * Rejects with libsodium's own error where WebAssembly is not allowed.
 *
 * @example
 * ```ts
 * import { useCryptoBackend } from "@postern/sdk/crypto";
 * import { sodiumBackend } from "@postern/sdk/sodium";
 *
 * useCryptoBackend(await sodiumBackend());
 * ```
 */
export async function sodiumBackend(): Promise<CryptoBackend> {
  await sodium.ready;
  return {
    secretbox: (key, message) => sodium.crypto_secretbox_easy(message, NONCE, key),
    secretboxOpen: orNoble((key, box) => sodium.crypto_secretbox_open_easy(box, NONCE, key), nobleBackend.secretboxOpen),
    x25519: orNoble((secret, publicKey) => sodium.crypto_scalarmult(secret, publicKey), nobleBackend.x25519),
    x25519PublicKey: (secret) => sodium.crypto_scalarmult_base(secret),
    xWingPublicKey: (seed) => sodium.crypto_kem_xwing_seed_keypair(seed).publicKey,
    xWingEncapsulate: orNoble((publicKey, coins) => {
      const { ciphertext, sharedSecret } = sodium.crypto_kem_xwing_enc_deterministic(publicKey, coins);
      return { cipherText: ciphertext, sharedSecret };
    }, nobleBackend.xWingEncapsulate),
    xWingDecapsulate: orNoble((ciphertext, seed) => sodium.crypto_kem_xwing_dec(ciphertext, seed), nobleBackend.xWingDecapsulate),
  };
}
