/** What the observable core shows: plain values, replaced and never changed, the same objects while nothing in them changed. */
import type { Message } from "../sync/message.js";
import type { ConversationState } from "../sync/peer-view.js";
import type { PosternError } from "../errors.js";

/**
 * noWallet: none is connected. locked: nothing has been done; `unlock()` asks the wallet once. unregistered: unlocked, and
 * `register()` is next. ready: messages can be sent and read.
 */
export type Phase = "noWallet" | "locked" | "resuming" | "unlocking" | "unregistered" | "registering" | "ready";

export type Account = {
  readonly phase: Phase;
  /** The wallet's, where one is connected. */
  readonly address: string | undefined;
  readonly connection: "online" | "offline";
  /** What the delegate can spend; undefined before it was read. */
  readonly balanceLamports: bigint | undefined;
  /** True when the balance pays for few more messages: offer `fund()`. */
  readonly lowBalance: boolean;
  /** memory: this window cannot keep anything, so each visit asks the wallet. */
  readonly storage: "device" | "memory";
  /** When the published keys expire, if that is soon: offer to call `rotate()`. */
  readonly keysExpireAt: Date | undefined;
  /** Why the last `unlock()`, `register()` or `fund()` failed. */
  readonly error: PosternError | undefined;
};

export type ConversationSummary = {
  readonly peer: string;
  readonly state: ConversationState;
  readonly canSend: boolean;
  /** Messages of the peer that this device has not marked as read. */
  readonly unread: number;
  readonly latest: Message | undefined;
  /** The peer's keys were replaced since this device saw them, and `acceptKeys()` was not called. */
  readonly keysChanged: boolean;
};

export type Conversations = { readonly status: "waiting" | "ready"; readonly items: readonly ConversationSummary[] };

export type RequestSummary = {
  /** The authenticated wallet that asks. */
  readonly from: string;
  readonly firstMessage: Message;
  /** What is being done about it. */
  readonly busy: "accepting" | "declining" | undefined;
  readonly error: PosternError | undefined;
};

/** queued: not sent yet. sent: on its way. The others are as in {@link Message}s on the ledger. */
export type SendStatus = "queued" | "sent" | "confirmed" | "finalized" | "failed";

export type ThreadItem = {
  /** The same from the moment a text is queued until long after it stands on the ledger: for lists of elements. */
  readonly key: string;
  readonly mine: boolean;
  /** Undefined for what cannot be read. */
  readonly text: string | undefined;
  /** Why it cannot be read. */
  readonly unreadable: string | undefined;
  /** When it was posted; of what is not posted yet, when it was queued. */
  readonly at: Date;
  /** Of own messages. */
  readonly status: SendStatus | undefined;
  /** Why it failed: offer `retry(key)` and `cancel(key)`. */
  readonly error: PosternError | undefined;
  readonly message: Message | undefined;
};

export type ThreadState = {
  /** waiting: the account is not ready. failed: the endpoint does not answer; it is tried again. */
  readonly status: "waiting" | "loading" | "ready" | "failed";
  readonly state: ConversationState;
  readonly canSend: boolean;
  /** Oldest first: messages, then what is not on the ledger yet. */
  readonly items: readonly ThreadItem[];
  /** There may be older ones than the first: `older()`. */
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** False while `items` ends before the newest message, because older ones took their place: `latest()`. */
  readonly atEnd: boolean;
  readonly keysChanged: boolean;
  /** Messages of the peer that left the ring before this device read them. */
  readonly lost: number;
  readonly error: PosternError | undefined;
};
