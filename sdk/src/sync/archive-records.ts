/**
 * The archive's records, to the byte; integers little-endian.
 *
 * Index of a conversation, `archive/` ‖ peer: version 1 · count u16 · lives. A life: inbox 32 · open salt 16 · flags u8 (1: ours) ·
 * first message u8 · opened slot u64 · opened time u32 · inbox key 64 · counterpart u8 (1: there is one) and its inbox 32 · salt 16 ·
 * blocks u32 · for each number u32 and time of its last frame u32.
 *
 * Block of a life, `log/` ‖ name ‖ `/` ‖ number: version 1 · head's number u32 (2³² - 1: none) · head 32 · frames. A frame: number
 * u32 · time u32 · flags u8 (1: proven) · length u16 · payload.
 */
import { concat, equal, fromHex, readU16, readU32, readU64, sha256, toBase58, toHex, u16, u32, u64, u8, utf8 } from "../crypto/index.js";
import { addressBytes, type Address, type Frame } from "../program/index.js";
import type { InboxKey } from "./inboxes.js";

/** Frames of numbers n × 32 to n × 32 + 31 share a block. */
export const BLOCK_FRAMES = 32;

export type KeptFrame = Frame & { readonly proven: boolean };
export type Block = { readonly head: { readonly seq: number; readonly head: Uint8Array } | undefined; readonly frames: readonly KeptFrame[] };

export type ArchivedLife = {
  readonly key: InboxKey;
  readonly address: Address;
  readonly openSalt: Uint8Array;
  readonly mine: boolean;
  readonly start: number;
  readonly openedSlot: bigint;
  readonly openedTime: number;
  readonly inboxKey: Uint8Array;
  readonly counterpart: InboxKey | undefined;
  /** Number of each block that is kept → Unix seconds of its last frame. */
  readonly blocks: ReadonlyMap<number, number>;
};

const VERSION = 1;
const NO_HEAD = 0xffff_ffff;
const BLOCK_HEADER_BYTES = 37;
const FRAME_HEADER_BYTES = 11;
const LIFE_BYTES = 32 + 16 + 1 + 1 + 8 + 4 + 64 + 1;
const COUNTERPART_BYTES = 48;

export const indexName = (peer: Address): string => `archive/${peer}`;

/** Short, so that the sealed name stays within what stores take. */
export const blockName = (key: InboxKey, block: number): string => `log/${toBase58(sha256(utf8(key)).subarray(0, 16))}/${block}`;

export function encodeBlock({ head, frames }: Block): Uint8Array {
  return concat(
    u8(VERSION), u32(head?.seq ?? NO_HEAD), head?.head ?? new Uint8Array(32),
    ...frames.flatMap(({ seq, time, proven, payload }) => [u32(seq), u32(time), u8(proven ? 1 : 0), u16(payload.length), payload]),
  );
}

/** Undefined for what {@link encodeBlock} did not make: another version's, which is read from the chain again. */
export function decodeBlock(bytes: Uint8Array): Block | undefined {
  if (bytes.length < BLOCK_HEADER_BYTES || bytes[0] !== VERSION) return undefined;
  const seq = readU32(bytes, 1);
  const frames: KeptFrame[] = [];
  for (let at = BLOCK_HEADER_BYTES; at < bytes.length;) {
    const end = at + FRAME_HEADER_BYTES + (at + FRAME_HEADER_BYTES <= bytes.length ? readU16(bytes, at + 9) : 0);
    if (end > bytes.length || at + FRAME_HEADER_BYTES > bytes.length) return undefined;
    frames.push({ seq: readU32(bytes, at), time: readU32(bytes, at + 4), proven: bytes[at + 8] === 1, payload: bytes.slice(at + FRAME_HEADER_BYTES, end) });
    at = end;
  }
  return { head: seq === NO_HEAD ? undefined : { seq, head: bytes.slice(5, BLOCK_HEADER_BYTES) }, frames };
}

/**
 * Both in one: what is proven stands before what is not, what was read later (`news`) before what was read earlier, and the head
 * of the higher number is kept.
 */
