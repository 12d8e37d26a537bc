/** Bytes for tests, made without the code that they test. */
import { createHash } from "node:crypto";

export function sha256(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export const fill = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

/** `length` bytes that look random and are the same in every run. */
export function noise(length: number, seed: string): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) bytes.set(sha256(seed, u32(at)).subarray(0, Math.min(32, length - at)), at);
  return bytes;
}
