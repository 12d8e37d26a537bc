/** Answering requests: our inbox and the acceptance in one transaction, so that two devices cannot answer twice. */
import { randomBytes } from "@noble/hashes/utils.js";
import { inboxKey, openSalt, sealOwnerBox, sealReplyPointer, toHex } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import { fitsTransaction } from "../net/transaction.js";
import { accept, acknowledge, addressBytes, decline, FRAME_HEAD_BYTES, INBOX_HEADER_BYTES, openInbox, post, toAddress, walletBytes, type Address, type Instruction } from "../program/index.js";
import type { Channel } from "../sync/channel.js";
import { HANDSHAKE_FRAMES } from "../sync/incoming.js";
import { isUnaddressed, type IncomingInbox, type InboxKey } from "../sync/inboxes.js";
import { requireCurrentSender } from "../sync/peer-keys.js";
import { currentDelegate, submitAsDelegate, type SendContext } from "./context.js";
import type { Draft } from "./draft.js";
import { requireFunds } from "./funds.js";
import type { Landed, OnSigned } from "./submit.js";

/** An answer opens with this ring, or with what its first message needs where that is more. */
export const ANSWER_RING_BYTES = 512;

export type Answered = { readonly key: InboxKey; readonly landed: Landed };

/**
 * Accepts a request with a new inbox of ours; one that is addressed to nobody is answered by that inbox alone, and its first
 * acknowledgement. Posts `draft` as the first message where one transaction holds all of it.
 * @returns where and how the message landed; undefined when it still has to be posted
 * @throws PosternError INSUFFICIENT_FUNDS, STALE_SENDER_KEYS, the codes of the peer's keys, NOT_A_REQUEST when another device was quicker
 */
export async function answerRequest(
  send: SendContext, channel: Channel, request: IncomingInbox,
  options: { index: number; draft?: Draft; signal?: AbortSignal | undefined },
): Promise<Answered | undefined> {
  await requireCurrentSender(send.peers, request);
  const { context } = send;
  const { program, wallet } = context;
  const { generation, address: writer } = currentDelegate(send);
  const { owner } = context.keyring.keys(generation);
  const { thread, sender, reader } = request.response;
  const isAgreed = isUnaddressed(request.inbox); // its reader was fixed at its opening
  const ownReader = isAgreed ? request.inbox.reader : writer;
  const inbox = send.channels.directory.own.addressAt(generation, options.index);
  const link = addressBytes(request.address);
  const box = { role: 1 as const, peerGeneration: sender.card.generation, peerWallet: walletBytes(request.peer), link };
  const identity = { inbox: addressBytes(inbox), writer: addressBytes(writer) };
  const salt = openSalt(owner, { ...identity, ...box, r32: randomBytes(32), extra: thread });
  const key = `${inbox}:${toHex(salt)}`;
  const secret = inboxKey(context.cluster.domain, thread, { role: 1, ...identity, openSalt: salt });
  const place = { key, seq: 0 };
  const frame = options.draft?.seal(secret, place, channel.timeline.processed(request.key));
  const capacity = Math.max(ANSWER_RING_BYTES, frame === undefined ? 0 : frame.length + FRAME_HEAD_BYTES);
  await requireFunds(send, { rentLamports: await send.submitter.fees.rentLamports(INBOX_HEADER_BYTES + capacity), signatures: 2 });
  const opening = [
    openInbox({
      program, payer: writer, writer, index: options.index, capacity, openSalt: salt, refund: wallet, reader: toAddress(reader),
      ownerBox: sealOwnerBox(owner, { ...identity, openSalt: salt, ...box, thread }),
    }),
    ...(isAgreed ? [] : [acceptWith(send, request, { delegate: writer, answer: inbox })]),
  ];
  const read = [acknowledge({ program, reader: ownReader, inbox: request.address, upto: Math.max(HANDSHAKE_FRAMES, channel.handedIn(request.key)) })];
  const generations = [generation, context.keyring.generationOf(ownReader) ?? generation];
  const first = frame && [post({ program, writer, inbox, expectedSeq: 0, payload: frame })];
  const { signal } = options;
  if (first && fitsTransaction([...opening, ...first, ...read], writer)) {
    const onSigned: OnSigned = async (signed) => options.draft?.signedAs(place, signed);
    return { key, landed: await submitAsDelegate(send, [...opening, ...first, ...read], { generations, signal, onSigned }) };
  }
  await submitAsDelegate(send, [...opening, ...read], { generations, signal });
  return undefined;
}

/** Accepts a request that crossed our own: the pointer names the inbox with which we asked, and no other is opened. */
export async function answerCrossed(send: SendContext, request: IncomingInbox, own: Address, signal?: AbortSignal): Promise<void> {
  await requireCurrentSender(send.peers, request);
  await requireFunds(send, { rentLamports: 0n, signatures: 1 });
  const { address: delegate } = currentDelegate(send);
  await submitAsDelegate(send, [acceptWith(send, request, { delegate, answer: own })], { signal });
}

/** Declines requests; any postage held goes to this wallet all the same. */
export async function declineRequests(send: SendContext, requests: readonly IncomingInbox[]): Promise<void> {
  const addressed = requests.filter(({ inbox }) => inbox.state === "request");
  await requireFunds(send, { rentLamports: 0n, signatures: addressed.length });
  const { context } = send;
  const { address: signer } = currentDelegate(send);
  for (const { address } of addressed) {
    try {
      await submitAsDelegate(send, [decline({ program: context.program, signer, wallet: context.wallet, inbox: address })]);
    } catch (error) {
      if (!isPosternError(error, "NOT_A_REQUEST")) throw error; // another device has answered
    }
  }
}

function acceptWith({ context }: SendContext, request: IncomingInbox, { delegate, answer }: { delegate: Address; answer: Address }): Instruction {
  const pointer = { inboxX: addressBytes(request.address), readerR: addressBytes(delegate), inboxY: addressBytes(answer), r32: randomBytes(32) };
  return accept({
    program: context.program, signer: delegate, wallet: context.wallet, inbox: request.address, reader: delegate,
    reply: sealReplyPointer(context.cluster.domain, request.response.thread, pointer),
  });
}
