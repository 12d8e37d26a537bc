/** The way to the outbox, which is loaded when there is something in it. */
import { isPosternError } from "../errors.js";
import type { Address } from "../program/index.js";
import { Mutex } from "../send/mutex.js";
import { OUTBOX, type NewMessage } from "../outbox/name.js";
import type { OutgoingMessage } from "../outbox/message.js";
import type { Outbox, OutboxHost } from "../outbox/outbox.js";

export class OutgoingQueue {
  readonly #host: OutboxHost;
  readonly #appending = new Mutex();
  #outbox: Promise<Outbox> | undefined;
  #turns = 0;

  constructor(host: Omit<OutboxHost, "turn">) {
    this.#host = { ...host, turn: () => this.turn() };
  }

  /** A number above those of all turns that were taken before. */
  turn(): number {
    return ++this.#turns;
  }

  /** Resolves once the message is in the store; what is sent after this call comes after it. */
  enqueue(message: NewMessage): Promise<OutgoingMessage> {
    const turn = this.turn();
    const { exclusive, ending } = this.#host;
    const appended = this.#appending.run(async () => (await this.#loaded()).append(message, turn));
    exclusive(message.peer, async () => {
      await appended;
      await (await this.#loaded()).settle(message.peer, turn, ending);
    }).catch(() => undefined); // it stands in the message, or is tried again
    return appended;
  }

  async of(peer: Address): Promise<OutgoingMessage[]> {
    return (await this.#isEmpty()) ? [] : (await this.#loaded()).outgoing(peer);
  }

  /**
   * Delivers what is to come before something that is sent. A store that fails stops no sending: what is in it, and nothing here knows
   * of, comes once it works again.
   * @throws PosternError OUTBOX_BLOCKED, and what stands in the way of that
   */
  async settle(peer: Address, turn: number, signal: AbortSignal): Promise<void> {
    const isEmpty = await this.#isEmpty().catch((error: unknown) => {
      if (!isPosternError(error, "STORE_FAILED")) throw error;
      return true;
    });
    if (!isEmpty) await (await this.#loaded()).settle(peer, turn, signal);
  }

  /** Goes on with what another process or tab has left in the store. Nothing waits for it. */
  resume(): void {
    const work = async (): Promise<void> => {
      if (!(await this.#isEmpty())) await (await this.#loaded()).resume();
    };
    work().catch(() => undefined); // the store fails, which every other use of it tells
  }

  async #isEmpty(): Promise<boolean> {
    return this.#outbox === undefined && (await this.#host.send.context.store.get(OUTBOX)) === undefined;
  }

  #loaded(): Promise<Outbox> {
    return (this.#outbox ??= import("../outbox/outbox.js").then(({ Outbox }) => new Outbox(this.#host)));
  }
}
