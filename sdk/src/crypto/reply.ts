import { PosternError } from "../errors.js";
import { type Address32, assertBytes, concat, copy, hasLength } from "./bytes.js";
import { expand, extract, open, seal } from "./suite.js";

export const REPLY_POINTER_BYTES = 60;

const SALT_BYTES = 12;

function threadPrk(domain: Uint8Array, thread: Uint8Array): Uint8Array {
  assertBytes(domain, "domain", 32);
  assertBytes(thread, "thread", 32);
  return extract(domain, thread);
}

function pointerKey(prk: Uint8Array, inboxX: Address32, readerR: Address32, salt: Uint8Array): Uint8Array {
  return expand(prk, "reply", concat(inboxX, readerR, salt), 32);
}

/**
 * The pointer (60 bytes) with which the reader of inbox X names its own inbox Y to X's writer. `readerR` is the key that
 * will acknowledge X, `r32` is random. Throws INVALID_ARGUMENT.
 */
export function sealReplyPointer(
  domain: Uint8Array,
  thread: Uint8Array,
  fields: { readonly inboxX: Address32; readonly readerR: Address32; readonly inboxY: Address32; readonly r32: Uint8Array },
): Uint8Array {
  const { inboxX, readerR, inboxY, r32 } = fields;
  assertBytes(inboxX, "inbox X", 32);
  assertBytes(readerR, "reader", 32);
  assertBytes(inboxY, "inbox Y", 32);
  assertBytes(r32, "r32", 32);
  const prk = threadPrk(domain, thread);
  const salt = expand(prk, "reply salt", concat(r32, inboxX, readerR, inboxY), SALT_BYTES);
  return concat(salt, seal(pointerKey(prk, inboxX, readerR, salt), inboxY));
}

/**
 * The inbox Y (32 bytes) that a pointer names.
 *
 * @throws REPLY_POINTER_INVALID for a pointer of another thread, inbox or reader, or an altered one
 */
export function openReplyPointer(
  domain: Uint8Array,
  thread: Uint8Array,
  fields: { readonly inboxX: Address32; readonly readerR: Address32; readonly pointer: Uint8Array },
): Address32 {
  const { inboxX, readerR, pointer } = fields;
  assertBytes(inboxX, "inbox X", 32);
  assertBytes(readerR, "reader", 32);
  const prk = threadPrk(domain, thread);
  const inboxY = hasLength(pointer, REPLY_POINTER_BYTES)
    ? open(pointerKey(prk, inboxX, readerR, pointer.subarray(0, SALT_BYTES)), pointer.subarray(SALT_BYTES))
    : null;
  if (inboxY === null) {
    throw new PosternError("REPLY_POINTER_INVALID", "This pointer does not come from the peer of this thread, or belongs to another inbox. Do not follow it.");
  }
  return copy(inboxY);
}
