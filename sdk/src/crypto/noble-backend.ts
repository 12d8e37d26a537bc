/** noble's backend whole, X-Wing included, and how an app picks another. */
import { ml_kem768_x25519 as xWing } from "@noble/post-quantum/hybrid.js";
import { nobleCore, pickBackend, pickedBackend, type CryptoBackend } from "./backend.js";
import { equal, invalidArgument } from "./bytes.js";

/** The default: audited JavaScript without native code. */
export const nobleBackend: CryptoBackend = {
  ...nobleCore,
  xWingPublicKey: xWing.getPublicKey,
  xWingEncapsulate: xWing.encapsulate,
  xWingDecapsulate: xWing.decapsulate,
};

/** The backend in use, X-Wing included. */
export function wholeBackend(): CryptoBackend {
  return pickedBackend() ?? nobleBackend;
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
  pickBackend(other === nobleBackend ? undefined : other);
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
