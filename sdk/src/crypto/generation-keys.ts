import { heldKeys, type HeldKeys } from "./generation.js";
import { kem } from "./kem.js";

/** All keys of one generation. */
export type GenerationKeys = HeldKeys & {
  /** X-Wing: receives handshakes. The public key (1,216 bytes) is computed when first read. */
  readonly kem: { readonly seed: Uint8Array; readonly publicKey: Uint8Array };
};

/** All keys of a generation from its secret. Throws INVALID_ARGUMENT. */
export function generationKeys(domain: Uint8Array, g: Uint8Array): GenerationKeys {
  const held = heldKeys(domain, g);
  const { seed } = held.kem;
  let publicKey: Uint8Array | undefined;
  return {
    ...held,
    kem: {
      seed,
      get publicKey(): Uint8Array {
        return (publicKey ??= kem.keygen(seed).publicKey);
      },
    },
  };
}
