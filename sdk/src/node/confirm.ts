import {
  TransactionExpiredBlockheightExceededError,
  TransactionExpiredTimeoutError,
  type Commitment,
  type Connection,
  type RpcResponseAndContext,
  type SignatureResult,
  type TransactionConfirmationStrategy,
} from "@solana/web3.js";
import { setTimeout as delay } from "node:timers/promises";

const POLL_INTERVAL_MS = 400;
/** For a signature that comes without a blockhash: beyond the life of any. */
const TIMEOUT_MS = 60_000;
const ORDER = ["processed", "confirmed", "finalized"] as const;

/**
 * `Connection.confirmTransaction` without a subscription, with its results and its errors. Being told by `abortSignal` to
 * stop rejects with the signal's reason.
 */
export async function confirmByPolling(
  this: Connection,
  strategy: TransactionConfirmationStrategy | string,
  commitment: Commitment = this.commitment ?? "confirmed",
): Promise<RpcResponseAndContext<SignatureResult>> {
  const { signature, abortSignal } = typeof strategy === "string" ? { signature: strategy, abortSignal: undefined } : strategy;
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    abortSignal?.throwIfAborted();
    const expired = await hasExpired(this, strategy, deadline); // asked first: what landed in the last block must still be seen
    const { context, value } = await this.getSignatureStatuses([signature]);
    const status = value[0];
    if (status && (status.err !== null || reached(status.confirmationStatus, commitment))) return { context, value: { err: status.err } };
    if (expired && !status) {
      throw typeof strategy === "string" ? new TransactionExpiredTimeoutError(signature, TIMEOUT_MS / 1_000) : new TransactionExpiredBlockheightExceededError(signature);
    }
    await delay(POLL_INTERVAL_MS, undefined, abortSignal ? { signal: abortSignal } : {});
  }
}

async function hasExpired(connection: Connection, strategy: TransactionConfirmationStrategy | string, deadline: number): Promise<boolean> {
  if (typeof strategy === "string") return Date.now() > deadline;
  if (!("lastValidBlockHeight" in strategy)) return false; // a durable nonce: valid until it is advanced
  return (await connection.getBlockHeight("confirmed")) > strategy.lastValidBlockHeight;
}

function reached(status: (typeof ORDER)[number] | undefined, wanted: Commitment): boolean {
  const level = wanted === "processed" || wanted === "recent" ? 0 : wanted === "finalized" || wanted === "max" || wanted === "root" ? 2 : 1;
  return status !== undefined && ORDER.indexOf(status) >= level;
}
