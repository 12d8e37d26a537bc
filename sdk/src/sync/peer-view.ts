/** What the ledger shows of one peer: which inboxes of ours reach them, which of theirs reach us, and which belong together. */
import { inboxKey, openMessage, openReplyPointer, toBase58, type Role } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import { addressBytes, decodeInbox, SYSTEM_PROGRAM, type AccountData, type Address, type Inbox } from "../program/index.js";
import type { Context } from "./context.js";
import type { Directory } from "./directory.js";
import { identityOf, inboxKeyOf, isAtItsAddress, type IncomingInbox, type OwnInbox } from "./inboxes.js";
import { HANDSHAKE_FRAMES } from "./incoming.js";
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
};

export type PeerView = {
  readonly outboxes: readonly Outbox[];
  readonly inbounds: readonly Inbound[];
  /** Theirs, not answered yet. */
  readonly requests: readonly IncomingInbox[];
  /** The newest generation of keys with which the peer has written to us; 0 where it has not. */
  readonly peerGeneration: number;
  readonly state: ConversationState;
};

/** The addresses that {@link readPeerView} needs, besides those that the directory reads. */
export function addressesOf(context: Context, directory: Directory, peer: Address): Address[] {
  const own = directory.ownWith(peer);
  const linked = own.flatMap((inbox) => linkOf(context, inbox) ?? []);
  return [...new Set([...own.map(({ address }) => address), ...linked])];
}

