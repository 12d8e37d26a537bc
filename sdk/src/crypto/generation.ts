import { type Address32, assertBytes, invalidArgument, u32 } from "./bytes.js";
import { ed25519PublicKey, expand, extract, x25519PublicKey } from "./suite.js";

/** The highest generation number. */
export const MAX_GENERATION = 65_535;

const NOTHING = new Uint8Array(0);

/** The keys of one generation, functions of its 32-byte secret, but for the X-Wing public key, which takes long to compute. */
export type HeldKeys = {
  /** X25519: agrees on secrets with peers. */
  readonly identity: { readonly secret: Uint8Array; readonly publicKey: Uint8Array };
  /** X-Wing: receives handshakes. */
  readonly kem: { readonly seed: Uint8Array };
  /** Ed25519: signs Solana transactions and nothing else. */
  readonly delegate: { readonly seed: Uint8Array; readonly publicKey: Uint8Array };
  /** PRK (64 bytes) of this wallet's own boxes. */
  readonly owner: Uint8Array;
};

/** `g_k` (32 bytes) of generation k, 0 to 65,535. Generations are independent of each other without the root. Throws INVALID_ARGUMENT. */
export function generationSecret(domain: Uint8Array, root: Uint8Array, k: number): Uint8Array {
  assertBytes(domain, "domain", 32);
  assertBytes(root, "root", 32);
  if (!Number.isInteger(k) || k < 0 || k > MAX_GENERATION) throw invalidArgument("Pass a generation from 0 to 65,535.");
  return expand(extract(domain, root), "generation", u32(k), 32);
}

function generationPrk(domain: Uint8Array, g: Uint8Array): Uint8Array {
  assertBytes(domain, "domain", 32);
  assertBytes(g, "generation secret", 32);
  return extract(domain, g);
}

/** What a device holds of a generation, from its secret. Throws INVALID_ARGUMENT. */
export function heldKeys(domain: Uint8Array, g: Uint8Array): HeldKeys {
  const prk = generationPrk(domain, g);
  const identity = expand(prk, "identity", NOTHING, 32);
  const delegate = expand(prk, "delegate", NOTHING, 32);
  return {
    identity: { secret: identity, publicKey: x25519PublicKey(identity) },
    kem: { seed: expand(prk, "x-wing", NOTHING, 32) },
    delegate: { seed: delegate, publicKey: ed25519PublicKey(delegate) },
    owner: expand(prk, "owner", NOTHING, 64),
  };
}

/** Ed25519 seed of the i-th writer of private mode. Throws INVALID_ARGUMENT. */
export function writerSeed(domain: Uint8Array, g: Uint8Array, i: number): Uint8Array {
  return expand(generationPrk(domain, g), "writer", u32(i), 32);
}

/** Ed25519 seed of the key that acknowledges for inbox X in private mode. Throws INVALID_ARGUMENT. */
export function readerSeed(domain: Uint8Array, g: Uint8Array, inbox: Address32): Uint8Array {
  assertBytes(inbox, "inbox", 32);
  return expand(generationPrk(domain, g), "reader", inbox, 32);
}
