/** An unlocked wallet and everything that works for it, until it is locked or closed. */
import { PosternError } from "../errors.js";
import { abortable } from "../net/abort.js";
import type { Subscriptions } from "../net/subscriptions.js";
import type { Address } from "../program/index.js";
import { isAcknowledgementDue, sendAcknowledgements } from "../send/acknowledgement.js";
import type { SendContext } from "../send/context.js";
import { Deliveries } from "../send/deliver.js";
import { Mutex } from "../send/mutex.js";
import { careFor } from "../sync/care.js";
import type { Channel } from "../sync/channel.js";
import type { EventHub } from "../sync/events.js";
import { Follows } from "./follows.js";
import { OutgoingQueue } from "./outgoing.js";

/** Between tries to follow a change of keys: at first, and at most. */
const CARE_PAUSE_MS = 1_000;
const MAX_CARE_PAUSE_MS = 60_000;

export class Session {
  readonly send: SendContext;
  readonly events: EventHub;
  readonly deliveries: Deliveries;
  readonly outgoing: OutgoingQueue;
  readonly #subscriptions: Subscriptions;
  readonly #ending: AbortController;
  readonly #locks = new Map<string, Mutex>();
  readonly #follows: Follows;
  readonly #acknowledging = new Set<Address>();
  readonly #caring = new Set<Address>();
  /** When (ms) to try again after a failure, and the pause before that. */
  readonly #careAgain = new Map<Address, { readonly at: number; readonly pauseMs: number }>();
  #ended: "CLOSED" | "LOCKED" | undefined;

  /** `ending` is the one that the context's network calls listen to. */
  constructor(send: SendContext, events: EventHub, subscriptions: Subscriptions, ending: AbortController) {
    this.#ending = ending;
    this.send = send;
    this.events = events;
    this.#subscriptions = subscriptions;
    this.deliveries = new Deliveries(send);
    this.outgoing = new OutgoingQueue({
      send, deliveries: this.deliveries, ending: this.ending, ended: () => this.#endedError(), exclusive: (peer, work) => this.exclusive(peer, work, this.ending),
    });
    this.#follows = new Follows(send.channels, subscriptions, {
      settle: (channel) => this.settle(channel), resume: () => this.outgoing.resume(),
    });
  }

  /** Fires when the session ends. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Fires with `signal` or the end of the session; a signal for one use, as Node warns of many listeners on one. */
  stopping(signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any(signal === undefined ? [this.ending] : [signal, this.ending]);
  }

  /** Runs work that ends with the session. @throws PosternError CLOSED, LOCKED */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#requireAlive();
    try {
      return await abortable(work(), this.stopping(signal));
    } catch (error) {
      if (this.#ended !== undefined && !signal?.aborted) this.#requireAlive();
      throw error;
    }
  }

  /** Runs what changes a conversation, one thing at a time. A signal that fires gives the turn to the next. */
  exclusive<T>(what: Address | `read ${Address}`, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let lock = this.#locks.get(what);
    if (lock === undefined) this.#locks.set(what, (lock = new Mutex()));
    return lock.run(() => abortable(work(), signal));
  }

  /** Keeps a conversation in step until the returned function is called. */
  follow(channel: Channel): () => void {
    return this.#follows.follow(channel);
  }

  /** Keeps looking for new requests until the returned function is called. */
  watchForRequests(): () => void {
    return this.#follows.watchForRequests();
  }

  /** Sends a conversation's acknowledgements in the background once they are due. */
  acknowledgeWhenDue(channel: Channel): void {
    if (!this.send.acknowledges || this.#acknowledging.has(channel.peer) || !isAcknowledgementDue(channel)) return;
    this.#acknowledging.add(channel.peer);
    const work = async (): Promise<void> => {
      await sendAcknowledgements(this.send, channel);
      await this.send.channels.refresh([channel.peer]);
    };
    this.exclusive(channel.peer, work)
      .catch(() => undefined) // tried again with the next message handed over, the next send, or the closing
      .finally(() => this.#acknowledging.delete(channel.peer));
  }

  /**
   * Has a conversation follow a change of keys, in the background: nothing waits for it, and what stands in its way is tried
   * again with a later read, ever more slowly.
   */
  careWhenDue(channel: Channel): void {
    const { peer } = channel;
    this.acknowledgeWhenDue(channel);
    const generation = this.send.channels.directory.profile?.currentGeneration;
    const pause = this.#careAgain.get(peer);
    if (generation === undefined || this.#caring.has(peer) || Date.now() < (pause?.at ?? 0)) return;
    if (!channel.view.outboxes.some((outbox) => careFor(channel, outbox, generation) !== undefined)) return;
    this.#caring.add(peer);
    const work = async (): Promise<void> => {
      while (!this.ending.aborted && (await this.exclusive(peer, () => this.deliveries.care(channel, this.stopping(undefined)))));
      const isWaiting = channel.view.outboxes.some((outbox) => careFor(channel, outbox, generation) !== undefined);
      if (isWaiting) this.#careAgain.set(peer, { at: Date.now() + CARE_PAUSE_MS, pauseMs: CARE_PAUSE_MS }); // for slots to pass
      else this.#careAgain.delete(peer);
    };
    work()
      .catch(() => {
        const pauseMs = Math.min(MAX_CARE_PAUSE_MS, 2 * (pause?.pauseMs ?? CARE_PAUSE_MS / 2));
        this.#careAgain.set(peer, { at: Date.now() + pauseMs, pauseMs });
      })
      .finally(() => this.#caring.delete(peer));
  }

  /** What stood in the way of following a change of keys may be gone: nothing waits for its pause to end. */
  careAtNextRead(): void {
    this.#careAgain.clear();
  }

  /** Reads a conversation, and answers a request that crossed ours. */
  async refresh(channel: Channel): Promise<void> {
    const { channels } = this.send;
    await channels.refresh([channel.peer]);
    await this.settle(channel);
  }

  async settle(channel: Channel): Promise<void> {
    if (channel.view.requests.length > 0) await this.#settle(channel);
    this.careWhenDue(channel);
  }

  async #settle(channel: Channel): Promise<void> {
    try {
      const settled = await this.exclusive(channel.peer, () => this.deliveries.settleRequests(channel, this.stopping(undefined)));
      if (settled) await this.send.channels.refresh([channel.peer]);
    } catch (error) {
      // Reading goes on without it: whatever stands in the way now is told when something is sent.
      if (!(error instanceof PosternError)) throw error;
    }
  }

  end(as: "CLOSED" | "LOCKED"): void {
    if (this.#ended !== undefined) return;
    this.#ended = as;
    this.#ending.abort();
    this.#follows.close();
    this.#subscriptions.close();
    this.send.channels.forget();
    this.send.context.store.wipe();
  }

  #requireAlive(): void {
    if (this.#ended !== undefined) throw this.#endedError();
  }

  #endedError(): PosternError {
    if (this.#ended === "LOCKED") return new PosternError("LOCKED", "The keys on this device have been locked. Connect again to unlock them.");
    return new PosternError("CLOSED", "This Postern has been closed. Connect again.");
  }
}
