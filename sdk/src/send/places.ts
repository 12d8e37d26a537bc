/** Where this session may open inboxes of this wallet's, and which of those it has it leaves alone. */
import { isPosternError } from "../errors.js";
import type { InboxKey } from "../sync/inboxes.js";
import { currentDelegate, type SendContext } from "./context.js";
import { Mutex } from "./mutex.js";

export class Places {
  readonly #send: SendContext;
  /** Indexes are given out one opening at a time. */
  readonly #openings = new Mutex();
  readonly #unusable = new Set<InboxKey>();
  readonly #taken = new Set<string>();
  readonly #opened = new Set<string>();

  constructor(send: SendContext) {
    this.#send = send;
  }

  /** Runs what opens inboxes; one at a time. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#openings.run(work);
  }

  /** An inbox whose handshake cannot be finished: nothing is written there any more. */
  giveUp(key: InboxKey): void {
    this.#unusable.add(key);
  }

  isUsable(key: InboxKey): boolean {
    return !this.#unusable.has(key);
  }

  /**
   * Opens an inbox at the free index behind `skip` others. An address that is taken although it looked free is left alone from then
   * on: the endpoint may not show what is there. One that this session has opened will be seen: opening another one instead would
   * cost another rent.
   */
  async open<T>(skip: number, open: (index: number) => Promise<T>): Promise<T> {
    const index = this.#freeIndex(skip);
    const place = this.#nameOf(index);
    try {
      const opened = await open(index);
      this.#opened.add(place);
      return opened;
    } catch (error) {
      if (isPosternError(error, "ADDRESS_TAKEN") && !this.#opened.has(place)) this.#taken.add(place);
      throw error;
    }
  }

  #freeIndex(skip: number): number {
    const { own } = this.#send.channels.directory;
    const { generation } = currentDelegate(this.#send);
    let index = -1;
    for (let left = skip; left >= 0; left--) {
      do index = own.lowestFree(generation, index); while (this.#taken.has(this.#nameOf(index)));
    }
    return index;
  }

  /** Each delegate has indexes of its own. */
  #nameOf(index: number): string {
    return `${currentDelegate(this.#send).address}/${index}`;
  }
}
