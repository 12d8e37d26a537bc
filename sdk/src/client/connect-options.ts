/** What `Postern.connect` takes. */
import type { Commitment, Connection } from "../net/connection.js";
import type { Address } from "../program/index.js";
import type { Store } from "../store/store.js";
import type { KeySource } from "./key-source.js";
import type { WalletLike } from "./wallet-like.js";

export type ConnectOptions = {
  /** A web3.js 1.x Connection (structurally), or an RPC URL. */
  readonly connection: Connection | string;
  /**
   * A second endpoint of the same cluster, run by somebody else. What the connection shows of keys and inboxes is compared with it in the
   * background, and what they differ in for ten seconds is told as `endpointsDisagree`. No conversation is begun or answered under keys
   * that the two do not agree on (ENDPOINTS_DISAGREE). While it does not answer, all goes on without it (event `witness`), after four
   * seconds at most. One more call every five seconds for a hundred accounts that are followed, and one a second of either for what they
   * differ in until that is told. Default: none.
   */
  readonly witness?: Connection | string;
  readonly wallet: WalletLike;
  /** Default: `walletKeys()`. */
  readonly keys?: KeySource;
  /**
   * For a wallet whose profile was closed, where the endpoint cannot show under which root number: the one used last, or any
   * higher one, which is always safe and leaves what remained of the old conversations behind; never one that was retired. A
   * wallet that has a profile must have it under this number, else ROOT_MISMATCH. Default: what the ledger says.
   */
  readonly rootNumber?: number;
  /** What this device remembers, sealed. Default: IndexedDB in browsers, memory elsewhere; see `fileStore` for Node. */
  readonly store?: Store;
  /**
   * device: keys of the current generation, never the root, stay in the store, sealed under a key that stays on this device; until
   * `lock()`, `connect` asks the wallet nothing. Needs a store that outlives the page or process. Default: memory, and one prompt each time.
   */
  readonly session?: "memory" | "device";
  /** How far the client may grow a full inbox by itself; default 8,192 bytes. */
  readonly growth?: { readonly maxBytesPerInbox: number };
  /**
   * How much the delegate may bid for a compute unit when blocks are contended; default 1,000,000 micro-lamports, with which a message
   * costs some 4,500 lamports more than the 5,000 of its signature. What is bid follows what was paid lately for the same accounts,
   * mostly nothing; more after a transaction ran out unconfirmed. 0: never any. `feeLamports` of what was sent has it included.
   */
  readonly fees?: { readonly maxMicroLamportsPerComputeUnit: number };
  /**
   * lazy: what the app has been given is acknowledged on chain with the next message, or once it fills half of the peer's ring.
   * never: nothing but a handshake, until the conversation is closed. Then the peer does not learn how far it was read, its inbox grows until it is full
   * (`INBOX_FULL` at its end), its old inboxes stay open after a rotation, and other devices of this wallet count all as unread.
   * Default: lazy.
   */
  readonly acknowledge?: "lazy" | "never";
  /**
   * How many messages of each conversation, of both sides together, are kept sealed in the store once they have been read; default
   * 10,000, the oldest go first, 0 keeps none. What is not kept is read from the chain again, as long as that has it.
   */
  readonly archive?: { readonly maxMessagesPerConversation: number };
  /** Default: the address in the IDL, which is where `startLocalnet` deploys. */
  readonly programId?: Address;
  /** Default: confirmed. */
  readonly commitment?: Commitment;
};
