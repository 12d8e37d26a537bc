/** The inbox: a header, then a byte ring that one writer fills and one reader acknowledges. */
import { sha256 } from "@noble/hashes/sha2.js";
import { invalidAccount, openAccount, type AccountData } from "./reader.js";
import { readRing, type Frame } from "./ring.js";
import type { Address } from "../address.js";

/** Bytes in front of the ring. */
export const INBOX_HEADER_BYTES = 444;
export const INBOX_MIN_CAPACITY_BYTES = 256;
/** Largest ring an inbox can be opened with: an instruction may add 10,240 bytes to an account. */
export const INBOX_MAX_OPENING_CAPACITY_BYTES = 10_240 - INBOX_HEADER_BYTES;
/** Most that one `resize_inbox` can add. */
export const MAX_GROWTH_BYTES = 10_240;
/** Where the recipient's wallet stands, for a `memcmp` filter. */
export const INBOX_RECIPIENT_OFFSET = 156;
export const INBOX_DISCRIMINATOR = sha256(new TextEncoder().encode("account:Inbox")).slice(0, 8);

export type InboxState = "request" | "open" | "declined";
const STATES: readonly InboxState[] = ["request", "open", "declined"];

/** Everything in front of the ring. Counts are u32, times Unix seconds, amounts lamports. */
export type InboxHeader = {
  readonly state: InboxState;
  /** A full ring drops its oldest frame though nobody has acknowledged it. */
  readonly overwrite: boolean;
  readonly index: number;
  readonly head: Uint8Array;
  /** Number of the next frame: the count of frames ever posted. */
  readonly next: number;
  readonly lastTime: number;
  /** Number of the oldest frame in the ring. */
  readonly first: number;
  readonly acknowledged: number;
  readonly tail: number;
  readonly used: number;
  readonly openedSlot: bigint;
  readonly postageLamports: bigint;
  readonly openedTime: number;
  readonly writer: Address;
  readonly reader: Address;
  readonly recipient: Address;
  readonly refund: Address;
  readonly reply: Uint8Array;
  readonly openSalt: Uint8Array;
  readonly ownerBox: Uint8Array;
  readonly capacity: number;
};

export type Inbox = InboxHeader & { readonly frames: readonly Frame[]; readonly intact: boolean };

/**
 * Decodes the first 444 bytes of an inbox.
 * @throws PosternError ACCOUNT_INVALID for anything that the program cannot have written.
 */
export function decodeInboxHeader(account: AccountData, program: Address): InboxHeader {
  const read = openAccount(account, "inbox", INBOX_DISCRIMINATOR, INBOX_HEADER_BYTES, program);
  const state = STATES[read.u8(9)];
  if (state === undefined) throw invalidAccount("inbox", "its state is unknown");
  const header: InboxHeader = {
    state,
    overwrite: (read.u8(10) & 1) !== 0,
    index: read.u32(12),
    head: read.bytes(16, 32),
    next: read.u32(48),
    lastTime: read.u32(52),
    first: read.u32(56),
    acknowledged: read.u32(60),
    tail: read.u32(64),
    used: read.u32(68),
    openedSlot: read.u64(72),
    postageLamports: read.u64(80),
    openedTime: read.u32(88),
    writer: read.address(92),
    reader: read.address(124),
    recipient: read.address(156),
    refund: read.address(188),
    reply: read.bytes(220, 60),
    openSalt: read.bytes(280, 16),
    ownerBox: read.bytes(296, 120),
    capacity: read.u32(440),
  };
  if (header.first > header.next || header.acknowledged > header.next) throw invalidAccount("inbox", "its counts contradict each other");
  return header;
}

/**
 * Decodes a whole inbox. Damage inside the ring is told by `intact`, so that what stands before it is not lost.
 * @throws PosternError ACCOUNT_INVALID as {@link decodeInboxHeader}, or when the ring is not as long as the header says.
 */
export function decodeInbox(account: AccountData, program: Address): Inbox {
  const header = decodeInboxHeader(account, program);
  if (account.data.length !== INBOX_HEADER_BYTES + header.capacity) throw invalidAccount("inbox", "its ring has another length than it says");
  return { ...header, ...readRing(account.data.subarray(INBOX_HEADER_BYTES), header) };
}
