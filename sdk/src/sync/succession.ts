/** Which keys the inboxes of a conversation belong to, and which of them newer ones have taken the place of. */
import type { Outbox, PeerView } from "./peer-view.js";

/** Newest keys first: this wallet's generation, then the peer's. */
export function byKeys(a: Outbox, b: Outbox): number {
  return b.own.generation - a.own.generation || b.own.box.peerGeneration - a.own.box.peerGeneration;
}

/** The inbox of ours with newer keys that stands in the place of this one. */
export function successorOf(outbox: Outbox, outboxes: readonly Outbox[]): Outbox | undefined {
  return outboxes.filter((other) => byKeys(other, outbox) < 0 && (other.status === "open" || other.status === "requested")).sort(byKeys)[0];
}

/** True for an open inbox under keys that either side has replaced since, with none of ours in its place, begun or refused. */
export function isOutdated(outbox: Outbox, { outboxes, peerGeneration }: PeerView, current: number): boolean {
  const { own, status } = outbox;
  if (status !== "open" || (own.generation >= current && own.box.peerGeneration >= peerGeneration)) return false;
  return !outboxes.some((other) => byKeys(other, outbox) < 0 && other.status !== "gone");
}
