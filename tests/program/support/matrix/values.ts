/** The boundaries of an argument's type, and around the value that is right. */
import { PROGRAM_ADDRESS, addressBytes } from "../../../../sdk/src/program/index.js";
import { fill, u32 } from "../bytes.js";
import type { IdlType } from "../idl.js";

export type Value = { readonly bytes: Uint8Array; /** Nothing that decodes. */ readonly malformed?: boolean };

const WIDTH: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, u64: 8 };

export const numberOf = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
const numberBytes = (value: bigint, width: number): Uint8Array => Uint8Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
const value = (...parts: readonly Uint8Array[]): Value => ({ bytes: Uint8Array.from(parts.flatMap((part) => [...part])) });

/**
 * @param right the bytes that the unchanged instruction has here
 * @param further numbers at which something turns, or whole values
 */
export function values(type: IdlType, right: Uint8Array, further: readonly (bigint | Uint8Array)[]): Value[] {
  if (typeof type === "string" && type in WIDTH) {
    const width = WIDTH[type]!;
    const max = 256n ** BigInt(width) - 1n;
    const points = [0n, 1n, 2n, 3n, max / 2n, max / 2n + 1n, max - 1n, max, numberOf(right), ...further.filter((point) => typeof point === "bigint")];
    const around = new Set(points.flatMap((point) => [point - 1n, point, point + 1n]).filter((point) => point >= 0n && point <= max));
    return [...around].map((point) => value(numberBytes(point, width)));
  }
  const whole = further.filter((point) => typeof point !== "bigint").map((bytes) => value(bytes));
  if (type === "pubkey") return [fill(32, 0), fill(32, 0xff), addressBytes(PROGRAM_ADDRESS), right.map((byte) => byte ^ 1)].map((bytes) => value(bytes)).concat(whole);
  if (type === "bytes") return [...byteStrings(right.subarray(4)), ...whole];
  if (typeof type === "object" && "array" in type) return [fill(right.length, 0), fill(right.length, 0xff), right.map((byte) => byte ^ 1)].map((bytes) => value(bytes)).concat(whole);
  if (typeof type === "object") {
    const some = right[0] === 1 ? right.subarray(1) : fill(WIDTH[type.option] ?? 32, 1);
    const given = values(type.option, some, further).map((inner) => value(Uint8Array.of(1), inner.bytes));
    // A tag that is neither 0 nor 1 is no option.
    const tags = [2, 3, 0x80, 0xff].map((tag) => ({ ...value(Uint8Array.of(tag), some), malformed: true }));
    return [value(Uint8Array.of(0)), ...given, ...tags];
  }
  throw new Error(`Say what the boundaries of ${JSON.stringify(type)} are.`);
}

/** Byte strings of many lengths, and some that claim to be longer than what follows. */
function byteStrings(right: Uint8Array): Value[] {
  const lengths = [0, 1, right.length - 1, right.length, right.length + 1, 2 * right.length].filter((length) => length >= 0 && length <= 900);
  const honest = lengths.map((length) => value(u32(length), fill(length, 7)));
  const boasting = [right.length + 1, 0xffff, 0x1_0000, 0x7fff_ffff, 0xffff_ffff].map((length) => ({ ...value(u32(length), right), malformed: true }));
  return [...honest, ...boasting];
}
