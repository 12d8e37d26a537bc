/** The other inbox of a pair: what the peer writes where we write, found by a reply pointer, an owner box, or an announcement. */
import { openReplyPointer, toBase58 } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import { addressBytes, SYSTEM_PROGRAM, type AccountData, type Address, type Inbox } from "../program/index.js";
import type { Context } from "./context.js";
import type { Directory } from "./directory.js";
import { HANDSHAKE_FRAMES } from "./incoming.js";
import { inboxKeyOf, isAtItsAddress, isUnaddressed, type IncomingInbox, type OwnInbox } from "./inboxes.js";
import type { Inbound, Outbox } from "./peer-view.js";
import { beginsThread, inboxIn, opensUnder, sourceOf } from "./source.js";

export type Accounts = ReadonlyMap<Address, AccountData | null>;
export type Pair = {
  readonly own: OwnInbox;
  readonly inbox: Inbox;
  readonly peer: Address;
  readonly accounts: Accounts;
  /** Where the answer to an inbox that is addressed to nobody may stand. */
  readonly candidates: readonly Address[];
  /** An answer that is none of these, and was there, is gone. */
  readonly isAnswerGone: boolean;
};
type Found = Pick<Outbox, "status" | "inbound">;

/** Of inboxes as they stand: whenever one changes, it is another object. */
const links = new WeakMap<OwnInbox, { readonly link: Address | undefined }>();

/** Where the other inbox of the pair is: by the reply pointer in an inbox that opened a thread, by the link in one that answered. */
export function linkOf(context: Context, own: OwnInbox): Address | undefined {
  const known = links.get(own) ?? { link: readLink(context, own) };
  links.set(own, known);
  return known.link;
}