export function mergeBlocks(kept: Block | undefined, news: Block): Block {
  const frames = new Map(kept?.frames.map((frame) => [frame.seq, frame]));
  for (const frame of news.frames) if (frame.proven || !frames.get(frame.seq)?.proven) frames.set(frame.seq, frame);
  const heads = [news.head, kept?.head].filter((head) => head !== undefined).sort((a, b) => b.seq - a.seq);
  return { head: heads[0], frames: [...frames.values()].sort((a, b) => a.seq - b.seq) };
}

export function sameBlock(a: Block | undefined, b: Block): boolean {
  return a !== undefined && equal(encodeBlock(a), encodeBlock(b));
}

/** Two records of one block as one; what is given as `current` is given back where the other adds nothing. */
export function mergeBlockRecords(current: Uint8Array | undefined, other: Uint8Array): Uint8Array | undefined {
  const [kept, news] = [current && decodeBlock(current), decodeBlock(other)];
  if (news === undefined) return current ?? other;
  const merged = mergeBlocks(news, kept ?? news);
  return sameBlock(kept, merged) ? current : encodeBlock(merged);
}

/** Two records of one index as one: every life, with the blocks that either has. */
export function mergeIndexRecords(current: Uint8Array | undefined, other: Uint8Array): Uint8Array | undefined {
  const lives = decodeIndex(current);
  for (const [key, life] of decodeIndex(other)) lives.set(key, { ...life, ...lives.get(key), blocks: new Map([...life.blocks, ...(lives.get(key)?.blocks ?? [])]) });
  const merged = encodeIndex(lives.values());
  if (lives.size === 0) return current ?? other;
  return current && equal(current, merged) ? current : merged;
}

export function encodeIndex(lives: Iterable<ArchivedLife>): Uint8Array {
  const all = [...lives];
  return concat(u8(VERSION), u16(all.length), ...all.flatMap((life) => [
    addressBytes(life.address), life.openSalt, u8(life.mine ? 1 : 0), u8(life.start), u64(life.openedSlot), u32(life.openedTime), life.inboxKey,
    ...counterpartBytes(life.counterpart), u32(life.blocks.size), ...[...life.blocks].flatMap(([number, time]) => [u32(number), u32(time)]),
  ]));
}

function counterpartBytes(counterpart: InboxKey | undefined): Uint8Array[] {
  const [address, salt] = counterpart?.split(":") ?? [];
  return address === undefined || salt === undefined ? [u8(0)] : [u8(1), addressBytes(address), fromHex(salt)];
}

/** Empty for what {@link encodeIndex} did not make. */
export function decodeIndex(bytes: Uint8Array | undefined): Map<InboxKey, ArchivedLife> {
  const lives = new Map<InboxKey, ArchivedLife>();
  if (bytes === undefined || bytes.length < 3 || bytes[0] !== VERSION) return lives;
  const keyAt = (at: number): InboxKey => `${toBase58(bytes.subarray(at, at + 32))}:${toHex(bytes.subarray(at + 32, at + 48))}`;
  for (let left = readU16(bytes, 1), at = 3; left > 0; left--) {
    if (at + LIFE_BYTES + 4 > bytes.length) return lives;
    const key = keyAt(at);
    const hasCounterpart = bytes[at + LIFE_BYTES - 1] === 1;
    const life = {
      key, address: toBase58(bytes.subarray(at, at + 32)), openSalt: bytes.slice(at + 32, at + 48), mine: bytes[at + 48] === 1, start: bytes[at + 49] as number,
      openedSlot: readU64(bytes, at + 50), openedTime: readU32(bytes, at + 58), inboxKey: bytes.slice(at + 62, at + 126),
      counterpart: hasCounterpart && at + LIFE_BYTES + COUNTERPART_BYTES <= bytes.length ? keyAt(at + LIFE_BYTES) : undefined,
    };
    at += LIFE_BYTES + (hasCounterpart ? COUNTERPART_BYTES : 0);
    const blocks = new Map<number, number>();
    if (at + 4 > bytes.length) return lives;
    const count = readU32(bytes, at);
    at += 4;
    if (at + 8 * count > bytes.length) return lives;
    for (let i = 0; i < count; i++, at += 8) blocks.set(readU32(bytes, at), readU32(bytes, at + 4));
    lives.set(key, { ...life, blocks });
  }
  return lives;
}
