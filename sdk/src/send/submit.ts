/**
 * Gets a transaction landed: the same bytes again and again until they stand at the chosen commitment or can no longer land;
 * signed anew only after that is certain.
 */
import type { VersionedTransaction } from "@solana/web3.js";
import { toBase58 } from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import { abortable, sleep, throwIfAborted } from "../net/abort.js";
import type { Commitment } from "../net/connection.js";
import type { Rpc } from "../net/rpc.js";
import { compileTransaction, signTransaction, type TransactionSigner } from "../net/transaction.js";
import type { Address, Instruction } from "../program/index.js";
import { Blockhashes } from "./blockhashes.js";
import { withBudget } from "./budget.js";
import type { Fees } from "./fees.js";
import type { PriorityFees } from "./priority.js";

const POLL_MIN_MS = 80;
const POLL_MAX_MS = 800;
const REBROADCAST_MS = 800;
/** An endpoint that answers nothing for this long is not waited for. */
const OUTAGE_MS = 8_000;
/** What the chosen branch has long gone beyond is on another one, whatever an endpoint says for so long that is no mere lag. */
const PROCESSED_MS = 30_000;
/** Signed anew at most this often after the blockhash has run out. */
const ATTEMPTS = 3;

/** A transaction that is ready for the network: `lastValidBlockHeight` is the last block that may take it. */
export type Signed = { readonly signature: string; readonly wire: Uint8Array; readonly lastValidBlockHeight: number; readonly feeLamports: bigint };
/** Hears of a transaction before the network does, which waits for it; what it throws keeps the transaction back. */
export type OnSigned = (signed: Signed) => Promise<void>;

export type Landed = { readonly signature: string; readonly feeLamports: bigint; readonly status: Commitment };

export type Submission = {
  readonly instructions: readonly Instruction[];
  readonly feePayer: Address;
  /** Signs with local keys; a wallet's signature is asked through `sign` instead. */
  readonly sign: (transaction: VersionedTransaction) => Promise<{ wire: Uint8Array; signature: Uint8Array }>;
  /** True when landing twice is harmless or impossible, so that an expired transaction may be signed anew. */
  readonly repeatable: boolean;
  /** True for what may be done again on purpose: with the same blockhash it would be the same transaction, which lands once. */
  readonly mayRecur?: boolean;
  /** True for limits and a bid behind the instructions; a wallet sets its own. */
  readonly isBudgeted?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onSigned?: OnSigned | undefined;
};

/** Signs a submission with keys that are at hand. */
export const signWith = (signers: readonly TransactionSigner[]): Submission["sign"] => async (transaction) => signTransaction(transaction, signers);

export class Submitter {
  readonly #rpc: Rpc;
  readonly #blockhashes: Blockhashes;
  readonly fees: Fees;
  readonly priority: PriorityFees;

  constructor(rpc: Rpc, fees: Fees, priority: PriorityFees) {
    this.#rpc = rpc;
    this.#blockhashes = new Blockhashes(rpc);
    this.fees = fees;
    this.priority = priority;
  }