/** Sorts out what was read at {@link addressesOf}. Accounts that are not what they should be are told as events, and left out. */
export async function readPeerView(
  context: Context, directory: Directory, peer: Address, accounts: ReadonlyMap<Address, AccountData | null>,
): Promise<PeerView> {
  const inbounds = new Map<string, Inbound>();
  const outboxes: Outbox[] = [];
  for (const own of directory.ownWith(peer)) {
    const inbox = decode(context, own.address, accounts.get(own.address) ?? null);
    if (inbox === undefined || inboxKeyOf(own.address, inbox) !== own.key) continue; // closed or reborn since the directory looked
    const { status, inbound } = await counterpartOf(context, directory, { own, inbox, peer, accounts });
    if (inbound) inbounds.set(inbound.key, inbound);
    const counterpart = { counterpart: inbound?.key };
    outboxes.push({ own, inbox, source: { ...source(context, own.address, inbox, own.box.thread, own.box.role, context.wallet), ...counterpart }, status, inbound });
  }
  const incoming = directory.incomingFrom(peer);
  for (const { address, key, inbox, response } of incoming) {
    if (inbox.state === "declined" || inbounds.has(key)) continue;
    inbounds.set(key, { address, key, inbox, source: source(context, address, inbox, response.thread, 0, peer) });
  }
  const requests = incoming.filter(({ inbox }) => inbox.state === "request");
  const generations = incoming.filter(({ inbox }) => inbox.state !== "declined").map(({ response }) => response.sender.card.generation);
  return { outboxes, inbounds: [...inbounds.values()], requests, peerGeneration: Math.max(0, ...generations), state: stateOf(outboxes, [...inbounds.values()], incoming) };
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

/** Where the other inbox of the pair is: by the reply pointer in an inbox that opened a thread, by the link in one that answered. */
function linkOf(context: Context, own: OwnInbox): Address | undefined {
  if (own.box.role === 1) return toBase58(own.box.link);
  if (own.header.state !== "open") return undefined;
  try {
    return toBase58(openReplyPointer(context.cluster.domain, own.box.thread, {
      inboxX: addressBytes(own.address), readerR: addressBytes(own.header.reader), pointer: own.header.reply,
    }));
  } catch (error) {
    if (!isPosternError(error)) throw error;
    context.emit({ kind: "rejected", inbox: own.address, reason: error.code });
    return undefined;
  }
}

type Pair = { own: OwnInbox; inbox: Inbox; peer: Address; accounts: ReadonlyMap<Address, AccountData | null> };

async function counterpartOf(context: Context, directory: Directory, pair: Pair): Promise<Pick<Outbox, "status" | "inbound">> {
  const { own, inbox, accounts } = pair;
  if (own.box.role === 1) return answered(context, pair);
  if (inbox.state === "declined") return { status: "declined", inbound: undefined };
  if (inbox.state === "request") {
    if (inbox.next < HANDSHAKE_FRAMES) return { status: "incomplete", inbound: undefined };
    const crossed = directory.incomingFrom(pair.peer).find((incoming) => namesInReply(context, incoming, own.address));
    return { status: crossed ? "open" : "requested", inbound: crossed && inboundOf(context, crossed, pair.peer) };
  }
  const link = linkOf(context, own);
  if (link === undefined) return { status: "open", inbound: undefined }; // a pointer that names nothing: told as an event
  const account = accounts.get(link) ?? null;
  if (account === null) return { status: accounts.has(link) ? "gone" : "open", inbound: undefined };
  return answerAt(context, directory, pair, link, account);
}

/** Our inbox answers theirs, which must still be the one that we answered: its pointer opens under the thread and names ours. */
function answered(context: Context, { own, peer, accounts }: Pair): Pick<Outbox, "status" | "inbound"> {
  const link = toBase58(own.box.link);
  const inbox = decode(context, link, accounts.get(link) ?? null);
  if (inbox === undefined || !names(context, { address: link, inbox, thread: own.box.thread }, own.address)) return { status: "gone", inbound: undefined };
  const inbound = { address: link, key: inboxKeyOf(link, inbox), inbox, source: source(context, link, inbox, own.box.thread, 0, peer) };
  return { status: "open", inbound };
}

async function answerAt(
  context: Context, directory: Directory, { own, peer }: Pair, link: Address, account: AccountData,
): Promise<Pick<Outbox, "status" | "inbound">> {
  const invalid = (): Pick<Outbox, "status" | "inbound"> => {
    context.emit({ kind: "rejected", inbox: link, reason: "ANSWER_INVALID" });
    return { status: "open", inbound: undefined };
  };
  const inbox = decode(context, link, account);
  if (inbox === undefined) return account.owner === SYSTEM_PROGRAM ? { status: "gone", inbound: undefined } : invalid();
  if (!isAtItsAddress(link, inbox, context.program)) return invalid();
  if (inbox.recipient === context.wallet) {
    const incoming = directory.incomingFrom(peer).find(({ address }) => address === link) ?? (await directory.incoming.take(link, account));
    if (incoming === undefined) return { status: "open", inbound: undefined }; // why it cannot be verified is an event of its own
    return incoming.peer === peer ? { status: "open", inbound: inboundOf(context, incoming, peer) } : invalid();
  }
  if (inbox.recipient !== SYSTEM_PROGRAM || inbox.reader !== context.keyring.delegate(own.generation)) return { status: "gone", inbound: undefined };
  const answer = { address: link, key: inboxKeyOf(link, inbox), inbox, source: source(context, link, inbox, own.box.thread, 1, peer) };
  return belongsToAnother(context, directory, own, answer) ? { status: "gone", inbound: undefined } : { status: "open", inbound: answer };
}

/**
 * An address may have begun a new life as the answer to another inbox of ours, or a peer's pointer may name what another peer
 * answers to us: then its frames open under that thread. Taking it would hand over, and acknowledge, what is not this peer's.
 */
function belongsToAnother(context: Context, directory: Directory, own: OwnInbox, answer: Inbound): boolean {
  const opens = (inboxSecret: Uint8Array): boolean => answer.inbox.frames.some((frame) => {
    try {
      return openMessage(inboxSecret, frame.seq, frame.payload) !== undefined;
    } catch {
      return false;
    }
  });
  if (opens(answer.source.inboxKey)) return false;
  const candidates = answer.inbox.frames.length > 0 ? directory.own.all : directory.ownWith(own.peer);
  const rivals = candidates.filter((other) => other.key !== own.key && linkOf(context, other) === answer.address);
  return rivals.some((rival) =>
    (rival.peer === own.peer && rival.header.openedTime > own.header.openedTime) ||
    opens(source(context, answer.address, answer.inbox, rival.box.thread, 1, rival.peer).inboxKey));
}

function inboundOf(context: Context, { address, key, inbox, response }: IncomingInbox, peer: Address): Inbound {
  return { address, key, inbox, source: source(context, address, inbox, response.thread, 0, peer) };
}

function namesInReply(context: Context, incoming: IncomingInbox, own: Address): boolean {
  return names(context, { address: incoming.address, inbox: incoming.inbox, thread: incoming.response.thread }, own);
}

/** True when an accepted inbox's reply pointer opens under the thread and names `own`. */
export function names(context: Context, opened: { address: Address; inbox: Inbox; thread: Uint8Array }, own: Address): boolean {
  if (opened.inbox.state !== "open") return false;
  try {
    const pointer = { inboxX: addressBytes(opened.address), readerR: addressBytes(opened.inbox.reader), pointer: opened.inbox.reply };
    return toBase58(openReplyPointer(context.cluster.domain, opened.thread, pointer)) === own;
  } catch {
    return false;
  }
}

function source(context: Context, address: Address, inbox: Inbox, thread: Uint8Array, role: Role, from: Address): Source {
  return {
    key: inboxKeyOf(address, inbox),
    address,
    openSalt: inbox.openSalt,
    from,
    mine: from === context.wallet,
    inboxKey: inboxKey(context.cluster.domain, thread, { role, ...identityOf(address, inbox) }),
    start: role === 0 ? HANDSHAKE_FRAMES : 0,
    first: inbox.first,
    next: inbox.next,
    frames: inbox.frames,
    openedSlot: inbox.openedSlot,
  };
}

/** Undefined for what is no inbox of the program; one that contradicts itself, or whose ring is damaged, is told as an event. */
function decode(context: Context, address: Address, account: AccountData | null): Inbox | undefined {
  if (account === null || account.owner !== context.program) return undefined;
  try {
    const inbox = decodeInbox(account, context.program);
    if (!inbox.intact) context.emit({ kind: "rejected", inbox: address, reason: "ACCOUNT_INVALID" });
    return inbox;
  } catch (error) {
    if (!isPosternError(error)) throw error;
    context.emit({ kind: "rejected", inbox: address, reason: error.code });
    return undefined;
  }
}