function readLink(context: Context, own: OwnInbox): Address | undefined {
  if (own.box.role === 1) return toBase58(own.box.link);
  if (own.header.state !== "open" || isUnaddressed(own.header)) return undefined;
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

export async function counterpartOf(context: Context, directory: Directory, pair: Pair): Promise<Found> {
  const { own, inbox, accounts } = pair;
  if (own.box.role === 1) return answered(context, pair);
  if (inbox.state === "declined") return { status: "declined", inbound: undefined };
  if (inbox.next < HANDSHAKE_FRAMES) return { status: "incomplete", inbound: undefined };
  if (inbox.state === "request") {
    const crossed = directory.incomingFrom(pair.peer).find((incoming) => namesInReply(context, incoming, own.address));
    return { status: crossed ? "open" : "requested", inbound: crossed && inboundOf(context, crossed, pair.peer) };
  }
  if (isUnaddressed(inbox)) return announcedAnswer(context, pair);
  const link = linkOf(context, own);
  if (link === undefined) return { status: "open", inbound: undefined }; // a pointer that names nothing: told as an event
  const account = accounts.get(link) ?? null;
  if (account === null) return { status: accounts.has(link) ? "gone" : "open", inbound: undefined };
  return answerAt(context, directory, pair, link, account);
}

/** Our inbox answers theirs, which must still be the one that we answered. */
function answered(context: Context, { own, peer, accounts }: Pair): Found {
  const link = toBase58(own.box.link);
  const inbox = inboxIn(context, link, accounts.get(link) ?? null);
  if (inbox === undefined || !isAnsweredBy(context, own, link, inbox)) return { status: "gone", inbound: undefined };
  return { status: "open", inbound: { address: link, key: inboxKeyOf(link, inbox), inbox, source: sourceOf(context, link, inbox, { thread: own.box.thread, role: 0, from: peer }) } };
}

/** Its pointer opens under the thread and names ours. One that is addressed to nobody has none: a new life of it would be younger than ours. */
function isAnsweredBy(context: Context, own: OwnInbox, link: Address, inbox: Inbox): boolean {
  if (isUnaddressed(inbox)) return isAtItsAddress(link, inbox, context.program) && inbox.openedSlot <= own.header.openedSlot;
  return names(context, { address: link, inbox, thread: own.box.thread }, own.address);
}

async function answerAt(context: Context, directory: Directory, { own, peer }: Pair, link: Address, account: AccountData): Promise<Found> {
  const invalid = (): Found => {
    context.emit({ kind: "rejected", inbox: link, reason: "ANSWER_INVALID" });
    return { status: "open", inbound: undefined };
  };
  const inbox = inboxIn(context, link, account);
  if (inbox === undefined) return account.owner === SYSTEM_PROGRAM ? { status: "gone", inbound: undefined } : invalid();
  if (!isAtItsAddress(link, inbox, context.program)) return invalid();
  if (inbox.recipient === context.wallet) {
    const incoming = directory.incomingFrom(peer).find(({ address }) => address === link) ?? (await directory.incoming.take(link, account));
    if (incoming === undefined) return { status: "open", inbound: undefined }; // why it cannot be verified is an event of its own
    return incoming.peer === peer ? { status: "open", inbound: inboundOf(context, incoming, peer) } : invalid();
  }
  const isAsking = isUnaddressed(inbox) && beginsThread(inbox) && context.keyring.generationOf(inbox.reader) !== undefined;
  if (isAsking) return { status: isAnsweredByUs(directory, own, link) ? "gone" : "open", inbound: undefined };
  const answer = answerIn(context, own, { address: link, inbox, peer });
  return answer && !belongsToAnother(context, directory, own, answer) ? { status: "open", inbound: answer } : { status: "gone", inbound: undefined };
}

/**
 * Requests that crossed: the peer's pointer leads to what it has asked with itself. Where that is addressed to nobody it is no half of this
 * pair: it has an answer of its own, once we have found it.
 */
function isAnsweredByUs(directory: Directory, { peer }: OwnInbox, asking: Address): boolean {
  return directory.ownWith(peer).some(({ box }) => box.role === 1 && toBase58(box.link) === asking);
}

/** An inbox that may answer ours: addressed to nobody, and read by the delegate that wrote the handshake. */
function answerIn(context: Context, own: OwnInbox, { address, inbox, peer }: { address: Address; inbox: Inbox; peer: Address }): Inbound | undefined {
  if (!isUnaddressed(inbox) || beginsThread(inbox) || inbox.reader !== context.keyring.delegate(own.generation)) return undefined;
  return { address, key: inboxKeyOf(address, inbox), inbox, source: sourceOf(context, address, inbox, { thread: own.box.thread, role: 1, from: peer }) };
}

/**
 * No pointer can be set in an inbox that is addressed to nobody: the peer says in its old inbox where the answer is, or it is
 * found among the inboxes of the peer's delegate (PROTOCOL.md, section 8). Either way a frame in it opens under the thread.
 */
function announcedAnswer(context: Context, { own, peer, accounts, candidates, isAnswerGone }: Pair): Found {
  for (const address of candidates) {
    const inbox = inboxIn(context, address, accounts.get(address) ?? null);
    if (inbox === undefined || !isAtItsAddress(address, inbox, context.program)) continue;
    const answer = answerIn(context, own, { address, inbox, peer });
    if (answer && (inbox.next === 0 ? inbox.openedSlot >= own.header.openedSlot : opensUnder(answer.source.inboxKey, inbox))) return { status: "open", inbound: answer };
  }
  return { status: isAnswerGone ? "gone" : "requested", inbound: undefined };
}

/**
 * An address may have begun a new life as the answer to another inbox of ours, or a peer's pointer may name what another peer
 * answers to us: then its frames open under that thread. Taking it would hand over, and acknowledge, what is not this peer's.
 */
function belongsToAnother(context: Context, directory: Directory, own: OwnInbox, { address, inbox, source }: Inbound): boolean {
  if (opensUnder(source.inboxKey, inbox)) return false;
  const candidates = inbox.frames.length > 0 ? directory.own.all : directory.ownWith(own.peer);
  const rivals = candidates.filter((other) => other.key !== own.key && linkOf(context, other) === address);
  return rivals.some((rival) =>
    (rival.peer === own.peer && rival.header.openedTime > own.header.openedTime) ||
    opensUnder(sourceOf(context, address, inbox, { thread: rival.box.thread, role: 1, from: rival.peer }).inboxKey, inbox));
}

export function inboundOf(context: Context, { address, key, inbox, response }: IncomingInbox, peer: Address): Inbound {
  return { address, key, inbox, source: sourceOf(context, address, inbox, { thread: response.thread, role: 0, from: peer }) };
}

function namesInReply(context: Context, incoming: IncomingInbox, own: Address): boolean {
  return names(context, { address: incoming.address, inbox: incoming.inbox, thread: incoming.response.thread }, own);
}

/** True when an accepted inbox's reply pointer opens under the thread and names `own`. */
function names(context: Context, opened: { address: Address; inbox: Inbox; thread: Uint8Array }, own: Address): boolean {
  if (opened.inbox.state !== "open") return false;
  try {
    const pointer = { inboxX: addressBytes(opened.address), readerR: addressBytes(opened.inbox.reader), pointer: opened.inbox.reply };
    return toBase58(openReplyPointer(context.cluster.domain, opened.thread, pointer)) === own;
  } catch {
    return false;
  }
}
