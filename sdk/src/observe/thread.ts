/** One conversation as a list that keeps itself up to date while somebody watches it, and does nothing while nobody does. */
import type { Conversation } from "../client/conversation.js";
import type { Postern } from "../client/postern.js";
import { PosternError } from "../errors.js";
import type { Message } from "../sync/message.js";
import { Cell, type Observable } from "./cell.js";
import { ThreadItems } from "./items.js";
import { coded, OutgoingTexts } from "./outgoing.js";
import { pause } from "./pause.js";
import type { ConversationSummary, ThreadState } from "./state.js";
import { MessageWindow } from "./window.js";

/** Messages that are asked for at once. */
const PAGE = 50;
const MAX_PAUSE_MS = 30_000;

/** What a thread needs of the account that it belongs to. */
export type ThreadHost = {
  readonly session: Observable<Postern | undefined>;
  readonly conversations: Observable<unknown>;
  readonly mostMessages: number;
  summaryOf(peer: string): ConversationSummary | undefined;
  /** By peer, keys that took the place of those that the user accepted. */
  readonly unaccepted: Observable<ReadonlyMap<string, unknown>>;
  /** Looks in the store whether there are such. */
  learnKeys(peer: string): Promise<void>;
  lostFrom(peer: string): number;
  reachable(peer: string): Observable<boolean | undefined>;
  /** Something was sent, or marked as read: look, and have the other tabs look. */
  changed(peer: string, read: boolean): void;
  /** Nobody watches any more. */
  forget(peer: string): void;
};

const WAITING: ThreadState = {
  status: "waiting", state: "new", canSend: false, items: [], hasOlder: false, loadingOlder: false, atEnd: true, keysChanged: false, lost: 0, error: undefined,
};

export class Thread implements Observable<ThreadState> {
  readonly peer: string;
  readonly #host: ThreadHost;
  readonly #cell = new Cell<ThreadState>(WAITING, () => this.#watch());
  readonly #items = new ThreadItems();
  readonly #window: MessageWindow;
  readonly #outbox = new OutgoingTexts(() => this.#show());
  #conversation: Conversation | undefined;
  #session: AbortController | undefined;
  #pending: Message[] = [];
  #flush: ReturnType<typeof setTimeout> | undefined;
  #marked: string | undefined;

  constructor(peer: string, host: ThreadHost) {
    this.peer = peer;
    this.#host = host;
    this.#window = new MessageWindow(host.mostMessages);
  }

  getSnapshot = (): ThreadState => this.#cell.getSnapshot();
  subscribe = (listener: () => void): (() => void) => this.#cell.subscribe(listener);

  /**
   * Queues a text: it is in `items` at once, with its status. What goes wrong is told there.
   * @throws PosternError LOCKED while the conversation is not `ready`
   */
  send = (text: string, options: { readonly maxPostageLamports?: bigint } = {}): void => {
    this.#items.queued(this.#outbox.send(text, options), this.#window.messages);
  };

  /** Sends what failed once more. */
  retry = (key: string): void => this.#outbox.retry(key);
  /** Gives up what failed, or what is not on its way yet. */
  cancel = (key: string): void => this.#outbox.cancel(key);

