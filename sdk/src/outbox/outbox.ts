/**
 * The outbox of a wallet on this device: messages that stand in the store before the network hears of them, and stay there until they
 * are finalized. Each is delivered once, whenever the process is killed: the frame for its number is in the store before a transaction
 * with it is handed over, so that whoever goes on recognises it, and it is sealed for another number only after it is certain that it
 * did not land.
 */
import { isPosternError, PosternError } from "../errors.js";
import { sleep } from "../net/abort.js";
import type { Address } from "../program/index.js";
import type { SendContext } from "../send/context.js";
import type { Deliveries } from "../send/deliver.js";
import { deliver } from "./delivery.js";
import { Leases } from "./lease.js";
import type { Outgoing, OutgoingActions } from "./message.js";
import { OutboxMessages, Superseded } from "./messages.js";
import type { NewMessage } from "./name.js";
import type { OutboxRecord } from "./record.js";
import { Settlement } from "./settlement.js";

/** Between looks at what is not settled. */
const TEND_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

export type OutboxHost = {
  readonly send: SendContext;
  readonly deliveries: Deliveries;
  /** Fires when the session ends. */
  readonly ending: AbortSignal;
  /** Why it ended. */
  readonly ended: () => PosternError;
  /** Runs what changes a conversation, one thing at a time, in the order of asking. */
  readonly exclusive: (peer: Address, work: () => Promise<void>) => Promise<void>;
  /** A number above those of all turns that were taken before. */
  readonly turn: () => number;
};

export class Outbox implements OutgoingActions {
  readonly #host: OutboxHost;
  readonly #messages: OutboxMessages;
  readonly #leases: Leases;
  readonly #settlement: Settlement;
  readonly #driven = new Set<Address>();
  /** When (ms) to try a conversation again after what stood in its way, and the pause before that. */
  readonly #again = new Map<Address, { readonly atMs: number; readonly pauseMs: number }>();
  #tending = false;

  constructor(host: OutboxHost) {
    this.#host = host;
    const { store } = host.send.context;
    this.#messages = new OutboxMessages(store, this);
    this.#leases = new Leases(store, host.ending);
    this.#settlement = new Settlement(host.send);
    host.ending.addEventListener("abort", () => this.#messages.end(host.ended()), { once: true });
  }

  /** Puts a message in, behind all others of its conversation. */
  async append(message: NewMessage, turn: number): Promise<Outgoing> {
    const appended = await this.#messages.append(message, turn);
    this.#tend();
    return appended;
  }

  /** What is not settled yet of a conversation, oldest first. */
  async outgoing(peer: Address): Promise<Outgoing[]> {
    await this.#messages.load();
    await this.#messages.rereadHeads(peer);
    this.#tend();
    return this.#messages.all(peer).filter(({ status }) => status !== "finalized");
  }

  /** Goes on with what another process or tab has left. */
  async resume(): Promise<void> {
    await this.#messages.load();
    this.#driveAll();
    this.#tend();
  }

  /**
   * Delivers what was put in up to a turn, in its order. The caller lets one thing at a time change a conversation.
   * @throws PosternError OUTBOX_BLOCKED when a message that failed is in the way; what stands in the way of the first one, if that passes
   */
  async settle(peer: Address, turn: number, signal: AbortSignal): Promise<void> {
    const messages = this.#messages;
    await messages.load();
    if (messages.head(peer, turn) === undefined) return;
    const isNeeded = async (): Promise<boolean> => {
      await messages.load();
      await messages.rereadHeads(peer);
      return messages.head(peer, turn) !== undefined;
    };
    if (!(await this.#leases.take(peer, isNeeded, signal))) return;
    let isDone = true;
    try {
      for (let head = messages.head(peer, turn); head !== undefined; head = messages.head(peer, turn)) {
        if (head.status === "failed") throw blockedBy(head);
        await deliver({ ...this.#host, messages }, head, signal);
      }
      this.#again.delete(peer);
      isDone = messages.head(peer)?.status !== "queued"; // the next one has its turn already
    } catch (error) {
      if (!isPosternError(error, "OUTBOX_BLOCKED")) this.#postpone(peer);
      throw error;
    } finally {
      if (isDone) await this.#leases.release(peer).catch(() => undefined); // it runs out
    }
  }

  async retry(message: Outgoing): Promise<void> {
    await this.#messages.reread(message);
    if (message.status !== "failed") throw new PosternError("INVALID_ARGUMENT", "This message did not fail. Only what has failed can be tried again.");
    await this.#change(message, { status: "queued", failure: undefined });
    this.#again.delete(message.conversation);
    this.#drive(message.conversation);
    this.#tend();
  }

  async cancel(message: Outgoing): Promise<boolean> {
    await this.#messages.reread(message);
    const { status, frames, failure } = message.stored.record;
    if (status !== "failed" && (status !== "queued" || frames.length > 0)) return false;
    if (!(await this.#messages.cancel(message))) return false;
    this.#drive(message.conversation);
    return failure?.code !== "OUTCOME_UNKNOWN";
  }

  /** Looks after what is not settled until everything is: what was put off, what another process has left, finality. */
  #tend(): void {
    if (this.#tending || this.#host.ending.aborted) return;
    this.#tending = true;
    const work = async (): Promise<void> => {
      for (let pauseMs = TEND_MS; this.#isAnythingUnsettled();) {
        await sleep(pauseMs, this.#host.ending);
        pauseMs = await this.#look().then(() => TEND_MS, () => Math.min(MAX_PAUSE_MS, 2 * pauseMs));
        this.#driveAll();
      }
    };
    work()
      .catch(() => undefined) // the session has ended
      .finally(() => (this.#tending = false));
  }

  async #look(): Promise<void> {
    await this.#messages.rereadHeads();
    await this.#settlement.look(this.#messages.all(), (message, to) => this.#change(message, to));
    await this.#messages.remove(this.#settlement.settled(this.#messages.all()));
  }

  /** Failed ones, and what waits behind them, wait for the app. */
  #isAnythingUnsettled(): boolean {
    const isStanding = this.#messages.all().some(({ status }) => status === "confirmed" || status === "finalized");
    return isStanding || [...this.#messages.heads().values()].some(({ status }) => status !== "failed");
  }

  #driveAll(): void {
    for (const [peer, { status }] of this.#messages.heads()) {
      if (status !== "failed" && Date.now() >= (this.#again.get(peer)?.atMs ?? 0)) this.#drive(peer);
    }
  }

  #drive(peer: Address): void {
    if (this.#driven.has(peer)) return;
    this.#driven.add(peer);
    const turn = this.#host.turn();
    this.#host.exclusive(peer, () => this.settle(peer, turn, this.#host.ending))
      .catch(() => undefined) // it stands in the message, or is tried again
      .finally(() => this.#driven.delete(peer));
  }

  #postpone(peer: Address): void {
    const pauseMs = Math.min(MAX_PAUSE_MS, 2 * (this.#again.get(peer)?.pauseMs ?? TEND_MS / 2));
    this.#again.set(peer, { atMs: Date.now() + pauseMs, pauseMs });
  }

  /** Or learns what another tab has made of it. */
  async #change(message: Outgoing, to: Partial<OutboxRecord>): Promise<void> {
    try {
      await this.#messages.change(message, to);
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      await this.#messages.reread(message);
    }
  }
}

function blockedBy({ id, error }: Outgoing): PosternError {
  return new PosternError("OUTBOX_BLOCKED", "A message of this conversation that was put into the outbox before has failed. Call its retry() or cancel() first.", {
    context: { id, ...(error && { code: error.code }) },
  });
}
