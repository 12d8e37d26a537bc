/** Every call to the network goes through here: plain values out, coded errors, nothing believed about their shape. */
import { PublicKey, type VersionedMessage, type VersionedTransaction } from "@solana/web3.js";
import { isPosternError, PosternError } from "../errors.js";
import { addressBytes, type AccountData, type Address } from "../program/index.js";
import { sleep } from "./abort.js";
import type { Commitment, Connection, HistoricTransaction, ListedTransaction } from "./connection.js";
import { judge, pauseMs } from "./failure.js";
import { Turnstile } from "./turnstile.js";

/** How a question is put to an endpoint: `timeoutMs` is how long the first try may take; each further one twice as long. */
export type Patience = { readonly tries: number; readonly timeoutMs: number };
/** Reading changes nothing, so a question that got no answer is put again. */
const READ: Patience = { tries: 4, timeoutMs: 4_000 };
/** What an endpoint may have to search for. */
const SEARCH: Patience = { tries: 2, timeoutMs: 15_000 };
/** Asked again and again anyhow by whoever follows a transaction. */
const FOLLOW: Patience = { tries: 1, timeoutMs: 4_000 };
/** It goes on its way whether or not that is waited for. */
const BROADCAST: Patience = { tries: 1, timeoutMs: 2_000 };
/** No try takes longer. */
export const ANSWER_TIMEOUT_MS = 30_000;
/** Requests on their way at once. Public endpoints allow 40 connections, and 40 calls of a method in ten seconds. */
const MAX_IN_FLIGHT = 8;
/** A call waits this long for an endpoint that wants to be left alone; for longer it fails at once. */
const MAX_SHUT_MS = 15_000;
/** `getMultipleAccounts` takes this many addresses. */
const ACCOUNTS_PER_CALL = 100;
/** `getRecentPrioritizationFees` takes this many. */
const LOCKED_PER_CALL = 128;

export type ReadOptions = {
  /** Only these bytes of each account's data. */
  readonly slice?: { readonly offset: number; readonly length: number };
};
export type SignatureStatus = { readonly err: unknown; readonly commitment: string };
/** What a transaction would come to; undefined what the endpoint does not tell. */
export type SimulatedTransaction = { readonly err: unknown; readonly units: number | undefined; readonly loadedBytes: number | undefined };
export type AccountInfo = AccountData & { readonly executable: boolean };
/** `slot`: of the ledger that the endpoint looked at; undefined where the connection does not say. */
export type SeenAccount = { readonly account: AccountInfo | null; readonly slot: number | undefined };

const key = (address: Address): PublicKey => new PublicKey(addressBytes(address));

export class Rpc {
  readonly #connection: Connection;
  readonly commitment: Commitment;
  readonly #ending: AbortSignal;
  readonly #onHealth: (online: boolean) => void;
  readonly #turnstile = new Turnstile(MAX_IN_FLIGHT);
  readonly #patience: Patience;
  #asksEpoch = false;

  /** When `ending` fires, every call that waits throws CLOSED at once. `onHealth` hears of every call whether the endpoint answered in the end. */
  constructor(connection: Connection, commitment: Commitment, ending: AbortSignal, onHealth: (online: boolean) => void, patience = READ) {
    this.#patience = patience;
    this.#connection = connection;
    this.commitment = commitment;
    this.#ending = ending;
    this.#onHealth = onHealth;
  }