  /**
   * Resolves once the transaction stands at the session's commitment.
   * @throws PosternError the program's own code or a builtin's; TRANSACTION_EXPIRED; RPC_FAILED; ABORTED (it may land all the same).
   */
  async submit(submission: Submission): Promise<Landed> {
    for (let attempt = 1; ; attempt++) {
      throwIfAborted(submission.signal);
      try {
        return await abortable(this.#attempt(submission, attempt), submission.signal);
      } catch (error) {
        const expired = error instanceof PosternError && error.code === "TRANSACTION_EXPIRED";
        if (!expired || !submission.repeatable || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #attempt({ instructions, feePayer, sign, repeatable, mayRecur = !repeatable, isBudgeted = false, signal, onSigned }: Submission, attempt: number): Promise<Landed> {
    const [{ blockhash, lastValidBlockHeight }, perSignature, bid] = await Promise.all([
      attempt === 1 && !mayRecur ? this.#blockhashes.recent() : this.#blockhashes.fresh(), this.fees.signatureLamports(), isBudgeted ? this.priority.bid(instructions, attempt) : 0n,
    ]);
    const simulated = await this.#rpc.simulate(compileTransaction(instructions, feePayer, blockhash));
    if (simulated.err !== null) throw await refusal(simulated.err);
    const budgeted = isBudgeted ? withBudget(instructions, feePayer, simulated, bid) : { instructions, priorityLamports: 0n };
    const unsigned = compileTransaction(budgeted.instructions, feePayer, blockhash);
    const { wire, signature } = await sign(unsigned);
    throwIfAborted(signal);
    const feeLamports = perSignature * BigInt(unsigned.message.header.numRequiredSignatures) + budgeted.priorityLamports;
    const signed = { signature: toBase58(signature), wire, lastValidBlockHeight, feeLamports };
    await onSigned?.(signed);
    throwIfAborted(signal);
    return this.follow(signed, signal);
  }

  /**
   * Hands a signed transaction to the network until it stands at the session's commitment, or can no longer land.
   * @throws PosternError the program's own code or a builtin's; TRANSACTION_EXPIRED; RPC_FAILED; ABORTED (it may land all the same).
   */
  async follow({ wire, signature, lastValidBlockHeight, feeLamports }: Signed, signal: AbortSignal | undefined): Promise<Landed> {
    let sentAt = -Infinity;
    let lastFailure: unknown;
    let failingSince: number | undefined;
    let processedSince: number | undefined;
    for (let waitMs = POLL_MIN_MS; ; waitMs = Math.min(1.4 * waitMs, POLL_MAX_MS)) {
      try {
        if (performance.now() - sentAt >= REBROADCAST_MS) {
          sentAt = performance.now();
          await this.#rpc.broadcast(wire);
        }
      } catch (error) {
        lastFailure = error; // it may have arrived: only the status tells
      }
      await sleep(waitMs, signal);
      try {
        let found = await this.#standing(signature);
        if (found === "unseen" && (await this.#rpc.blockHeight()) > lastValidBlockHeight) {
          found = await this.#standing(signature, true); // what landed minutes ago, only history knows
          if (found === "unseen") {
            throw new PosternError("TRANSACTION_EXPIRED", "The network did not take the transaction before its blockhash ran out. Try again.", { context: { signature }, cause: lastFailure });
          }
        }
        if (typeof found !== "string") return { signature, feeLamports, ...found };
        processedSince = found === "processed" ? (processedSince ?? performance.now()) : undefined;
        if (processedSince !== undefined && performance.now() - processedSince > PROCESSED_MS && (await this.#rpc.blockHeight()) > lastValidBlockHeight) break;
        failingSince = undefined;
      } catch (error) {
        if (!isPosternError(error, "RPC_FAILED")) throw error;
        lastFailure = error;
        failingSince ??= performance.now();
        const height = await this.#rpc.blockHeight().catch(() => undefined);
        const given = height === undefined ? performance.now() - failingSince > OUTAGE_MS : height > lastValidBlockHeight;
        if (given) break;
      }
    }
    throw unknownOutcome(signature, lastFailure);
  }

  /** Where the transaction stands once it is at the session's commitment; processed or pending while it is known but not there yet. */
  async #standing(signature: string, inHistory = false): Promise<{ status: Commitment } | "processed" | "pending" | "unseen"> {
    const status = await this.#rpc.signatureStatus(signature, inHistory);
    if (status === null) return "unseen";
    if (status.commitment === "processed") return "processed"; // a failure too: another fork may still take it
    if (status.err !== null) throw await refusal(status.err, { signature });
    if (status.commitment === "finalized") return { status: "finalized" };
    return status.commitment === "confirmed" && this.#rpc.commitment === "confirmed" ? { status: "confirmed" } : "pending";
  }

}

/** The endpoint does not say what became of a transaction that it may have taken. */
function unknownOutcome(signature: string, cause: unknown): PosternError {
  return new PosternError("RPC_FAILED", "The RPC endpoint does not say what became of a transaction that was on its way. It may have landed: look for context.signature before you send again.", {
    context: { signature }, cause,
  });
}

/** The coded error of a refused transaction; its table of sentences is imported when the first one is needed. */
async function refusal(value: unknown, context: Record<string, unknown> = {}): Promise<PosternError> {
  const { transactionError } = await import("../program/errors.js");
  return transactionError(value, context);
}
