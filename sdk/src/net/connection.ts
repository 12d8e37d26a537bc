/** The part of web3.js 1.x's `Connection` that Postern uses, as a structural type: any copy of the library fits. */
import type { PublicKey, VersionedMessage, VersionedTransaction } from "@solana/web3.js";

export type Commitment = "confirmed" | "finalized";

type RawAccount = { readonly owner: { toBase58(): string }; readonly lamports: number; readonly data: Uint8Array; readonly executable: boolean };
type Slice = { readonly offset: number; readonly length: number };
type Filter = { readonly memcmp: { readonly offset: number; readonly bytes: string } };
type CompiledInstruction = { readonly programIdIndex: number; readonly accountKeyIndexes?: readonly number[]; readonly accounts?: readonly number[]; readonly data: Uint8Array | string };

/** A transaction from history, of whatever version; only what is read of it. */
export type HistoricTransaction = {
  /** Unix seconds; null or absent where the endpoint keeps none. */
  readonly blockTime?: number | null | undefined;
  readonly meta: {
    readonly err: unknown;
    readonly loadedAddresses?: { readonly writable: readonly { toBase58(): string }[]; readonly readonly: readonly { toBase58(): string }[] } | undefined;
    readonly innerInstructions?: readonly { readonly index: number; readonly instructions: readonly CompiledInstruction[] }[] | null | undefined;
  } | null;
  readonly transaction: {
    readonly message: {
      readonly staticAccountKeys?: readonly { toBase58(): string }[];
      readonly accountKeys?: readonly { toBase58(): string }[];
      readonly compiledInstructions?: readonly CompiledInstruction[];
      readonly instructions?: readonly CompiledInstruction[];
    };
  };
};

/** A transaction as a list of signatures names it. */
export type ListedTransaction = { readonly signature: string; readonly err: unknown; readonly blockTime?: number | null | undefined };

/** @see https://solana-foundation.github.io/solana-web3.js/classes/Connection.html */
export interface Connection {
  readonly rpcEndpoint: string;
  getGenesisHash(): Promise<string>;
  getMultipleAccountsInfo(keys: PublicKey[], config?: { commitment?: Commitment; dataSlice?: Slice }): Promise<(RawAccount | null)[]>;
  /** Preferred where it is there: its slots tell an older answer from a newer one. */
  getMultipleAccountsInfoAndContext?(
    keys: PublicKey[], config?: { commitment?: Commitment; dataSlice?: Slice },
  ): Promise<{ context: { slot: number }; value: (RawAccount | null)[] }>;
  getMinimumBalanceForRentExemption(dataLength: number, commitment?: Commitment): Promise<number>;
  getLatestBlockhash(commitment?: Commitment): Promise<{ blockhash: string; lastValidBlockHeight: number }>;
  getBlockHeight(commitment?: Commitment): Promise<number>;
  /** Tells the block height where the other call did not. */
  getEpochInfo?(commitment?: Commitment): Promise<{ blockHeight?: number }>;
  getSlot(commitment?: Commitment): Promise<number>;
  getFeeForMessage(message: VersionedMessage, commitment?: Commitment): Promise<{ value: number | null }>;
  simulateTransaction(
    transaction: VersionedTransaction, config?: { sigVerify?: boolean; commitment?: Commitment },
  ): Promise<{ value: { err: unknown; unitsConsumed?: number; loadedAccountsDataSize?: number } }>;
  /** Without it no priority fee is paid. */
  getRecentPrioritizationFees?(config: { lockedWritableAccounts: PublicKey[] }): Promise<{ slot: number; prioritizationFee: number }[]>;
  sendRawTransaction(wire: Uint8Array, options?: { skipPreflight?: boolean; maxRetries?: number }): Promise<string>;
  getSignatureStatuses(
    signatures: string[], config?: { searchTransactionHistory: boolean },
  ): Promise<{ value: ({ err: unknown; confirmationStatus?: string } | null)[] }>;
  getProgramAccounts(
    program: PublicKey, config: { commitment?: Commitment; filters: Filter[] },
  ): Promise<readonly { pubkey: { toBase58(): string }; account: RawAccount }[]>;
  getSignaturesForAddress(
    address: PublicKey, options?: { before?: string; limit?: number }, commitment?: Commitment,
  ): Promise<ListedTransaction[]>;
  getTransaction(signature: string, config: { maxSupportedTransactionVersion: number; commitment?: Commitment }): Promise<HistoricTransaction | null>;
  /** Not called: absent where the transport must open no WebSocket, and Postern polls then. */
  readonly onAccountChange?: unknown;
}
