/** How far the user of this device has read each conversation. */
import { equal, utf8 } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import type { Address } from "../program/index.js";
import { unlessDamaged, updateOrReplace } from "../store/damaged.js";
import type { SealedStore } from "../store/sealed.js";
import type { Channel } from "../sync/channel.js";
import { decodeCursor, encodeCursor, type Cursor } from "../sync/cursor.js";
import { targetOf } from "../sync/timeline.js";

/** What the names of all marks begin with. */
export const MARKS = "read/";
export const markName = (peer: Address): string => `${MARKS}${peer}`;

/**
 * Messages of the peer beyond the mark of this device. Without one, what this wallet has acknowledged on chain from any device counts as
 * read: in an inbox that is gone, everything. Beside a mark it does not: acknowledged is what an app was given, nobody need have
 * read it; nor does what our own messages say to have `seen`.
 */
export async function unreadCount(store: SealedStore, channel: Channel): Promise<number> {
  const mark = decodeMark(await unlessDamaged(store.get(markName(channel.peer)), undefined)); // a damaged one stops no list
  const acknowledged = new Map(channel.view.inbounds.map(({ key, inbox }) => [key, inbox.acknowledged]));
  const readUpTo = (key: string): number => (mark ?? acknowledged).get(key) ?? (mark ? 0 : Infinity);
  const { messages } = channel.timeline;
  const inRings = channel.view.inbounds.flatMap(({ key }) => channel.timeline.older(key).filter(({ frame, inner }) => targetOf(inner) === undefined && frame.seq >= readUpTo(key)));
  return inRings.length + messages.filter((message, i) => !message.mine && message.seq >= readUpTo(channel.timeline.keyAt(i))).length;
}

/** Moves the mark forward to a cursor; it never moves back. @throws PosternError INVALID_CURSOR */
export async function markReadUpTo(store: SealedStore, channel: Channel, upTo: Cursor): Promise<void> {
  const reached = decodeCursor(upTo);
  await updateOrReplace(store, markName(channel.peer), (current) => {
    const merged = decodeMark(current) ?? new Map<string, number>();
    for (const [key, next] of reached) merged.set(key, Math.max(next, merged.get(key) ?? 0));
    return utf8(encodeCursor(merged));
  });
}

/** Moves it back to a number in one inbox, behind which a fork took back what there was: what comes in its place is unread. @throws PosternError STORE_FAILED */
export async function unmarkFrom(store: SealedStore, peer: Address, key: string, from: number): Promise<void> {
  await updateOrReplace(store, markName(peer), (current) => {
    const mark = decodeMark(current);
    return mark === undefined || (mark.get(key) ?? 0) <= from ? current : utf8(encodeCursor(mark.set(key, from)));
  });
}

/** Two records of one conversation as one: in each inbox the position that is further. What is given as `current` is given back where it is that. */
export function furthestMark(current: Uint8Array | undefined, other: Uint8Array): Uint8Array | undefined {
  const merged = decodeMark(other);
  if (merged === undefined) return current;
  for (const [key, next] of decodeMark(current) ?? []) merged.set(key, Math.max(next, merged.get(key) ?? 0));
  const mark = utf8(encodeCursor(merged));
  return current && equal(current, mark) ? current : mark;
}

function decodeMark(stored: Uint8Array | undefined): Map<string, number> | undefined {
  if (stored === undefined) return undefined;
  try {
    return decodeCursor(new TextDecoder().decode(stored));
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return undefined; // a damaged mark is no mark
  }
}
