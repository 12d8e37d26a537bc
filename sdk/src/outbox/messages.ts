/** The messages of the outbox as this session knows them, and how it keeps up with what other tabs and processes do to them. */
import { PosternError } from "../errors.js";
import type { Address } from "../program/index.js";
import { Mutex } from "../send/mutex.js";
import type { SealedStore } from "../store/sealed.js";
import { OutboxLog } from "./log.js";
import { Outgoing, type OutgoingActions } from "./message.js";
import type { NewMessage } from "./name.js";
import type { OutboxRecord } from "./record.js";

/** Another tab or process has changed the message meanwhile. */
export class Superseded extends Error {}

export class OutboxMessages {
  readonly #log: OutboxLog;
  readonly #actions: OutgoingActions;
  readonly #loading = new Mutex();
  readonly #messages = new Map<string, Outgoing>();
  /** Ids in the order in which they were put into the store. */
  #order: string[] = [];
  /** When each was put in, among the sends of this session; those that were there before, or come from another tab, are not here. */
  readonly #turns = new Map<string, number>();
  /** Those that are being delivered here. */
  readonly inHand = new Set<Outgoing>();

  constructor(store: SealedStore, actions: OutgoingActions) {
    this.#log = new OutboxLog(store);
    this.#actions = actions;
  }

  async append(message: NewMessage, turn: number): Promise<Outgoing> {
    return this.#loading.run(async () => {
      const stored = await this.#log.append({ ...message, queuedAtMs: Date.now(), status: "queued", frames: [] });
      const outgoing = new Outgoing(stored, this.#actions);
      this.#messages.set(outgoing.id, outgoing);
      this.#order.push(outgoing.id);
      this.#turns.set(outgoing.id, turn);
      return outgoing;
    });
  }

  /** Takes in what is new in the store. */
  async load(): Promise<void> {
    await this.#loading.run(async () => {
      const ids = await this.#log.ids();
      const gone: string[] = [];
      for (const id of ids.filter((each) => !this.#messages.has(each))) {
        const stored = await this.#log.read(id);
        if (stored === undefined || stored.record.status === "finalized") gone.push(id);
        else this.#messages.set(id, new Outgoing(stored, this.#actions));
      }
      await this.#log.remove(gone);
      const listed = new Set(ids);
      this.#order = [...ids, ...this.#order.filter((id) => !listed.has(id))];
    });
  }

  /** Of one conversation, or of all, oldest first. */
  all(peer?: Address): Outgoing[] {
    return this.#order.flatMap((id) => this.#messages.get(id) ?? []).filter(({ conversation }) => peer === undefined || conversation === peer);
  }

  /** The oldest message of each conversation that is not on the ledger. */
  heads(peer?: Address): Map<Address, Outgoing> {
    const heads = new Map<Address, Outgoing>();
    for (const message of this.all(peer)) {
      if (message.status !== "confirmed" && message.status !== "finalized" && !heads.has(message.conversation)) heads.set(message.conversation, message);
    }
    return heads;
  }

  /** That of one conversation, if it was put in up to a turn. */
  head(peer: Address, turn = Infinity): Outgoing | undefined {
    const head = this.heads(peer).get(peer);
    return head !== undefined && (this.#turns.get(head.id) ?? 0) <= turn ? head : undefined;
  }

  /** True until it has left the outbox. */
  has({ id }: Outgoing): boolean {
    return this.#messages.has(id);
  }

  /** What another process delivers, it delivers in order: the oldest that waits tells whether there is more to read. */
  async rereadHeads(peer?: Address): Promise<void> {
    for (const first of this.heads(peer).values()) {
      for (let head: Outgoing | undefined = first, read: Outgoing | undefined; head !== undefined && head !== read && !this.inHand.has(head);) {
        read = head;
        await this.reread(head);
        head = this.head(head.conversation);
      }
    }
  }

  async reread(message: Outgoing): Promise<void> {
    const before = message.stored;
    const stored = await this.#log.read(message.id);
    if (message.stored !== before || !this.has(message)) return; // it was changed here meanwhile
    if (stored) return message.take(stored);
    this.#forget(message);
    const { record } = before;
    if (record.status === "confirmed") message.take({ ...before, record: { ...record, status: "finalized" } });
    else message.end(cancelled()); // by another tab
  }

  /** Changes a message in the store and here. Throws {@link Superseded} when it is no longer as it was known here. */
  async change(message: Outgoing, to: Partial<OutboxRecord>): Promise<void> {
    const stored = await this.#log.change(message.stored, to);
    if (stored === undefined) throw new Superseded();
    message.take(stored);
  }

  /** Takes out one that is as it is known here. False when it was signed, or taken out, meanwhile. */
  async cancel(message: Outgoing): Promise<boolean> {
    if (!(await this.#log.cancel(message.stored))) return false;
    this.#forget(message);
    message.end(cancelled());
    return true;
  }

  /** Takes finalized ones out of the store. */
  async remove(settled: readonly Outgoing[]): Promise<void> {
    await this.#log.remove(settled.map(({ id }) => id));
    for (const message of settled) this.#forget(message);
  }

  end(reason: PosternError): void {
    for (const message of this.#messages.values()) message.end(reason);
  }

  #forget({ id }: Outgoing): void {
    this.#messages.delete(id);
    this.#turns.delete(id);
    this.#order = this.#order.filter((other) => other !== id);
  }
}

function cancelled(): PosternError {
  return new PosternError("ABORTED", "This message was taken out of the outbox before it was sent.");
}
