/** One record as one file: its name, and its bytes. */
import { createHash } from "node:crypto";
import { PosternError } from "../errors.js";
import { storeFailed } from "../store/store.js";

const MAGIC = Buffer.from("postern1");
const DIGEST_BYTES = 32;
const HEADER_BYTES = MAGIC.length + DIGEST_BYTES + 2;
const MAX_KEY_BYTES = 0xffff;
/** File systems take 255 bytes. */
const MAX_FILE_NAME_BYTES = 240;
const ESCAPED = /[^a-z0-9_-]/g;

/**
 * A file name for a key. Letters, digits, `_` and `-` stand for themselves, other bytes of its UTF-8 as `%` and two digits: also
 * capitals, which some file systems take for small letters. Where that gets too long it is the key's SHA-256.
 * @throws PosternError INVALID_ARGUMENT
 */
export function fileNameOf(key: string): string {
  if (typeof key !== "string" || key === "" || /\p{Surrogate}/u.test(key) || Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new PosternError("INVALID_ARGUMENT", "Pass a key of 1 to 65,535 bytes of UTF-8, without unpaired surrogates.");
  }
  const name = `k-${Buffer.from(key).toString("latin1").replace(ESCAPED, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`)}`;
  return name.length <= MAX_FILE_NAME_BYTES ? name : `h-${createHash("sha256").update(key).digest("hex")}`;
}

/** The key that a file's name tells; "hashed" where only the file does; undefined for files that are none of ours. */
export function keyOfFileName(name: string): { readonly key: string } | "hashed" | undefined {
  if (/^h-[0-9a-f]{64}$/.test(name)) return "hashed";
  if (!/^k-(?:[a-z0-9_-]|%[0-9a-f]{2})+$/.test(name)) return undefined;
  const key = Buffer.from(name.slice(2).replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), "latin1").toString();
  return fileNameOf(key) === name ? { key } : undefined;
}

/** `postern1` ‖ SHA-256 of all that follows ‖ length of the key u16 ‖ key ‖ value. */
export function encodeRecord(key: string, value: Uint8Array): Buffer {
  const name = Buffer.from(key);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(name.length);
  return Buffer.concat([MAGIC, createHash("sha256").update(length).update(name).update(value).digest(), length, name, value]);
}

/** The key in a file and its value. @throws PosternError STORE_FAILED for a file that is torn, altered or another key's */
export function decodeRecord(file: Buffer, expected: string): { readonly key: string; readonly value: Uint8Array } {
  const body = file.subarray(MAGIC.length + DIGEST_BYTES);
  const end = body.length < 2 ? 0 : 2 + body.readUInt16LE();
  const key = body.toString("utf8", 2, end);
  const whole = file.length >= HEADER_BYTES && end <= body.length && file.subarray(0, MAGIC.length).equals(MAGIC)
    && createHash("sha256").update(body).digest().equals(file.subarray(MAGIC.length, MAGIC.length + DIGEST_BYTES));
  if (!whole || (key !== expected && fileNameOf(key) !== expected)) {
    throw storeFailed("A file of the store is damaged. Restore it from a copy, or delete it.", { reason: "damaged", key: expected });
  }
  return { key, value: Uint8Array.from(body.subarray(end)) };
}
