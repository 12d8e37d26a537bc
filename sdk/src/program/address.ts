/**
 * Addresses: base58 strings outside, 32 raw bytes inside, and the program-derived ones of Postern's accounts.
 *
 * Source: Solana's `Pubkey::find_program_address` (SHA-256 over seeds, bump, program and a marker; the first bump from 255
 * downwards whose hash is not a point of edwards25519).
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import base58 from "bs58";
import { PosternError } from "../errors.js";

/** A base58 string of 32 bytes. */
export type Address = string;

export const SYSTEM_PROGRAM: Address = "11111111111111111111111111111111";

const PDA_MARKER = new TextEncoder().encode("ProgramDerivedAddress");
const MAX_SEEDS = 16;
const MAX_SEED_BYTES = 32;

/**
 * The 32 bytes of a base58 address.
 * @throws PosternError INVALID_ADDRESS when it is not 32 bytes of base58.
 */
export function addressBytes(address: Address): Uint8Array {
  let bytes: Uint8Array | undefined;
  try {
    if (typeof address === "string" && address.length <= 44) bytes = base58.decode(address);
  } catch {
    bytes = undefined;
  }
  if (bytes?.length !== 32) {
    throw new PosternError("INVALID_ADDRESS", "An address is 32 bytes in base58. Check it for typing errors.");
  }
  return bytes;
}

/**
 * Base58 of 32 bytes.
 * @throws PosternError INVALID_ADDRESS for another length.
 */
export function toAddress(bytes: Uint8Array): Address {
  if (bytes.length !== 32) throw new PosternError("INVALID_ADDRESS", "An address has 32 bytes.");
  return encoded(bytes);
}

/** What bs58 answers with is a tree of forty strings, which would stay as long as the address does. */
function encoded(bytes: Uint8Array): Address {
  return [...base58.encode(bytes)].join("");
}

/** True when the bytes are a point of edwards25519, as a wallet's key is and a program-derived address never is. */
export function isOnCurve(bytes: Uint8Array): boolean {
  try {
    ed25519.Point.fromBytes(bytes, true);
    return true;
  } catch {
    return false;
  }
}

/**
 * The 32 bytes of a wallet's address.
 * @throws PosternError INVALID_ADDRESS when it is not 32 bytes of base58 or off the curve (a program's account cannot read messages).
 */
export function walletBytes(address: Address): Uint8Array {
  const bytes = addressBytes(address);
  if (!isOnCurve(bytes)) {
    throw new PosternError("INVALID_ADDRESS", "This address is off the curve: it belongs to a program, not to a wallet.");
  }
  return bytes;
}

/**
 * The program-derived address of `seeds` (at most 15 of at most 32 bytes) and its bump.
 * @throws PosternError INVALID_ARGUMENT for too many or too long seeds.
 */
export function findAddress(seeds: readonly Uint8Array[], program: Address): { address: Address; bump: number } {
  if (seeds.length >= MAX_SEEDS || seeds.some((seed) => seed.length > MAX_SEED_BYTES)) {
    throw new PosternError("INVALID_ARGUMENT", "At most 15 seeds of at most 32 bytes each.");
  }
  const hash = sha256.create();
  for (const seed of seeds) hash.update(seed);
  const programBytes = addressBytes(program);
  for (let bump = 255; bump >= 0; bump--) {
    const digest = hash.clone().update(Uint8Array.of(bump)).update(programBytes).update(PDA_MARKER).digest();
    if (!isOnCurve(digest)) return { address: encoded(digest), bump };
  }
  throw new PosternError("INVALID_ARGUMENT", "These seeds have no address off the curve.");
}

const SEED = {
  inbox: new TextEncoder().encode("inbox"),
  profile: new TextEncoder().encode("profile"),
  keys: new TextEncoder().encode("keys"),
} as const;

function u32Seed(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** Finding an address takes two thirds of a millisecond, and whoever reads a conversation again asks for the same ones. */
const known = new Map<string, Address>();
const MAX_KNOWN = 4_096;

function remembered(kind: keyof typeof SEED, key: Address, number: number | undefined, program: Address): Address {
  const name = `${kind} ${key} ${number} ${program}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  const { address } = findAddress([SEED[kind], addressBytes(key), ...(number === undefined ? [] : [u32Seed(number)])], program);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, address);
  return address;
}

/** Address of the inbox that `writer` opened at `index` (u32). Seeds: `"inbox"`, writer, index. */
export function inboxAddress(writer: Address, index: number, program: Address): Address {
  return remembered("inbox", writer, index, program);
}

/** Address of a wallet's profile. Seeds: `"profile"`, wallet. */
export function profileAddress(wallet: Address, program: Address): Address {
  return remembered("profile", wallet, undefined, program);
}

/** Address of a wallet's key bundle of `generation` (u32). Seeds: `"keys"`, wallet, generation. */
export function keyBundleAddress(wallet: Address, generation: number, program: Address): Address {
  return remembered("keys", wallet, generation, program);
}
