/** Messages and what is on its way as one list, in which a text keeps its key while it turns from the one into the other. */
import type { Message } from "../sync/message.js";
import type { Outgoing } from "./outgoing.js";
import type { ThreadItem } from "./state.js";

export class ThreadItems {
  /** Of own messages that were queued here: the key they had then. */
  readonly #keys = new Map<string, string>();
  readonly #items = new Map<string, ThreadItem>();
  /** Messages that were there before a text was queued cannot be what it became. */
  readonly #before = new Map<string, ReadonlySet<string>>();

  /** A text is queued while these messages are known. */
  queued({ id }: Outgoing, messages: readonly Message[]): void {
    this.#before.set(id, new Set(messages.filter(({ mine }) => mine).map(({ id: known }) => known)));
  }

  /** @returns the items, and which of the outgoing are shown as messages now and can be dropped */
  merge(messages: readonly Message[], outgoing: readonly Outgoing[]): { items: readonly ThreadItem[]; landed: readonly string[] } {
    const shownAs = new Map<string, Outgoing>();
    const free = new Map(messages.filter(({ id, mine }) => mine && !this.#keys.has(id)).map((message) => [message.id, message]));
    for (const entry of outgoing) {
      if (entry.sentId !== undefined && free.delete(entry.sentId)) shownAs.set(entry.sentId, entry);
    }
    // The message is read back before `send` tells its id: until then it is the first new one of ours with this text.
    for (const entry of outgoing) {
      if (entry.sentId !== undefined || entry.status !== "sent") continue;
      const message = [...free.values()].find((candidate) => textOf(candidate) === entry.text && !this.#before.get(entry.id)?.has(candidate.id));
      if (message && free.delete(message.id)) shownAs.set(message.id, entry);
    }
    const taken = new Set([...shownAs.values()].map(({ id }) => id));
    const landed = [...shownAs].flatMap(([id, entry]) => (entry.sentId === id ? [entry.id] : []));
    for (const [id, entry] of shownAs) if (entry.sentId === id) this.#keys.set(id, entry.id);
    const items = [
      ...messages.map((message) => this.#item(shownAs.get(message.id)?.id ?? this.#keys.get(message.id) ?? message.id, message, undefined)),
      ...outgoing.filter(({ id }) => !taken.has(id)).map((entry) => this.#item(entry.id, undefined, entry)),
    ];
    this.#forget(messages, outgoing, items);
    return { items, landed };
  }

  #item(key: string, message: Message | undefined, outgoing: Outgoing | undefined): ThreadItem {
    const known = this.#items.get(key);
    const status = message ? (message.mine ? "confirmed" : undefined) : outgoing?.status;
    if (known && known.message === message && known.status === status && known.error === outgoing?.error) return known;
    const item: ThreadItem = {
      key, status, message, error: outgoing?.error, mine: message?.mine ?? true,
      text: message ? textOf(message) : outgoing?.text,
      unreadable: message?.kind === "unreadable" ? message.reason : undefined,
      at: message?.postedAt ?? outgoing?.queuedAt ?? new Date(0),
    };
    this.#items.set(key, item);
    return item;
  }

  /** What has left the window leaves nothing behind. */
  #forget(messages: readonly Message[], outgoing: readonly Outgoing[], items: readonly ThreadItem[]): void {
    const shown = new Set(items.map(({ key }) => key));
    const [ids, waiting] = [new Set(messages.map(({ id }) => id)), new Set(outgoing.map(({ id }) => id))];
    for (const key of this.#items.keys()) if (!shown.has(key)) this.#items.delete(key);
    for (const id of this.#keys.keys()) if (!ids.has(id)) this.#keys.delete(id);
    for (const id of this.#before.keys()) if (!waiting.has(id)) this.#before.delete(id);
  }
}

function textOf(message: Message): string | undefined {
  return message.kind === "content" ? message.text : undefined;
}
