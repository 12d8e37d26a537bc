/** What is to be done about an inbox of ours since keys were replaced (PROTOCOL.md, section 8). */
import { closableAt } from "./closable.js";
import { nowSeconds } from "./context.js";
import { HANDSHAKE_FRAMES } from "./incoming.js";
import { isUnaddressed, type InboxKey } from "./inboxes.js";
import type { Inbound, Outbox, PeerView } from "./peer-view.js";
import { byKeys, isOnlyAnnounced, isOutdated, isToBeTold, successorOf } from "./succession.js";
import type { Timeline } from "./timeline.js";

export type Care = "open" | "finish" | "announce" | "close" | undefined;
/** A conversation as it was read. */
type Seen = { readonly view: PeerView; readonly timeline: Timeline };
/** `isSurelyGone`: whether that the other half of an inbox of ours is gone was said more than once. */
type SeenOften = Seen & { readonly isSurelyGone: (key: InboxKey) => boolean };

/**
 * A new inbox in its place, finishing one that was begun, telling the peer where to go on, or closing it once the peer has read all of
 * it. `current` is this wallet's generation. A conversation that is not open is left alone.
 */
export function careFor(seen: SeenOften, outbox: Outbox, current: number): Care {
  const { own, inbox, status } = outbox;
  const { outboxes } = seen.view;
  const mayClose = closableAt(inbox) <= nowSeconds() && (status !== "gone" || seen.isSurelyGone(own.key)); // what it leads to would be lost with it
  if (isBlank(outbox, outboxes)) return mayClose ? "close" : undefined;
  const successor = successorOf(outbox, outboxes);
  if (successor === undefined || (status !== "open" && status !== "gone")) {
    if (status === "incomplete") return careForHalf(outbox, outboxes, mayClose);
    return isOutdated(outbox, seen.view, current) ? "open" : undefined;
  }
  const isHeard = status === "open" || own.box.role === 0;
  if (isHeard && (untold(seen).length > 0 || (isToBeTold(successor) && isToBeNamed(seen, successor, outbox)))) return "announce";
  const willBeRead = status === "open" && inbox.acknowledged < inbox.next;
  return !willBeRead && mayClose && isReadOut(seen, outbox) ? "close" : undefined;
}

/** Where an open one has other keys, the half moves the conversation to its own; where one has the same, another device has overtaken it. */
function careForHalf(outbox: Outbox, outboxes: readonly Outbox[], mayClose: boolean): Care {
  const open = outboxes.filter(({ status }) => status === "open");
  if (open.some((other) => byKeys(outbox, other) !== 0)) return "finish";
  return mayClose && open.some(({ inbound }) => inbound !== undefined) ? "close" : undefined;
}

/** A request of ours that crossed one of the peer's, which was answered instead: nothing was ever said in it, and another one is written. */
function isBlank(outbox: Outbox, outboxes: readonly Outbox[]): boolean {
  const { own, inbox, status } = outbox;
  if (status !== "gone" || own.box.role !== 0 || inbox.next > HANDSHAKE_FRAMES) return false;
  return outboxes.some((other) => other.status === "open" && other.inbound !== undefined && byKeys(other, outbox) <= 0);
}

/** The inbox of ours that the peer is to be told of in this one, which it takes the place of. */
export function announced(seen: Seen, outbox: Outbox): Outbox {
  return untold(seen)[0] ?? successorOf(outbox, seen.view.outboxes) ?? outbox;
}

/** Inboxes of ours that only a `moved` message leads the peer to, and none has named yet. */
function untold({ view, timeline }: Seen): Outbox[] {
  const told = new Set(timeline.movedTo((_, { mine }) => mine));
  const isReady = ({ own, status }: Outbox): boolean => (status === "open" || status === "requested") && !told.has(own.address);
  return view.outboxes.filter((outbox) => isOnlyAnnounced(outbox) && isReady(outbox));
}

/** Once, and once more where something has come behind it: not as often as somebody with our old keys writes there. */
function isToBeNamed({ timeline }: Seen, { own }: Outbox, { own: { key }, inbox }: Outbox): boolean {
  const named = timeline.movesIn(key).filter(({ target }) => target === own.address);
  return named.length === 0 || (named.length === 1 && timeline.lastMoveIn(key) !== inbox.next - 1);
}

/**
 * What the peer wrote in the other inbox of the pair is only to be found from ours: that stays until there is no more to come. Where newer
 * ones of the peer's are found by `moved` messages alone, one comes in every older one, and it cannot be closed before it is read.
 */
function isReadOut({ view, timeline }: Seen, { inbound }: Outbox): boolean {
  if (inbound === undefined) return true;
  const { key, inbox } = inbound;
  const isLater = (other: Inbound): boolean => other.inbox.openedSlot > inbox.openedSlot;
  const willAnnounce = view.inbounds.some((other) => other.source.start > 0 && isLater(other)) ||
    view.outboxes.some((other) => other.own.box.role === 0 && isUnaddressed(other.inbox) && other.inbound !== undefined && isLater(other.inbound));
  const isUnanswered = view.outboxes.some(({ own, status, ...other }) => own.box.role === 0 && isUnaddressed(other.inbox) && status === "requested");
  return inbox.acknowledged === inbox.next && !isUnanswered && (!willAnnounce || timeline.lastMoveIn(key) === inbox.next - 1);
}