  /** Loads older messages in front of the first one. What fails is in `error`. */
  older = async (): Promise<void> => {
    const [first] = this.#window.messages;
    if (!first || !this.#conversation || this.getSnapshot().loadingOlder || !this.#window.hasOlder) return;
    this.#cell.patch({ loadingOlder: true });
    try {
      const page = await this.#conversation.history({ before: first.cursor, limit: PAGE });
      if (this.#window.messages[0] === first) this.#window.prepend(page, page.length === PAGE);
      this.#show({ loadingOlder: false, error: undefined });
    } catch (error) {
      this.#show({ loadingOlder: false, error: coded(error) });
    }
  };

  /** Goes back to the newest messages. */
  latest = async (): Promise<void> => {
    if (this.#window.atEnd || !this.#conversation) return;
    try {
      const page = await this.#conversation.history({ limit: PAGE });
      this.#window.reset(page, page.length === PAGE);
      this.#show({ error: undefined });
    } catch (error) {
      this.#show({ error: coded(error) });
    }
  };

  /** Marks all that is shown as read on this device. Call it when the user can see it. */
  markRead = async (): Promise<void> => {
    const last = this.#window.messages.at(-1);
    if (!last || !this.#conversation || !this.#window.atEnd || last.cursor === this.#marked) return;
    this.#marked = last.cursor;
    try {
      await this.#conversation.markRead(last.cursor);
      this.#host.changed(this.peer, true);
    } catch {
      this.#marked = undefined; // tried again when it is seen again
    }
  };

  /** A fork took a message back: it is shown no more. */
  withdraw(id: string): void {
    this.#pending = this.#pending.filter((message) => message.id !== id);
    this.#window.remove(id);
    this.#show();
  }

  /** Of the session that was unlocked: 60 digits. @throws PosternError as `Conversation.safetyNumber()` */
  safetyNumber = async (): Promise<string> => this.#required().safetyNumber();

  /** Leaves the conversation. @throws PosternError CLOSE_TOO_EARLY as `Conversation.close()` */
  close = async (): Promise<{ reclaimedLamports: bigint }> => {
    const closed = await this.#required().close();
    this.#host.changed(this.peer, true);
    return closed;
  };

  #required(): Conversation {
    if (this.#conversation) return this.#conversation;
    throw new PosternError("LOCKED", "This conversation is not loaded. Wait for its status to be ready.");
  }

  #watch(): () => void {
    const restart = (): void => {
      this.#session?.abort();
      this.#conversation = undefined;
      this.#outbox.detach();
      const postern = this.#host.session.getSnapshot();
      if (postern === undefined) return this.#cell.patch({ status: "waiting", canSend: false });
      const session = (this.#session = new AbortController());
      this.#cell.patch({ status: "loading" });
      void this.#run(postern, session.signal);
    };
    const stops = [this.#host.session.subscribe(restart), this.#host.conversations.subscribe(() => this.#show()), this.#host.unaccepted.subscribe(() => this.#show()), this.#host.reachable(this.peer).subscribe(() => void this.#reconsider())];
    restart();
    return () => {
      for (const stop of stops) stop();
      this.#session?.abort();
      this.#conversation = undefined;
      this.#dropPending();
      this.#window.reset([], false);
      this.#marked = undefined;
      this.#cell.set(WAITING);
      this.#outbox.detach();
      this.#host.forget(this.peer);
    };
  }

  async #run(postern: Postern, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const conversation = await postern.conversation(this.peer);
        const page = await conversation.history({ limit: PAGE });
        await this.#host.learnKeys(this.peer);
        if (signal.aborted) return;
        this.#conversation = conversation;
        this.#dropPending();
        this.#window.reset(page, page.length === PAGE);
        await this.#outbox.attach(conversation, signal);
        if (signal.aborted) return;
        this.#show({ status: "ready", error: undefined });
        failures = 0;
        const after = page.at(-1)?.cursor;
        for await (const message of conversation.messages({ signal, ...(after !== undefined && { after }) })) this.#take(message);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#show({ error: coded(error), ...(this.#conversation === undefined && { status: "failed" as const }) });
        await pause(Math.min(MAX_PAUSE_MS, 1_000 * 2 ** failures), signal);
      }
    }
  }

  /** What a new read has in it anyway. */
  #dropPending(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    this.#pending = [];
  }

  /** What comes in one go is shown in one go. */
  #take(message: Message): void {
    this.#pending.push(message);
    this.#flush ??= setTimeout(() => {
      this.#flush = undefined;
      this.#window.append(this.#pending.splice(0));
      this.#show();
      this.#host.changed(this.peer, false);
    }, 0);
  }

  /** The peer can be written to now, or no more, which a conversation knows from when it was made. */
  async #reconsider(): Promise<void> {
    const postern = this.#host.session.getSnapshot();
    if (!postern || !this.#conversation) return;
    const conversation = await postern.conversation(this.peer).catch(() => undefined); // with the next change
    if (!conversation || this.#host.session.getSnapshot() !== postern || !this.#conversation) return;
    this.#conversation = conversation;
    this.#show();
  }

  #show(fields: Partial<ThreadState> = {}): void {
    const { items, landed } = this.#items.merge(this.#window.messages, this.#outbox.items());
    const before = this.getSnapshot();
    const same = items.length === before.items.length && items.every((item, i) => item === before.items[i]);
    const summary = this.#host.summaryOf(this.peer);
    const state = this.#conversation?.state ?? before.state;
    this.#cell.patch({
      items: same ? before.items : items, state, hasOlder: this.#window.hasOlder, atEnd: this.#window.atEnd,
      canSend: (summary?.state === state ? summary.canSend : this.#conversation?.canSend) ?? false,
      keysChanged: this.#host.unaccepted.getSnapshot().has(this.peer), lost: this.#host.lostFrom(this.peer), ...fields,
    });
    for (const id of landed) this.#outbox.drop(id);
  }
}