  async genesisHash(): Promise<Uint8Array> {
    return this.#call("getGenesisHash", async () => {
      const text = await this.#connection.getGenesisHash();
      try {
        return addressBytes(text);
      } catch (cause) {
        throw malformed("getGenesisHash", cause);
      }
    });
  }

  /** The accounts, in order; null where there is none. One call per hundred. */
  async accounts(addresses: readonly Address[], options: ReadOptions = {}): Promise<(AccountInfo | null)[]> {
    return (await this.accountsSeen(addresses, options)).map(({ account }) => account);
  }

  /** As {@link accounts}, each with the slot of the ledger that it was read from. */
  async accountsSeen(addresses: readonly Address[], options: ReadOptions = {}): Promise<SeenAccount[]> {
    const result: SeenAccount[] = [];
    for (let at = 0; at < addresses.length; at += ACCOUNTS_PER_CALL) {
      const keys = addresses.slice(at, at + ACCOUNTS_PER_CALL).map(key);
      const config = { commitment: this.commitment, ...(options.slice && { dataSlice: options.slice }) };
      result.push(...await this.#call("getMultipleAccounts", async () => {
        const answer = await this.#connection.getMultipleAccountsInfoAndContext?.(keys, config);
        const found = answer === undefined ? await this.#connection.getMultipleAccountsInfo(keys, config) : answer.value;
        if (!Array.isArray(found) || found.length !== keys.length) throw malformed("getMultipleAccounts");
        const slot = countOf(answer?.context?.slot);
        return found.map((account) => ({ account: account === null ? null : plainAccount(account), slot }));
      }));
    }
    return result;
  }

  async account(address: Address): Promise<AccountInfo | null> {
    return (await this.accounts([address]))[0] ?? null;
  }

  async lamports(address: Address): Promise<bigint> {
    const [account] = await this.accounts([address], { slice: { offset: 0, length: 0 } });
    return account?.lamports ?? 0n;
  }

  /** Rent-exempt minimum of an account with `dataBytes` bytes. */
  async rentLamports(dataBytes: number): Promise<bigint> {
    return this.#call("getMinimumBalanceForRentExemption", async () => {
      const lamports = await this.#connection.getMinimumBalanceForRentExemption(dataBytes, this.commitment);
      if (lamports === 0) throw malformed("getMinimumBalanceForRentExemption"); // web3.js's answer to an error of the endpoint
      return whole(lamports);
    });
  }

  /** The newest block's hash: a transaction that names it lives about 150 blocks. */
  async latestBlockhash(): Promise<{ blockhash: string; lastValidBlockHeight: number }> {
    return this.#call("getLatestBlockhash", async () => {
      const latest = await this.#connection.getLatestBlockhash("confirmed");
      if (typeof latest?.blockhash !== "string" || typeof latest.lastValidBlockHeight !== "number") throw malformed("getLatestBlockhash");
      return latest;
    });
  }

  async blockHeight(): Promise<number> {
    const connection = this.#connection;
    // web3.js has all who ask getBlockHeight wait for one request, which may never be answered: then it is asked for in another way.
    const asksEpoch = this.#asksEpoch && connection.getEpochInfo !== undefined;
    const method = asksEpoch ? "getEpochInfo" : "getBlockHeight";
    try {
      return await this.#call(method, async () => {
        const height = countOf(asksEpoch ? (await connection.getEpochInfo?.("confirmed"))?.blockHeight : await connection.getBlockHeight("confirmed"));
        if (height === undefined) throw malformed(method);
        return height;
      }, FOLLOW);
    } catch (error) {
      this.#asksEpoch = !asksEpoch;
      throw error;
    }
  }

  async slot(): Promise<bigint> {
    return this.#call("getSlot", async () => {
      const slot = countOf(await this.#connection.getSlot("confirmed"));
      if (slot === undefined) throw malformed("getSlot");
      return BigInt(slot);
    });
  }

  /** What the network charges for a message; undefined where it does not say. */
  async feeLamports(message: VersionedMessage): Promise<bigint | undefined> {
    const { value } = await this.#call("getFeeForMessage", () => this.#connection.getFeeForMessage(message, "confirmed"));
    return typeof value === "number" ? whole(value) : undefined;
  }

  async simulate(transaction: VersionedTransaction): Promise<SimulatedTransaction> {
    const { value } = await this.#call("simulateTransaction", () =>
      this.#connection.simulateTransaction(transaction, { sigVerify: false, commitment: "confirmed" }));
    return { err: value?.err ?? null, units: countOf(value?.unitsConsumed), loadedBytes: countOf(value?.loadedAccountsDataSize) };
  }

  /** Of each recent slot, micro-lamports per compute unit that got a transaction in which writes these accounts. */
  async recentPriorityFees(accounts: readonly Address[]): Promise<number[]> {
    return this.#call("getRecentPrioritizationFees", async () => {
      const found = await this.#connection.getRecentPrioritizationFees?.({ lockedWritableAccounts: accounts.slice(0, LOCKED_PER_CALL).map(key) }) ?? [];
      if (!Array.isArray(found)) throw malformed("getRecentPrioritizationFees");
      return found.flatMap((slot) => countOf(slot?.prioritizationFee) ?? []);
    }, FOLLOW);
  }

  /** Hands the bytes to the network once; it may drop them. */
  async broadcast(wire: Uint8Array): Promise<void> {
    await this.#call("sendTransaction", () => this.#connection.sendRawTransaction(wire, { skipPreflight: true, maxRetries: 0 }), BROADCAST);
  }

  /** `inHistory` looks beyond the endpoint's cache of recent ones as well. */
  async signatureStatus(signature: string, inHistory: boolean): Promise<SignatureStatus | null> {
    return (await this.signatureStatuses([signature], inHistory))[0] ?? null;
  }

  /** Of 256 signatures at most, in their order; null for those that the endpoint does not know. */
  async signatureStatuses(signatures: readonly string[], inHistory: boolean): Promise<(SignatureStatus | null)[]> {
    const config = { searchTransactionHistory: inHistory };
    const { value } = await this.#call("getSignatureStatuses", () => this.#connection.getSignatureStatuses([...signatures], config), FOLLOW);
    return signatures.map((_, i) => {
      const status = value?.[i];
      return status ? { err: status.err, commitment: status.confirmationStatus ?? "processed" } : null;
    });
  }

  /** Accounts of the program whose data holds `bytes` (base58) at each offset. Many endpoints refuse this call. */
  async programAccounts(program: Address, matches: readonly { offset: number; bytes: string }[]): Promise<{ address: Address; account: AccountData }[]> {
    const config = { commitment: this.commitment, filters: matches.map((memcmp) => ({ memcmp })) };
    return this.#call("getProgramAccounts", async () => {
      const found = await this.#connection.getProgramAccounts(key(program), config);
      if (!Array.isArray(found)) throw malformed("getProgramAccounts");
      return found.map(({ pubkey, account }) => ({ address: pubkey.toBase58(), account: plainAccount(account) }));
    }, SEARCH);
  }

  /** Signatures of transactions that name `address`, newest first. */
  async signatures(address: Address, options: { before?: string; limit: number }): Promise<ListedTransaction[]> {
    return this.#call("getSignaturesForAddress", async () => {
      const found = await this.#connection.getSignaturesForAddress(key(address), options, this.commitment);
      if (!Array.isArray(found)) throw malformed("getSignaturesForAddress");
      return found;
    }, SEARCH);
  }

  async transaction(signature: string): Promise<HistoricTransaction | null> {
    return this.#call("getTransaction", () => this.#connection.getTransaction(signature, { maxSupportedTransactionVersion: 1, commitment: this.commitment }), SEARCH);
  }

  /** Asks until there is an answer, the endpoint says that there will be none, or patience ends. */
  async #call<T>(method: string, run: () => Promise<T>, { tries, timeoutMs }: Patience = this.#patience): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        if (this.#ending.aborted) throw this.#ending.reason;
        if (this.#turnstile.shutForMs > MAX_SHUT_MS) throw new Error("the endpoint asked to be left alone");
        const withinMs = Math.min(ANSWER_TIMEOUT_MS, timeoutMs * 2 ** (tried - 1));
        const answer = await this.#turnstile.pass(() => answerOf(run, withinMs, this.#ending), this.#ending);
        this.#onHealth(true);
        return answer;
      } catch (cause) {
        if (this.#ending.aborted) throw new PosternError("CLOSED", "This Postern has been closed. Connect again.");
        const { isPassing, throttledMs } = judge(cause);
        if (throttledMs !== undefined) this.#turnstile.shut(throttledMs + pauseMs(tried));
        if (isPassing && tried < tries && this.#turnstile.shutForMs <= MAX_SHUT_MS) {
          await sleep(pauseMs(tried), AbortSignal.any([this.#ending])).catch(() => undefined); // the loop tells of the end
          continue;
        }
        this.#onHealth(false);
        throw failed(method, cause, this.#turnstile.shutForMs);
      }
    }
  }
}

/** The answer of a call, unless it takes too long or nobody wants it any more; neither leaves a timer behind. */
async function answerOf<T>(run: () => Promise<T>, timeoutMs: number, ending: AbortSignal): Promise<T> {
  const settled = new AbortController();
  const late = sleep(timeoutMs, AbortSignal.any([ending, settled.signal])).then(() => {
    throw new Error(`no answer within ${timeoutMs} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([run(), late]);
  } finally {
    settled.abort();
  }
}

/** `retryAfterMs` only where the endpoint asked to be left alone. */
function failed(method: string, cause: unknown, retryAfterMs: number): PosternError {
  if (isPosternError(cause, "RPC_FAILED") && cause.context["method"] === method) return cause;
  return new PosternError("RPC_FAILED", `The RPC endpoint failed ${method}. Try again, or use another endpoint.`, {
    context: { method, ...(retryAfterMs > 0 && { retryAfterMs: Math.ceil(retryAfterMs) }) }, cause,
  });
}

function malformed(method: string, cause?: unknown): PosternError {
  return new PosternError("RPC_FAILED", `The RPC endpoint answered ${method} with something else. Use another endpoint.`, { context: { method }, cause });
}

function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function whole(value: number): bigint {
  if (!Number.isSafeInteger(value) || value < 0) throw malformed("an amount of lamports");
  return BigInt(value);
}

function plainAccount(account: { owner: { toBase58(): string }; lamports: number; data: Uint8Array; executable: boolean }): AccountInfo {
  if (!ArrayBuffer.isView(account.data)) throw malformed("an account");
  return {
    owner: account.owner.toBase58(),
    lamports: whole(account.lamports),
    data: new Uint8Array(account.data), // a copy: what arrived may be a slice of a buffer many times as large
    executable: account.executable === true,
  };
}
