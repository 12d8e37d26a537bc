/** Texts on their way: shown at once, sent one after the other, kept until they stand on the ledger or are given up. */
import type { Conversation, SendOptions } from "../client/conversation.js";
import { isPosternError, PosternError } from "../errors.js";
import type { SendStatus } from "./state.js";

export type Outgoing = {
  readonly id: string;
  readonly text: string;
  readonly queuedAt: Date;
  readonly status: SendStatus;
  /** Id of the message that it has become. */
  readonly sentId: string | undefined;
  readonly error: PosternError | undefined;
};

/** What a thread needs of whatever sends. */
export interface Outbox {
  items(): readonly Outgoing[];
  send(conversation: Conversation, text: string, options: Pick<SendOptions, "maxPostageLamports">): Outgoing;
  retry(conversation: Conversation, id: string): void;
  cancel(id: string): void;
  /** Forgets what stands on the ledger and is shown from there. */
  drop(id: string): void;
}

type Entry = Outgoing & { readonly options: SendOptions };

/** Sends in order: what stands behind a text waits for it, and goes on without it when it failed. */
export class SendingOutbox implements Outbox {
  readonly #onChange: () => void;
  readonly #alone: <T>(work: () => Promise<T>) => Promise<T>;
  #entries: Entry[] = [];
  #running: Promise<void> = Promise.resolve();
  #count = 0;

  constructor(onChange: () => void, alone: <T>(work: () => Promise<T>) => Promise<T>) {
    this.#onChange = onChange;
    this.#alone = alone;
  }

  items(): readonly Outgoing[] {
    return this.#entries;
  }

  send(conversation: Conversation, text: string, options: SendOptions): Outgoing {
    const entry: Entry = { id: `outgoing-${++this.#count}`, text, queuedAt: new Date(), status: "queued", sentId: undefined, error: undefined, options };
    this.#entries = [...this.#entries, entry];
    this.#onChange();
    this.#enqueue(conversation, entry.id);
    return entry;
  }

  retry(conversation: Conversation, id: string): void {
    if (this.#find(id)?.status !== "failed") return;
    this.#change(id, { status: "queued", error: undefined });
    this.#enqueue(conversation, id);
  }

  cancel(id: string): void {
    const status = this.#find(id)?.status;
    if (status === "queued" || status === "failed") this.drop(id);
  }

  drop(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#onChange();
  }

  #find(id: string): Entry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  #change(id: string, fields: Partial<Entry>): void {
    this.#entries = this.#entries.map((entry) => (entry.id === id ? { ...entry, ...fields } : entry));
    this.#onChange();
  }

  #enqueue(conversation: Conversation, id: string): void {
    this.#running = this.#running.then(async () => {
      const entry = this.#find(id);
      if (entry?.status !== "queued") return;
      this.#change(id, { status: "sent" });
      try {
        const sent = await this.#alone(() => conversation.send(entry.text, entry.options));
        this.#change(id, { status: sent.status, sentId: sent.id });
      } catch (error) {
        this.#change(id, { status: "failed", error: coded(error) });
      }
    });
  }
}

/** What is shown to people as an error has a code, whatever was thrown. */
export function coded(error: unknown): PosternError {
  return isPosternError(error) ? error : new PosternError("UNEXPECTED", "Something went wrong that should not. Try again.", { cause: error });
}
