/** Which keys the inboxes of a conversation belong to, and which of them newer ones have taken the place of. */
import { equal } from "../crypto/index.js";
import { nowSeconds } from "./context.js";
import { isUnaddressed, type IncomingInbox } from "./inboxes.js";
import type { Inbound, Outbox, PeerView } from "./peer-view.js";

/** So long a wallet whose keys were replaced has to move its conversations itself. */
const PATIENCE_SECONDS = 86_400;

/** Newest keys first: this wallet's generation, then the peer's current keys, then the peer's generation. */
export function byKeys(a: Outbox, b: Outbox): number {
  return b.own.generation - a.own.generation || Number(b.isForCurrentKeys) - Number(a.isForCurrentKeys) || b.own.box.peerGeneration - a.own.box.peerGeneration;
}

/** The inbox of ours with newer keys that stands in the place of this one. */
export function successorOf(outbox: Outbox, outboxes: readonly Outbox[]): Outbox | undefined {
  return outboxes.filter((other) => byKeys(other, outbox) < 0 && (other.status === "open" || other.status === "requested")).sort(byKeys)[0];
}

/** Slot from which both inboxes of the newest pair stand that has taken this one's place; or the one of ours where the other is gone. */
export function replacedSince(outbox: Outbox, outboxes: readonly Outbox[]): bigint | undefined {
  const pairs = outboxes.filter((other) => other !== outbox && byKeys(other, outbox) <= 0 && (other.status === "open" || other.status === "requested"));
  const whole = pairs.filter(({ inbound }) => inbound !== undefined);
  return (whole.length > 0 ? whole : pairs).map(laterSlot).sort((a, b) => (a < b ? -1 : 1)).at(-1);
}

function laterSlot({ inbox, inbound }: Outbox): bigint {
  return inbound !== undefined && inbound.inbox.openedSlot > inbox.openedSlot ? inbound.inbox.openedSlot : inbox.openedSlot;
}

/** True for an open inbox under keys that either side has replaced since, with none of ours in its place, begun or refused. */
export function isOutdated(outbox: Outbox, view: PeerView, current: number): boolean {
  if (outbox.status !== "open" || (outbox.own.generation >= current && !isOursToMove(outbox, view))) return false;
  return !view.outboxes.some((other) => byKeys(other, outbox) < 0 && other.status !== "gone");
}

/**
 * Whose keys were replaced moves first, and the other side answers there. That it does not, because it registered anew and has lost
 * its inboxes, or has not come back, is ours to see.
 */
function isOursToMove({ isForCurrentKeys, own }: Outbox, { published, peerGeneration }: PeerView): boolean {
  if (isForCurrentKeys) return false;
  if (published === undefined || own.box.peerGeneration < peerGeneration) return true;
  const isAnew = published.generation <= own.box.peerGeneration && published.validFrom > own.header.openedTime;
  return isAnew || (published.generation > own.box.peerGeneration && nowSeconds() >= published.validFrom + PATIENCE_SECONDS);
}

/** True when a request of the peer's is made with newer keys of the peer's than this inbox of ours is made for. */
export function isOlderThan({ isForCurrentKeys, own }: Outbox, { response: { sender } }: IncomingInbox, { published }: PeerView): boolean {
  if (published && equal(sender.hash, published.hash)) return !isForCurrentKeys;
  return own.box.peerGeneration < sender.card.generation;
}

/** True for an inbox of ours that only a `moved` message leads the peer to: none is addressed to the peer, and no pointer names it. */
export function isOnlyAnnounced({ own, inbox, inbound }: Outbox): boolean {
  return own.box.role === 0 ? isUnaddressed(inbox) : inbound !== undefined && isUnaddressed(inbound.inbox);
}

/** The pointer in the peer's inbox tells of an inbox that answers it; every other is told in the one that it takes the place of. */
export function isToBeTold(outbox: Outbox): boolean {
  return outbox.own.box.role === 0 || isOnlyAnnounced(outbox);
}

/** Inboxes of ours that belong to one of the peer's, and keep its thread. */
export function pairedWith({ key }: Inbound, outboxes: readonly Outbox[]): Outbox[] {
  return outboxes.filter(({ inbound }) => inbound?.key === key);
}

/**
 * True for a peer's inbox whose pair a newer one has taken the place of. What it said to go on in may be gone since: that was read to
 * its end too, or it would stand.
 */
export function isLeft(inbound: Inbound, outboxes: readonly Outbox[]): boolean {
  return pairedWith(inbound, outboxes).some((outbox) => successorOf(outbox, outboxes)?.status === "open");
}
