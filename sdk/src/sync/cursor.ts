/**
 * A position in all inboxes of a conversation: for each inbox, life by life, the number of the next frame. Opaque to the app.
 *
 * Bytes, base64url without padding: version 1 · count u8 · count times (inbox 32 · open salt 16 · next u32). The inbox of the
 * message that carries the cursor comes last, the position is behind that message.
 */
import { concat, fromBase58, fromHex, readU32, toBase58, u32 } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { addressBytes } from "../program/index.js";
import { inboxKeyOf, type InboxKey } from "./inboxes.js";

export type Cursor = string;
/** The number of the next frame, per inbox and life. */
export type Positions = ReadonlyMap<InboxKey, number>;

const VERSION = 1;
const ENTRY_BYTES = 32 + 16 + 4;
const MAX_ENTRIES = 255;

export function encodeCursor(positions: Positions): Cursor {
  const entries = [...positions].slice(-MAX_ENTRIES);
  return toBase64Url(concat(
    Uint8Array.of(VERSION, entries.length),
    ...entries.flatMap(([key, next]) => {
      const [address = "", salt = ""] = key.split(":");
      return [addressBytes(address), fromHex(salt), u32(next)];
    }),
  ));
}

/** Stands last in a cursor that no message carries: in front of it and behind it is the same position. */
const BETWEEN: InboxKey = inboxKeyOf(toBase58(new Uint8Array(32)), { openSalt: new Uint8Array(16) });

/** The cursor of a position between messages. */
export function encodeCursorBetween(positions: Positions): Cursor {
  return encodeCursor(new Map([...positions, [BETWEEN, 1]]));
}

/** The position in front of the message that carries the cursor. @throws PosternError INVALID_CURSOR */
export function positionBefore(cursor: Cursor): Positions {
  const positions = decodeCursor(cursor);
  const own = [...positions].at(-1);
  if (own) positions.set(own[0], own[1] - 1);
  return positions;
}

/** True for a message behind a position, by the inbox and the life that its id names. */
export function isBehind({ id, seq }: { readonly id: string; readonly seq: number }, positions: Positions): boolean {
  const [address = "", salt = ""] = id.split(".");
  return seq >= (positions.get(inboxKeyOf(address, { openSalt: fromBase58(salt) })) ?? 0);
}

/** @throws PosternError INVALID_CURSOR for anything that {@link encodeCursor} did not make. */
export function decodeCursor(cursor: Cursor): Map<InboxKey, number> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = fromBase64Url(cursor);
  } catch {
    bytes = undefined;
  }
  const count = bytes?.[1];
  if (bytes === undefined || count === undefined || bytes[0] !== VERSION || bytes.length !== 2 + count * ENTRY_BYTES) {
    throw new PosternError("INVALID_CURSOR", "This is no cursor. Pass one that a message of this conversation carried.");
  }
  const positions = new Map<InboxKey, number>();
  for (let at = 2; at < bytes.length; at += ENTRY_BYTES) {
    positions.set(inboxKeyOf(toBase58(bytes.subarray(at, at + 32)), { openSalt: bytes.subarray(at + 32, at + 48) }), readU32(bytes, at + 48));
  }
  return positions;
}

/** RFC 4648, section 5, without padding. */
function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined; // atob forgives spaces
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}
