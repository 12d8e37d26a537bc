/** What sending needs besides reading: a way to land transactions, the keys of peers, and how far inboxes may grow. */
import { PosternError } from "../errors.js";
import type { TransactionSigner } from "../net/transaction.js";
import type { Address, Instruction } from "../program/index.js";
import type { Channels } from "../sync/channels.js";
import type { Context } from "../sync/context.js";
import type { OwnBundle } from "../sync/keyring.js";
import type { PeerKeys } from "../sync/peer-keys.js";
import { signWith, type Landed, type OnSigned, type Submitter } from "./submit.js";

export type SendContext = {
  readonly context: Context;
  readonly channels: Channels;
  readonly peers: PeerKeys;
  readonly submitter: Submitter;
  /** How far the client may grow a full inbox by itself: bytes of its ring. */
  readonly maxBytesPerInbox: number;
  /** False: nothing is acknowledged but when this wallet leaves a conversation. */
  readonly acknowledges: boolean;
};

/** The current generation of this wallet and its delegate. @throws PosternError NOT_REGISTERED */
export function currentDelegate({ channels, context }: SendContext): { generation: number; address: Address } {
  const generation = channels.directory.profile?.currentGeneration;
  if (generation === undefined) throw new PosternError("NOT_REGISTERED", "This wallet is not registered yet. Call register() once.");
  return { generation, address: context.keyring.delegate(generation) };
}

/** What this wallet has published of a generation. @throws PosternError CANNOT_RESUME when that bundle is closed */
export function ownBundle({ context }: SendContext, generation: number): OwnBundle {
  const bundle = context.keyring.bundle(generation);
  if (bundle) return bundle;
  throw new PosternError("CANNOT_RESUME", "This wallet's key bundle of that generation is closed, so its handshake cannot be rebuilt. Open a new conversation.", { context: { generation } });
}

/** Lands instructions that the current delegate pays for; `generations` are those whose delegates sign besides. */
export async function submitAsDelegate(
  send: SendContext, instructions: readonly Instruction[], options: { generations?: readonly number[]; mayRecur?: boolean; signal?: AbortSignal | undefined; onSigned?: OnSigned | undefined } = {},
): Promise<Landed> {
  const { generation, address } = currentDelegate(send);
  const signers: TransactionSigner[] = [...new Set([generation, ...(options.generations ?? [])])].map((k) => send.context.keyring.signer(k));
  return send.submitter.submit({ instructions, feePayer: address, sign: signWith(signers), repeatable: true, mayRecur: options.mayRecur === true, isBudgeted: true, signal: options.signal, onSigned: options.onSigned });
}
