/** Texts on their way: shown at once, put into the outbox, followed until they stand on the ledger or are given up. */
import type { Conversation, SendOptions } from "../client/conversation.js";
import { isPosternError, PosternError } from "../errors.js";
import type { OutgoingMessage } from "../outbox/message.js";
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

/** `message` is undefined until the outbox has it. */
type Entry = Outgoing & { readonly options: Pick<SendOptions, "maxPostageLamports">; readonly message: OutgoingMessage | undefined };

export class OutgoingTexts {
  readonly #onChange: () => void;
  #entries: readonly Entry[] = [];
  #count = 0;
  #conversation: Conversation | undefined;
  #signal: AbortSignal | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  items(): readonly Outgoing[] {
    return this.#entries;
  }

  /** Shows what the outbox holds of a conversation, those of an earlier visit too, until the signal fires. @throws PosternError STORE_FAILED */
  async attach(conversation: Conversation, signal: AbortSignal): Promise<void> {
    const waiting = await conversation.outgoing();
    if (signal.aborted) return;
    [this.#conversation, this.#signal] = [conversation, signal];
    for (const message of waiting) {
      if (this.#entries.some((entry) => entry.message?.id === message.id)) continue;
      const entry = this.#entry(message.text ?? "", message.queuedAt, {}, message);
      this.#entries = [...this.#entries, entry];
      void this.#follow(entry.id, message, signal);
    }
  }

  /** Forgets what is shown; the outbox goes on with it. */
  detach(): void {
    this.#conversation = this.#signal = undefined;
    this.#entries = [];
  }

  /** @returns what is shown from now on @throws PosternError LOCKED before {@link attach} */
  send(text: string, options: Pick<SendOptions, "maxPostageLamports">): Outgoing {
    const entry = this.#entry(text, new Date(), options, undefined);
    this.#required();
    this.#entries = [...this.#entries, entry];
    void this.#enqueue(entry);
    this.#onChange();
    return entry;
  }

  retry(id: string): void {
    const entry = this.#find(id);
    if (entry?.status !== "failed") return;
    this.#change(id, { status: "queued", error: undefined });
    if (!entry.message) return void this.#enqueue(entry);
    entry.message.retry().catch((error: unknown) => this.#change(id, { status: "failed", error: coded(error) }));
  }

  cancel(id: string): void {
    const entry = this.#find(id);
    if (!entry) return;
    if (!entry.message) return void (entry.status === "failed" && this.drop(id));
    entry.message.cancel().then(
      (certain) => (certain || entry.status === "failed") && this.drop(id),
      (error: unknown) => this.#change(id, { error: coded(error) }),
    );
  }

  /** Forgets what stands on the ledger and is shown from there. */
  drop(id: string): void {
    if (!this.#find(id)) return;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#onChange();
  }

  #entry(text: string, queuedAt: Date, options: Entry["options"], message: OutgoingMessage | undefined): Entry {
    return { id: `outgoing-${++this.#count}`, text, queuedAt, options, message, status: message?.status ?? "queued", sentId: message?.sent?.id, error: message?.error };
  }

  #find(id: string): Entry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  #required(): { readonly conversation: Conversation; readonly signal: AbortSignal } {
    const [conversation, signal] = [this.#conversation, this.#signal];
    if (conversation && signal) return { conversation, signal };
    throw new PosternError("LOCKED", "This conversation is not loaded. Wait for its status to be ready.");
  }

  #change(id: string, fields: Partial<Entry>): void {
    if (!this.#find(id)) return;
    this.#entries = this.#entries.map((entry) => (entry.id === id ? { ...entry, ...fields } : entry));
    this.#onChange();
  }

  async #enqueue({ id, text, options }: Entry): Promise<void> {
    const { conversation, signal } = this.#required();
    try {
      const message = await conversation.enqueue(text, options);
      this.#change(id, { message });
      await this.#follow(id, message, signal);
    } catch (error) {
      this.#change(id, { status: "failed", error: coded(error) });
    }
  }

  async #follow(id: string, message: OutgoingMessage, signal: AbortSignal): Promise<void> {
    for await (const status of message.changes({ signal })) this.#change(id, { status, sentId: message.sent?.id, error: message.error });
    const status = this.#find(id)?.status;
    if (!signal.aborted && status !== "finalized" && status !== "confirmed") this.drop(id); // taken out, perhaps in another tab
  }
}

/** What is shown to people as an error has a code, whatever was thrown. */
export function coded(error: unknown): PosternError {
  return isPosternError(error) ? error : new PosternError("UNEXPECTED", "Something went wrong that should not. Try again.", { cause: error });
}
