/** What the ledger shows of one peer: which inboxes of ours reach them, which of theirs reach us, and which belong together. */
import { equal, toBase58 } from "../crypto/index.js";
import type { Address, Inbox } from "../program/index.js";
import type { AnswerSearch } from "./answer-search.js";
import type { Context } from "./context.js";
import { counterpartOf, inboundOf, linkOf, type Accounts } from "./counterpart.js";
import type { Directory } from "./directory.js";
import { OVERLAP_SECONDS, ownStaleFrom } from "./freshness.js";
import { inboxKeyOf, isUnaddressed, type InboxKey, type IncomingInbox, type OwnInbox } from "./inboxes.js";
import type { Published, PublishedKeys } from "./published-keys.js";
import { inboxIn, sourceOf } from "./source.js";
import type { Source } from "./timeline.js";

export type ConversationState = "new" | "requested" | "incoming" | "open" | "declined" | "closed";

/** An inbox that the peer writes and we read. */
export type Inbound = {
  readonly address: Address;
  readonly key: string;
  readonly inbox: Inbox;
  readonly source: Source;
};

/** An inbox that we write, as it stands. */
export type Outbox = {
  readonly own: OwnInbox;
  readonly inbox: Inbox;
  readonly source: Source;
  /** incomplete: the handshake is not all there; gone: the inbox that belonged to it is. */
  readonly status: "incomplete" | "requested" | "open" | "declined" | "gone";
  /** What the peer writes back, where there is such an inbox. */
  readonly inbound: Inbound | undefined;
  /** Made for the keys that the peer uses now, as far as is known. */
  readonly isForCurrentKeys: boolean;
};

export type PeerView = {
  readonly outboxes: readonly Outbox[];
  readonly inbounds: readonly Inbound[];
  /** Theirs, not answered yet. */
  readonly requests: readonly IncomingInbox[];
  /** Opened under keys that had been replaced: no part of the conversation, though they may have been shown before that was known. */
  readonly replaced: readonly InboxKey[];
  /** The newest generation of keys with which the peer has written to us; 0 where it has not. */
  readonly peerGeneration: number;
  /** What the peer has published, as far as is known. */
  readonly published: Published | undefined;
  readonly state: ConversationState;
};

export const NOTHING: PeerView = { outboxes: [], inbounds: [], requests: [], replaced: [], peerGeneration: 0, published: undefined, state: "new" };

/** Chain time of an opening and a card's own time may differ by so much, and still tell keys of before from those of after. */
const CLOCKS_DIFFER_SECONDS = 600;

/** What a view is made from: `candidates` are where the peer says to go on, and where an answer that no pointer names may be. */
export type Sights = { readonly context: Context; readonly directory: Directory; readonly keys: PublishedKeys; readonly search: AnswerSearch; readonly peer: Address; readonly candidates: readonly Address[] };

/**
 * The addresses that {@link readPeerView} needs, besides those that the directory reads. The peer's profile is among them only
 * where we write to the peer: to read a request, nobody asks an endpoint for its sender's keys.
 */
export function addressesOf({ context, directory, keys, peer, candidates }: Sights): Address[] {
  const own = directory.ownWith(peer);
  const claimed = claimsOf({ context, directory, peer, candidates });
  return [...new Set([...own.map(({ address }) => address), ...claimed, ...(own.length > 0 ? [keys.addressOf(peer)] : [])])];
}

/** Those of them that a peer has named, so that anything may stand there. */
export function claimsOf({ context, directory, peer, candidates }: Pick<Sights, "context" | "directory" | "peer" | "candidates">): Address[] {
  return [...directory.ownWith(peer).flatMap((inbox) => linkOf(context, inbox) ?? []), ...candidates];
}

