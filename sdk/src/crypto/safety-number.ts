import { type Address32, assertBytes } from "./bytes.js";
import { hash512 } from "./suite.js";

const GROUPS = 12;
const BYTES_PER_GROUP = 5;

/** One side of a conversation: its wallet and the hash of its current key bundle, 32 bytes each. */
export type SafetySide = { readonly wallet: Address32; readonly hash: Uint8Array };

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/**
 * The number (60 digits, no spaces) that two people compare to be sure of each other's keys: the same on both sides,
 * another as soon as either changes keys. Throws INVALID_ARGUMENT.
 */
export function safetyNumber(a: SafetySide, b: SafetySide): string {
  for (const side of [a, b]) {
    assertBytes(side.wallet, "wallet", 32);
    assertBytes(side.hash, "bundle hash", 32);
  }
  const [first, second] = (compare(a.wallet, b.wallet) || compare(a.hash, b.hash)) <= 0 ? [a, b] : [b, a];
  const digest = hash512("safety", first.wallet, first.hash, second.wallet, second.hash);
  let digits = "";
  for (let group = 0; group < GROUPS; group++) {
    let value = 0; // 40 bits: exact in a number
    for (let i = 0; i < BYTES_PER_GROUP; i++) value = value * 256 + digest[group * BYTES_PER_GROUP + i]!;
    digits += String(value % 100_000).padStart(5, "0");
  }
  return digits;
}
