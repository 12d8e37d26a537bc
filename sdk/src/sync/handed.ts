/** How far the app has been given the messages of a conversation, inbox by inbox. */
import type { InboxKey } from "./inboxes.js";
import type { Message } from "./message.js";

export class Handed {
  /** Numbers of the peer's messages that the app has been given. */
  readonly #numbers = new Map<InboxKey, Set<number>>();
  /** Numbers behind the newest message of the timeline that the app has been given, and that is kept. */
  readonly #shown = new Map<InboxKey, number>();
  readonly #kept = new Map<InboxKey, number>();

  in(key: InboxKey): ReadonlySet<number> | undefined {
    return this.#numbers.get(key);
  }

  give(key: InboxKey, { mine, seq }: Message): void {
    if (mine) return;
    const numbers = this.#numbers.get(key) ?? new Set();
    this.#numbers.set(key, numbers.add(seq));
  }

  /** A message of the timeline was given. */
  show(key: InboxKey, message: Message): void {
    this.#shown.set(key, Math.max(message.seq + 1, this.#shown.get(key) ?? 0));
    this.give(key, message);
  }

  /** What was shown since the last time: from a number, up to another. */
  toKeep(key: InboxKey): { readonly from: number; readonly upto: number } {
    const from = this.#kept.get(key) ?? 0;
    const upto = Math.max(from, this.#shown.get(key) ?? 0);
    this.#kept.set(key, upto);
    return { from, upto };
  }

  /** A fork took back what the inbox held from a number on. */
  takeBack(key: InboxKey, from: number): void {
    for (const numbers of [this.#shown, this.#kept]) numbers.set(key, Math.min(from, numbers.get(key) ?? 0));
    this.#numbers.set(key, new Set([...(this.#numbers.get(key) ?? [])].filter((seq) => seq < from)));
  }
}
