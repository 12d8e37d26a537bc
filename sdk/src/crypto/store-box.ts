/** How a device's own records are sealed, so that the place where they are kept learns neither what they say nor what they are called. */
import { assertBytes, concat, copy, fromHex, invalidArgument, toHex, u16, u8, utf8 } from "./bytes.js";
import { expand, extract, open, seal, SEAL_OVERHEAD } from "./suite.js";

const NOTHING = new Uint8Array(0);
const VERSION = 1;
/** Names are padded to multiples of this, so that those of 63 bytes and less look alike. */
const NAME_BLOCK_BYTES = 64;
const NAME_SALT_BYTES = 16;
const MAX_NAME_BYTES = 1_024;
/** Values are padded to 128, 256, 512, 1,024 bytes, and from there to multiples of 1,024. */
const MIN_VALUE_BYTES = 128;
const VALUE_BLOCK_BYTES = 1_024;
const RECORD_SALT_BYTES = 24;

/** The keys of one wallet's records in a store. */
export type StoreKeys = {
  /** 16 bytes: tells one wallet's records from those of others in the same store. */
  readonly scope: Uint8Array;
  /** PRK (64 bytes) of names. */
  readonly names: Uint8Array;
  /** PRK (64 bytes) of records. */
  readonly records: Uint8Array;
};

/** The keys of a store from its secret, which `storeSecret` derives. Throws INVALID_ARGUMENT. */
export function storeKeys(domain: Uint8Array, secret: Uint8Array): StoreKeys {
  assertBytes(domain, "domain", 32);
  assertBytes(secret, "store secret", 32);
  const prk = extract(domain, secret);
  return {
    scope: expand(prk, "store scope", NOTHING, 16),
    names: expand(prk, "store names", NOTHING, 64),
    records: expand(prk, "store records", NOTHING, 64),
  };
}

/**
 * A record's name, hidden: the same for the same name, telling nothing but which step of 64 bytes its length is in. Lower-case hex of
 * salt 16 ‖ `Seal(padded name)`. The salt is a MAC of the name, and the key is of the salt (as in SIV, RFC 5297): a key seals one
 * name. Throws INVALID_ARGUMENT for a name of more than 1,024 bytes.
 */
export function hideName({ names }: StoreKeys, name: string): string {
  const bytes = utf8(name);
  if (bytes.length > MAX_NAME_BYTES) throw invalidArgument("Pass a name of at most 1,024 bytes.");
  const padded = pad(bytes, stepAbove(bytes.length, NAME_BLOCK_BYTES));
  const salt = expand(names, "store name", padded, NAME_SALT_BYTES);
  return toHex(concat(salt, seal(expand(names, "store name key", salt, 32), padded)));
}

/** What {@link hideName} hid; undefined for anything else. */
export function revealName({ names }: StoreKeys, hidden: string): string | undefined {
  if (!/^(?:[0-9a-f]{2})+$/.test(hidden)) return undefined;
  const bytes = fromHex(hidden);
  if (bytes.length < NAME_SALT_BYTES + SEAL_OVERHEAD) return undefined;
  const padded = open(expand(names, "store name key", copy(bytes, 0, NAME_SALT_BYTES), 32), copy(bytes, NAME_SALT_BYTES));
  const name = padded && unpad(padded);
  return name ? new TextDecoder().decode(name) : undefined;
}

/**
 * Seals a record → version 1 ‖ salt 24 ‖ `Seal(padded value)`, under a key of the name and the salt. The salt is a MAC of name, value
 * and `random`: even with a broken random source a key seals one value.
 *
 * @param random 24 random bytes. Throws INVALID_ARGUMENT.
 */
export function sealRecord(keys: StoreKeys, name: string, value: Uint8Array, random: Uint8Array): Uint8Array {
  assertBytes(value, "value");
  assertBytes(random, "random", RECORD_SALT_BYTES);
  const padded = pad(value, paddedBytes(value.length));
  const salt = expand(keys.records, "store record", concat(framed(name), random, padded), RECORD_SALT_BYTES);
  return concat(u8(VERSION), salt, seal(recordKey(keys, name, salt), padded));
}

/** Opens what {@link sealRecord} made under this name; undefined for anything else: another name, another wallet, altered bytes. */
export function openRecord(keys: StoreKeys, name: string, box: Uint8Array): Uint8Array | undefined {
  const sealedAt = 1 + RECORD_SALT_BYTES;
  if (box[0] !== VERSION || box.length < sealedAt + SEAL_OVERHEAD) return undefined;
  const padded = open(recordKey(keys, name, copy(box, 1, sealedAt)), copy(box, sealedAt));
  return padded === null ? undefined : unpad(padded);
}

function recordKey({ records }: StoreKeys, name: string, salt: Uint8Array): Uint8Array {
  return expand(records, "store record key", concat(framed(name), salt), 32);
}

/** Length u16 ‖ name: what stands behind cannot be taken for a part of it. */
function framed(name: string): Uint8Array {
  const bytes = utf8(name);
  return concat(u16(bytes.length), bytes);
}

const stepAbove = (length: number, step: number): number => (Math.floor(length / step) + 1) * step;

function paddedBytes(length: number): number {
  let size = MIN_VALUE_BYTES;
  while (size <= length && size < VALUE_BLOCK_BYTES) size *= 2;
  return size > length ? size : stepAbove(length, VALUE_BLOCK_BYTES);
}

/** `80` and zero bytes behind (ISO/IEC 7816-4): at least one byte. */
function pad(bytes: Uint8Array, size: number): Uint8Array {
  const padded = new Uint8Array(size);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  return padded;
}

function unpad(padded: Uint8Array): Uint8Array | undefined {
  const end = padded.lastIndexOf(0x80);
  return end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0) ? undefined : copy(padded, 0, end);
}
