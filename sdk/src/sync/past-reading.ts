/** What is older in all inboxes of a conversation, merged downwards. */
import { encodeCursor, encodeCursorBetween, type Positions } from "./cursor.js";
import type { InboxKey } from "./inboxes.js";
import { toMessage, type Message, type Opened } from "./message.js";
import { provenItem, type PastInbox } from "./past-inbox.js";
import { isBefore } from "./timeline.js";

export type Entry = { readonly opened: Opened; readonly message: Message };

/** One reading downwards, from `top`. */
export class PastReading {
  readonly #conversation: string;
  readonly #inboxes: readonly PastInbox[];
  readonly top: Positions;
  /** Newest first. */
  entries: Entry[] = [];

  constructor(conversation: string, inboxes: readonly PastInbox[]) {
    this.#conversation = conversation;
    this.#inboxes = inboxes;
    this.top = this.positions;
  }

  get positions(): Positions {
    return new Map(this.#inboxes.map((inbox) => [inbox.key, inbox.position]));
  }

  /** How many of the entries transaction history was asked for. */
  get fetched(): number {
    return this.#inboxes.reduce((sum, { fetched }) => sum + fetched, 0);
  }

  /** For each inbox, an entry for what is older than the entries, down to a position. */
  unfetched(downTo: Positions | undefined): Entry[] {
    const cursor = encodeCursorBetween(this.positions);
    return this.#inboxes.flatMap((inbox) => {
      const opened = inbox.unfetched(downTo?.get(inbox.key) ?? 0);
      return opened ? [{ opened, message: toMessage(opened, this.#conversation, cursor) }] : [];
    });
  }

  /** Reads the next entry downwards; undefined when there is none. */
  async step(): Promise<Entry | undefined> {
    let newest: { inbox: PastInbox; item: Opened } | undefined;
    for (const inbox of this.#inboxes) {
      const item = await inbox.peek();
      if (item && (newest === undefined || isBefore(newest.item, item))) newest = { inbox, item };
    }
    if (newest === undefined) return undefined;
    const { key } = newest.inbox;
    const others = [...this.positions].filter(([other]) => other !== key);
    newest.inbox.take();
    const cursor = encodeCursor(new Map([...others, [key, newest.item.frame.seq + 1]]));
    const entry = { opened: newest.item, message: toMessage(newest.item, this.#conversation, cursor) };
    this.entries.push(entry);
    return entry;
  }

  prove(key: InboxKey, times: ReadonlyMap<number, number>): void {
    this.entries = this.entries.map((entry) => {
      const { opened, message } = entry;
      const proven = opened.source.key === key ? provenItem(opened, times.get(opened.frame.seq)) : opened;
      return proven === opened ? entry : { opened: proven, message: toMessage(proven, this.#conversation, message.cursor) };
    });
  }
}
