/** First contact: an inbox addressed to the peer, and the handshake in its first two frames. */
import { randomBytes } from "@noble/hashes/utils.js";
import { initiate, openSalt, sealOwnerBox, splitHandshake, toBase58, equal, type VerifiedBundle } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { fitsTransaction } from "../net/transaction.js";
import { addressBytes, FRAME_HEAD_BYTES, INBOX_HEADER_BYTES, openInbox, openRequest, post, walletBytes, type Address, type Instruction, type Profile } from "../program/index.js";
import type { OwnBundle } from "../sync/keyring.js";
import type { OwnInbox } from "../sync/inboxes.js";
import type { Outbox } from "../sync/peer-view.js";
import { currentDelegate, ownBundle, submitAsDelegate, type SendContext } from "./context.js";
import { requireFunds } from "./funds.js";
import type { OnSigned } from "./submit.js";

/** A request opens with this ring, or with what its first message needs where that is more. */
export const REQUEST_RING_BYTES = 2_048;
/** Both handshake frames: 626 and 788 bytes, and a head each. */
export const HANDSHAKE_RING_BYTES = 626 + 788 + 2 * FRAME_HEAD_BYTES;

/**
 * Opens a request to `peer` with the first half of the handshake. The second half follows as for any interrupted opening. One that
 * `continues` an open conversation needs no consent: where the peer's policy is not open, it is addressed to nobody, and the peer
 * is told in the old inbox (PROTOCOL.md, section 8).
 * @throws PosternError PEER_NOT_REGISTERED, CONTACT_REFUSED, POSTAGE_REQUIRED, INSUFFICIENT_FUNDS, the codes of the peer's keys
 */
export async function openRequestTo(
  send: SendContext, peer: Address, options: { messageBytes: number; index: number; maxPostageLamports: bigint; continues: boolean; signal?: AbortSignal | undefined },
): Promise<void> {
  const { context, peers } = send;
  const { profile, bundle } = await peers.current(peer);
  const isUnaddressed = options.continues && profile.policy.kind !== "open";
  const postage = isUnaddressed ? 0n : agreedPostage(profile, options.maxPostageLamports);
  const { generation, address: writer } = currentDelegate(send);
  const own = ownBundle(send, generation);
  const { owner } = context.keyring.keys(generation);
  const inbox = send.channels.directory.own.addressAt(generation, options.index);
  const box = { role: 0 as const, peerGeneration: bundle.card.generation, peerWallet: walletBytes(peer), link: bundle.hash };
  const identity = { inbox: addressBytes(inbox), writer: addressBytes(writer) };
  const salt = openSalt(owner, { ...identity, ...box, r32: randomBytes(32), extra: own.hash });
  const { handshake, thread } = handshakeOf(send, { generation, own, peer: bundle, identity: { ...identity, openSalt: salt } });
  const capacity = Math.max(REQUEST_RING_BYTES, HANDSHAKE_RING_BYTES + FRAME_HEAD_BYTES + options.messageBytes);
  await requireFunds(send, { rentLamports: (await send.submitter.fees.rentLamports(INBOX_HEADER_BYTES + capacity)) + postage, signatures: 3 });
  const [frame0] = splitHandshake(handshake);
  const { program, wallet } = context;
  const opening = {
    program, payer: writer, writer, index: options.index, capacity, openSalt: salt, refund: wallet,
    ownerBox: sealOwnerBox(owner, { ...identity, openSalt: salt, ...box, thread }),
  };
  await submitAsDelegate(send, [
    isUnaddressed
      ? openInbox({ ...opening, reader: toBase58(bundle.card.delegate) })
      : openRequest({ ...opening, recipient: peer, maxPostageLamports: options.maxPostageLamports }),
    post({ program, writer, inbox, expectedSeq: 0, payload: frame0 }),
  ], { signal: options.signal });
}

/** What the recipient asks. @throws PosternError CONTACT_REFUSED, POSTAGE_REQUIRED */
export function agreedPostage({ policy, wallet }: Profile, maxPostageLamports: bigint): bigint {
  if (policy.kind === "closed") throw new PosternError("CONTACT_REFUSED", "This wallet takes no requests from anyone it has not written to.", { context: { wallet } });
  if (policy.kind === "open") return 0n;
  if (policy.lamports > maxPostageLamports) {
    throw new PosternError("POSTAGE_REQUIRED", "This wallet asks for postage. Pass maxPostageLamports of at least context.postageLamports to agree.", {
      context: { wallet, postageLamports: policy.lamports },
    });
  }
  return policy.lamports;
}

/**
 * The handshake frames that an interrupted opening still lacks.
 * @throws PosternError CANNOT_RESUME when the peer's keys of then are gone or what is posted is not ours
 */
export async function missingHandshake(send: SendContext, { own, inbox }: Outbox): Promise<Instruction[]> {
  const { box, generation, address, peer } = own;
  const bundle = await send.peers.at(peer, box.peerGeneration);
  if (bundle === undefined || !equal(bundle.hash, box.link)) throw cannotResume(own);
  const identity = { inbox: addressBytes(address), writer: addressBytes(inbox.writer), openSalt: inbox.openSalt };
  const { handshake, thread } = handshakeOf(send, { generation, own: ownBundle(send, generation), peer: bundle, identity });
  if (!equal(thread, box.thread)) throw cannotResume(own);
  const posted = inbox.frames[0]?.payload;
  const frames = splitHandshake(handshake, posted === undefined ? undefined : splitOf(own, posted));
  if (posted !== undefined && !equal(posted, frames[0])) throw cannotResume(own);
  return frames.slice(inbox.next).map((payload, i) =>
    post({ program: send.context.program, writer: inbox.writer, inbox: address, expectedSeq: inbox.next + i, payload }));
}

/** Lands the rest of a handshake, and `message` with it where there is one and one transaction holds both; says whether it did. */
export async function finishHandshake(
  send: SendContext, outbox: Outbox, message: Instruction | undefined, signal: AbortSignal | undefined, onSigned?: OnSigned,
): Promise<Awaited<ReturnType<typeof submitAsDelegate>> | undefined> {
  const missing = await missingHandshake(send, outbox);
  const { address } = currentDelegate(send);
  const together = message !== undefined && missing.length === 1 && fitsTransaction([...missing, message], address);
  await requireFunds(send, { rentLamports: 0n, signatures: together ? 1 : missing.length });
  const options = { generations: [outbox.own.generation], signal };
  if (together) return submitAsDelegate(send, [...missing, message], { ...options, onSigned });
  for (const instruction of missing) await submitAsDelegate(send, [instruction], options);
  return undefined;
}

function splitOf(own: OwnInbox, frame0: Uint8Array): number {
  const bytes = frame0.length - 2;
  if (bytes < 462 || bytes > 948) throw cannotResume(own);
  return bytes;
}

function handshakeOf(
  { context }: SendContext,
  parts: { generation: number; own: OwnBundle; peer: VerifiedBundle; identity: { inbox: Uint8Array; writer: Uint8Array; openSalt: Uint8Array } },
): ReturnType<typeof initiate> {
  const { identity, owner } = context.keyring.keys(parts.generation);
  return initiate({
    ...parts.identity, cluster: context.cluster, owner, identitySecret: identity.secret,
    ownCard: parts.own.cardBytes, ownCertificate: parts.own.certificate, peer: parts.peer, reader: parts.identity.writer,
  });
}

function cannotResume(own: OwnInbox): PosternError {
  return new PosternError("CANNOT_RESUME", "This opening was interrupted and the peer's keys have changed since. Close it and open again.", { context: { inbox: own.address, peer: toBase58(own.box.peerWallet) } });
}

