/** The stretch of a conversation that is in memory: never more than `most` messages, whatever comes and is asked for. */
import type { Message } from "../sync/message.js";

export class MessageWindow {
  readonly #most: number;
  #messages: readonly Message[] = [];
  /** There may be older ones. */
  hasOlder = false;
  /** Nothing newer is missing. */
  atEnd = true;

  constructor(most: number) {
    this.#most = most;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  reset(messages: readonly Message[], hasOlder: boolean): void {
    this.#messages = messages;
    this.hasOlder = hasOlder;
    this.atEnd = true;
  }

  /** Newer ones; the oldest make room. While the end is not in memory they are left for {@link reset}. */
  append(messages: readonly Message[]): void {
    if (!this.atEnd || messages.length === 0) return;
    const all = [...this.#messages, ...messages];
    this.hasOlder ||= all.length > this.#most;
    this.#messages = all.slice(-this.#most);
  }

  remove(id: string): void {
    this.#messages = this.#messages.filter((message) => message.id !== id);
  }

  /** Older ones; the newest make room. */
  prepend(messages: readonly Message[], hasOlder: boolean): void {
    const all = [...messages, ...this.#messages];
    this.atEnd &&= all.length <= this.#most;
    this.#messages = all.slice(0, this.#most);
    this.hasOlder = hasOlder;
  }
}