/** Sorts out what was read at {@link addressesOf}; the peer's keys are taken in already. Accounts that are not what they should be are told as events, and left out. */
export async function readPeerView(sights: Sights, accounts: Accounts): Promise<PeerView> {
  const { context, directory, keys, search, peer, candidates } = sights;
  for (const address of candidates) await directory.incoming.follow(address, accounts.get(address) ?? null, peer);
  const published = keys.of(peer);
  const { incoming, stale } = await byFreshness(sights);
  const inbounds = new Map<string, Inbound>();
  const outboxes: Outbox[] = [];
  for (const own of directory.ownWith(peer)) {
    const inbox = inboxIn(context, own.address, accounts.get(own.address) ?? null);
    if (inbox === undefined || inboxKeyOf(own.address, inbox) !== own.key) continue; // closed or reborn since the directory looked
    const { status, inbound } = await counterpartOf(context, directory, { own, inbox, peer, accounts, candidates, isAnswerGone: search.isGone(own.key) });
    if (inbound) inbounds.set(inbound.key, await dated(sights, inbound, own));
    const source = sourceOf(context, own.address, inbox, { thread: own.box.thread, role: own.box.role, from: context.wallet });
    const limits = { counterpart: inbound?.key, staleFrom: ownStaleFrom(context.keyring, { generation: own.generation, openedTime: inbox.openedTime, isAnswered: status === "open" || status === "gone" }) };
    outboxes.push({ own, inbox, source: { ...source, ...limits }, status, inbound, isForCurrentKeys: isForCurrentKeys(own, published, incoming) });
  }
  for (const one of incoming) {
    if (one.inbox.state !== "declined" && !inbounds.has(one.key)) inbounds.set(one.key, await dated(sights, inboundOf(context, one, peer)));
  }
  // Nothing is acknowledged before it is answered; and what was answered once, and left, is no request.
  const requests = incoming.filter(({ inbox }) => inbox.state === "request" || (isUnaddressed(inbox) && inbox.acknowledged === 0));
  const peerGeneration = Math.max(0, ...incoming.map(({ inbox, response }) => (inbox.state === "declined" ? 0 : response.sender.card.generation)));
  const replaced = stale.filter((key) => !inbounds.has(key));
  return { outboxes, inbounds: [...inbounds.values()], requests, replaced, peerGeneration, published, state: stateOf(outboxes, [...inbounds.values()], incoming) };
}

/** True when every inbox of ours was to be read, and every one that is open has the peer's that belongs to it. */
export function isComplete({ outboxes }: PeerView, own: readonly OwnInbox[]): boolean {
  return outboxes.length === own.length && outboxes.every(({ status, inbound }) => status !== "open" || inbound !== undefined);
}

/** What the peer has opened; apart from it what was opened under keys that were replaced already: that may be anyone's who has these. */
async function byFreshness({ context, directory, keys, peer }: Sights): Promise<{ readonly incoming: readonly IncomingInbox[]; readonly stale: readonly InboxKey[] }> {
  const fresh: IncomingInbox[] = [];
  const stale: InboxKey[] = [];
  for (const one of directory.incomingFrom(peer)) {
    const { address, key, inbox: { openedTime, writer }, response: { sender: { card, hash } } } = one;
    const replacedAt = await keys.replacedAt(peer, { generation: card.generation, isExact: true, writer, hash, openedTime });
    if (openedTime < (replacedAt ?? Infinity)) {
      fresh.push(one);
      continue;
    }
    stale.push(key);
    context.emit({ kind: "rejected", inbox: address, reason: "STALE_SENDER_KEYS" });
  }
  return { incoming: fresh, stale };
}

/** An inbound with the time from which what stands in it is not the peer's any more, if its keys were replaced (PROTOCOL.md, section 8). */
async function dated({ directory, keys, peer }: Sights, inbound: Inbound, own?: OwnInbox): Promise<Inbound> {
  const { address, inbox: { openedTime, writer } } = inbound;
  const card = directory.incomingFrom(peer).find((incoming) => incoming.address === address)?.response.sender;
  const generation = card?.card.generation ?? own?.box.peerGeneration ?? 0;
  const replacedAt = await keys.replacedAt(peer, { generation, writer, hash: card?.hash, openedTime, isExact: inbound.source.start > 0 });
  return replacedAt === undefined ? inbound : { ...inbound, source: { ...inbound.source, staleFrom: replacedAt + OVERLAP_SECONDS } };
}

/**
 * Whether an inbox of ours is made for the peer's current keys. One that asked holds their hash. One that answered goes by the
 * card of the request, where that is still known, else by the generation, and by the time where a wallet that registered anew
 * has begun its generations again.
 */
function isForCurrentKeys({ box, header }: OwnInbox, published: Published | undefined, incoming: readonly IncomingInbox[]): boolean {
  if (published === undefined) return !incoming.some(({ inbox, response }) => inbox.state !== "declined" && response.sender.card.generation > box.peerGeneration);
  if (box.role === 0) return equal(box.link, published.hash);
  const asked = incoming.find(({ address }) => address === toBase58(box.link));
  if (asked) return equal(asked.response.sender.hash, published.hash);
  return box.peerGeneration === published.generation && published.validFrom <= header.openedTime + CLOCKS_DIFFER_SECONDS;
}

function stateOf(outboxes: readonly Outbox[], inbounds: readonly Inbound[], incoming: readonly IncomingInbox[]): ConversationState {
  const has = (status: Outbox["status"]): boolean => outboxes.some((outbox) => outbox.status === status);
  if (has("open")) return "open";
  if (has("requested") || has("incomplete")) return "requested";
  if (incoming.some(({ inbox }) => inbox.state === "request")) return "incoming";
  if (has("declined")) return "declined";
  if (has("gone") || inbounds.length > 0) return "closed";
  return incoming.length > 0 ? "declined" : "new";
}
