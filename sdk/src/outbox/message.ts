/** A message of the outbox, as the app sees it. */
import { decodeText } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import type { Address } from "../program/index.js";
import type { SentMessage } from "../send/sent.js";
import type { Content } from "../sync/message.js";
import type { Stored } from "./log.js";
import { errorOf, type OutboxRecord, type OutgoingStatus } from "./record.js";

/**
 * A message in the outbox: what `Conversation.enqueue()` and `outgoing()` give.
 *
 * @example
 * ```ts
 * const message = await chat.enqueue("gm");
 * for await (const status of message.changes({ signal })) {
 *   console.log(status); // queued, sent, confirmed, finalized
 *   if (status === "failed") console.log(message.error?.code);
 * }
 * ```
 */
export interface OutgoingMessage {
  /** Of this device alone; the same after a restart. 16 hexadecimal digits. */
  readonly id: string;
  readonly conversation: Address;
  readonly content: Content;
  readonly text?: string;
  readonly queuedAt: Date;
  /**
   * queued: nothing was signed yet; sent: a transaction is on its way; confirmed, finalized: it stands at that commitment; failed:
   * it waits for `retry()` or `cancel()`, and so do the later ones of its conversation.
   */
  readonly status: OutgoingStatus;
  /** From confirmed on: its `id` is that of the `Message`. */
  readonly sent?: SentMessage;
  /** Why it failed. */
  readonly error?: PosternError;
  /**
   * Resolves when it is confirmed, rejects with the coded error when it failed, was cancelled (ABORTED) or the session ended (CLOSED,
   * LOCKED: a later one goes on with it). After `retry()` it is another promise. Nobody has to listen.
   */
  readonly done: Promise<SentMessage>;
  /** The status, and each one that follows, until it is finalized or cancelled, the signal fires, or the session ends; none is an exception. */
  changes(options?: { readonly signal?: AbortSignal }): AsyncIterable<OutgoingStatus>;
  /** Tries a failed message once more, in its old place. @throws PosternError INVALID_ARGUMENT for one that did not fail, STORE_FAILED */
  retry(): Promise<void>;
  /**
   * Takes a message out of the outbox that nothing was signed for yet, or that failed. True when it certainly was not sent and will
   * not be; false when it was signed already, and then only a failed one is taken out.
   * @throws PosternError STORE_FAILED
   */
  cancel(): Promise<boolean>;
}

/** What a message asks of the outbox. */
export type OutgoingActions = { retry(message: Outgoing): Promise<void>; cancel(message: Outgoing): Promise<boolean> };

export class Outgoing implements OutgoingMessage {
  readonly id: string;
  readonly conversation: Address;
  readonly content: Content;
  readonly text: string;
  readonly queuedAt: Date;
  readonly #actions: OutgoingActions;
  readonly #listeners = new Set<(status: OutgoingStatus | undefined) => void>();
  #stored: Stored;
  #done = new Deferred<SentMessage>();
  #ended = false;

  constructor(stored: Stored, actions: OutgoingActions) {
    const { id, peer, body, queuedAtMs } = stored.record;
    this.id = id;
    this.conversation = peer;
    this.text = decodeText(body);
    this.content = { kind: "text", text: this.text };
    this.queuedAt = new Date(queuedAtMs);
    this.#actions = actions;
    this.#stored = stored;
    this.#settle(stored.record);
  }

  get status(): OutgoingStatus {
    return this.#stored.record.status;
  }

  get sent(): SentMessage | undefined {
    return this.#stored.record.sent;
  }

  get error(): PosternError | undefined {
    const { failure } = this.#stored.record;
    return failure && errorOf(failure);
  }

  get done(): Promise<SentMessage> {
    return this.#done.promise;
  }

  async *changes({ signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<OutgoingStatus, void, undefined> {
    const queue: (OutgoingStatus | undefined)[] = [this.status, ...(this.#ended ? [undefined] : [])];
    let wake: () => void = () => undefined;
    const listener = (status: OutgoingStatus | undefined): void => {
      queue.push(status);
      wake();
    };
    const onAbort = (): void => wake();
    this.#listeners.add(listener);
    signal?.addEventListener("abort", onAbort);
    try {
      while (signal?.aborted !== true) {
        if (queue.length > 0) {
          const status = queue.shift();
          if (status === undefined) return;
          yield status;
          if (status === "finalized") return;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (queue.length > 0 || signal?.aborted === true) resolve();
        });
      }
    } finally {
      this.#listeners.delete(listener);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  retry(): Promise<void> {
    return this.#actions.retry(this);
  }

  cancel(): Promise<boolean> {
    return this.#actions.cancel(this);
  }

  /** How it stands in the store, as far as is known here. */
  get stored(): Stored {
    return this.#stored;
  }

  take(stored: Stored): void {
    const { status } = this;
    this.#stored = stored;
    if (stored.record.status === status) return;
    if (status === "failed") this.#done = new Deferred();
    this.#settle(stored.record);
    for (const listener of this.#listeners) listener(stored.record.status);
  }

  /** Nothing more will be heard of it here. */
  end(reason: PosternError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#done.reject(reason);
    for (const listener of this.#listeners) listener(undefined);
  }

  #settle({ sent, failure }: OutboxRecord): void {
    if (sent) this.#done.resolve(sent);
    else if (failure) this.#done.reject(errorOf(failure));
  }
}

/** A promise whose rejection nobody has to hear. */
class Deferred<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (reason: PosternError) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => ([this.resolve, this.reject] = [resolve, reject]));
    this.promise.catch(() => undefined);
  }
}
