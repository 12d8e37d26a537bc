import { equalBytes } from "@noble/ciphers/utils.js";
import base58 from "bs58";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { PosternError } from "../errors.js";

/** A Solana address, public key or hash as its 32 raw bytes. */
export type Address32 = Uint8Array;

/** 32 zero bytes. Shared: never write to it. */
export const ZERO32: Uint8Array = new Uint8Array(32);

const encoder = new TextEncoder();

/** A coded refusal of what a caller passed. The value itself is never named: it may be a secret. */
export function invalidArgument(message: string, context: Record<string, unknown> = {}): PosternError {
  return new PosternError("INVALID_ARGUMENT", message, { context });
}

/** True for a Uint8Array (a Buffer is one) of exactly this length. */
export function hasLength(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

/** Throws INVALID_ARGUMENT unless `value` is a Uint8Array of exactly `length` bytes (of any length if none is given). */
export function assertBytes(value: unknown, name: string, length?: number): asserts value is Uint8Array {
  if (value instanceof Uint8Array && (length === undefined || value.length === length)) return;
  throw invalidArgument(`Pass ${name} as a Uint8Array${length === undefined ? "" : ` of ${length} bytes`}.`, {
    name,
    expectedBytes: length,
    actualBytes: value instanceof Uint8Array ? value.length : undefined,
  });
}

/** A copy as a plain Uint8Array. `slice` would not do: on a Buffer it returns a view. */
export function copy(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** Joins bytes into a new array. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Compares in a time that depends on the lengths only. Different lengths are unequal. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array) || a.length !== b.length) return false;
  return equalBytes(a, b);
}

function assertInteger(n: number, max: number, name: string): void {
  if (!Number.isInteger(n) || n < 0 || n > max) throw invalidArgument(`Pass a whole number from 0 to ${max} where a ${name} is wanted.`);
}

/** One byte. Throws INVALID_ARGUMENT outside 0 to 255. */
export function u8(n: number): Uint8Array {
  assertInteger(n, 0xff, "u8");
  return Uint8Array.of(n);
}

/** Two bytes, little-endian. Throws INVALID_ARGUMENT out of range. */
export function u16(n: number): Uint8Array {
  assertInteger(n, 0xffff, "u16");
  return Uint8Array.of(n, n >>> 8);
}

/** Four bytes, little-endian. Throws INVALID_ARGUMENT out of range. */
export function u32(n: number): Uint8Array {
  assertInteger(n, 0xffff_ffff, "u32");
  return Uint8Array.of(n, n >>> 8, n >>> 16, n >>> 24);
}

/** Eight bytes, little-endian, of a safe integer or a bigint. Throws INVALID_ARGUMENT out of range. */
export function u64(n: number | bigint): Uint8Array {
  if (typeof n === "number") {
    assertInteger(n, Number.MAX_SAFE_INTEGER, "u64");
    const low = n >>> 0;
    const high = (n - low) / 0x1_0000_0000;
    return Uint8Array.of(low, low >>> 8, low >>> 16, low >>> 24, high, high >>> 8, high >>> 16, high >>> 24);
  }
  if (typeof n !== "bigint" || n < 0n || n > 0xffff_ffff_ffff_ffffn) throw invalidArgument("Pass a whole number from 0 to 2^64 - 1 where a u64 is wanted.");
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, n, true);
  return bytes;
}

function viewAt(bytes: Uint8Array, at: number, length: number): DataView {
  assertBytes(bytes, "bytes");
  if (!Number.isInteger(at) || at < 0 || at + length > bytes.length) throw invalidArgument(`There are no ${length} bytes to read at this offset.`, { at });
  return new DataView(bytes.buffer, bytes.byteOffset + at, length);
}

/** Reads a little-endian u16 at an offset. Throws INVALID_ARGUMENT past the end. */
export function readU16(bytes: Uint8Array, at: number): number {
  return viewAt(bytes, at, 2).getUint16(0, true);
}

/** Reads a little-endian u32 at an offset. Throws INVALID_ARGUMENT past the end. */
export function readU32(bytes: Uint8Array, at: number): number {
  return viewAt(bytes, at, 4).getUint32(0, true);
}

/** Reads a little-endian u64 at an offset. Throws INVALID_ARGUMENT past the end. */
export function readU64(bytes: Uint8Array, at: number): bigint {
  return viewAt(bytes, at, 8).getBigUint64(0, true);
}

/** UTF-8 of a text that is known to be well-formed (the protocol's own); see `encodeText` for what a user wrote. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  assertBytes(bytes, "bytes");
  return bytesToHex(bytes);
}

/** Bytes of hexadecimal in either case. Throws INVALID_ARGUMENT. */
export function fromHex(text: string): Uint8Array {
  try {
    return hexToBytes(text);
  } catch {
    throw invalidArgument("Pass an even number of hexadecimal digits.");
  }
}

const MAX_BASE58_BYTES = 1_024;
/** A byte takes log(256) / log(58), about 1.37 characters. */
const MAX_BASE58_CHARACTERS = 1_400;

/**
 * Base58 with Bitcoin's alphabet, as Solana writes addresses. For addresses, keys and signatures: what is much longer is
 * refused with INVALID_ARGUMENT, for the time that it takes grows with the square.
 */
export function toBase58(bytes: Uint8Array): string {
  assertBytes(bytes, "bytes");
  if (bytes.length > MAX_BASE58_BYTES) throw invalidArgument("Pass fewer bytes: base58 is for addresses, keys and signatures.");
  return [...base58.encode(bytes)].join(""); // encoded, it is a tree of forty strings, kept as long as it is
}

/** Bytes of a base58 text, of exactly `length` if one is given. Throws INVALID_ARGUMENT, at once for a text that is far too long. */
export function fromBase58(text: string, length?: number): Uint8Array {
  const refusal = invalidArgument(length === undefined ? "Pass a base58 text." : `Pass a base58 text of ${length} bytes.`);
  if (typeof text !== "string" || text.length > MAX_BASE58_CHARACTERS) throw refusal;
  let bytes: Uint8Array;
  try {
    bytes = base58.decode(text);
  } catch {
    throw refusal;
  }
  if (length !== undefined && bytes.length !== length) throw refusal;
  return bytes;
}
