import { PosternError } from "../errors.js";
import { assertBytes, copy } from "./bytes.js";
import { wholeBackend } from "./noble-backend.js";
import { KEM_CIPHERTEXT_BYTES, KEM_COINS_BYTES, KEM_PUBLIC_KEY_BYTES, lowOrderPoint, passesModulusCheck } from "./suite.js";

/** X-Wing (ML-KEM-768 and X25519, draft-connolly-cfrg-xwing-kem). The secret key is a seed of 32 bytes. */
export const kem = {
  /** The public key (1,216 bytes) of a seed (32 bytes). */
  keygen(seed: Uint8Array): { readonly seed: Uint8Array; readonly publicKey: Uint8Array } {
    assertBytes(seed, "seed", 32);
    return { seed: copy(seed), publicKey: wholeBackend().xWingPublicKey(seed) };
  },

  /**
   * Ciphertext (1,120 bytes) and secret (32 bytes), a function of key and coins (64 bytes: ML-KEM's m 32 ‖ X25519 ephemeral 32).
   *
   * @throws BUNDLE_INVALID for a key that fails ML-KEM's modulus check, LOW_ORDER_POINT for one whose X25519 part has a small order.
   */
  encapsulate(publicKey: Uint8Array, coins: Uint8Array): { readonly ciphertext: Uint8Array; readonly secret: Uint8Array } {
    assertBytes(publicKey, "X-Wing public key", KEM_PUBLIC_KEY_BYTES);
    assertBytes(coins, "coins", KEM_COINS_BYTES);
    if (!passesModulusCheck(publicKey)) {
      throw new PosternError("BUNDLE_INVALID", "This X-Wing key fails ML-KEM's modulus check. Fetch the key bundle again, from another RPC node if it persists.");
    }
    try {
      const { cipherText, sharedSecret } = wholeBackend().xWingEncapsulate(publicKey, coins);
      return { ciphertext: cipherText, secret: sharedSecret };
    } catch {
      throw lowOrderPoint(); // lengths and modulus hold: the X25519 part is all that the library can still refuse
    }
  },

  /**
   * The secret (32 bytes) of a ciphertext (1,120 bytes). A wrong ML-KEM part gives another secret (implicit rejection).
   *
   * @throws LOW_ORDER_POINT when the X25519 part of the ciphertext has a small order.
   */
  decapsulate(ciphertext: Uint8Array, seed: Uint8Array): Uint8Array {
    assertBytes(ciphertext, "ciphertext", KEM_CIPHERTEXT_BYTES);
    assertBytes(seed, "seed", 32);
    try {
      return wholeBackend().xWingDecapsulate(ciphertext, seed);
    } catch {
      throw lowOrderPoint();
    }
  },
} as const;
