/** An unlocked session, looked at again and again while it lasts. */
import type { MessageRequest } from "../client/message-request.js";
import type { Overview } from "../client/overview.js";
import type { Postern } from "../client/postern.js";
import { isPosternError, type PosternError } from "../errors.js";
import type { PosternEvent } from "../sync/events.js";
import { Cell, type Observable } from "./cell.js";
import { coded } from "./outgoing.js";
import { pause } from "./pause.js";
import { Reachability } from "./reachability.js";
import type { Account, Conversations, ConversationSummary, RequestSummary } from "./state.js";
import { kept, requestsOf, summariesOf } from "./summaries.js";
import { joinTabs, type Tabs } from "./tabs.js";
import type { ThreadHost } from "./thread.js";

/** A tab that does not lead, and one that nobody sees, look this many times more seldom. */
const SELDOM = 3;
const MAX_PAUSE_MS = 60_000;
/** Codes after which a session sees nothing any more. */
const LOST = ["KEYS_ROTATED", "LOCKED", "CLOSED"];

type Parts = {
  readonly account: Cell<Account>; readonly refreshMs: number; readonly mostMessages: number;
  forget(peer: string): void;
  /** A fork took a message back. */
  withdraw(peer: string, id: string): void;
  onLost(error: PosternError): void;
};

export class Live implements ThreadHost {
  readonly session = new Cell<Postern | undefined>(undefined);
  readonly conversations = new Cell<Conversations>({ status: "waiting", items: [] });
  readonly requests = new Cell<readonly RequestSummary[]>([]);
  readonly unread = new Cell(0);
  readonly unaccepted = new Cell<ReadonlyMap<string, Uint8Array>>(new Map());
  readonly mostMessages: number;
  readonly forget: (peer: string) => void;
  readonly #parts: Parts;
  readonly #reachability = new Reachability(this.session);
  #running: AbortController | undefined;
  #tabs: Tabs | undefined;
  #wake: AbortController | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #answerable = new Map<string, MessageRequest>();
  #lost = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.mostMessages = parts.mostMessages;
    this.forget = parts.forget;
  }

  /** @returns whether the wallet is registered @throws PosternError when the first look fails */
  async start(postern: Postern): Promise<boolean> {
    const running = (this.#running = new AbortController());
    this.session.set(postern);
    this.#tabs = joinTabs(`postern/${postern.address}`, () => this.nudge());
    running.signal.addEventListener("abort", this.#tabs.close, { once: true });
    if (typeof document !== "undefined") document.addEventListener("visibilitychange", () => this.nudge(), { signal: running.signal });
    if (typeof addEventListener === "function") addEventListener("online", () => this.nudge(), { signal: running.signal });
    const overview = await this.#read(postern);
    void this.#listen(postern, running.signal);
    void this.#keepLooking(running.signal);
    return overview.registered;
  }

  /** Ends the looking, and returns the session, which is the caller's to close. */
  stop(): Postern | undefined {
    const postern = this.session.getSnapshot();
    this.#running?.abort();
    this.#running = this.#tabs = undefined;
    this.#answerable.clear();
    this.#lost.clear();
    this.session.set(undefined);
    this.conversations.set({ status: "waiting", items: [] });
    this.requests.set([]);
    this.unread.set(0);
    this.unaccepted.set(new Map());
    return postern;
  }

  /** Looks soon. */
  nudge(): void {
    this.#wake?.abort();
  }

  /** Looks now; one that is asked for meanwhile is done after it. What fails is tried again. */
  look(): Promise<void> {
    this.#again = true;
    return (this.#looking ??= (async () => {
      try {
        for (let postern = this.session.getSnapshot(); this.#again && postern; postern = this.session.getSnapshot()) {
          this.#again = false;
          await this.#read(postern).catch((error: unknown) => this.#failed(postern, error));
        }
      } finally {
        this.#looking = undefined;
      }
    })());
  }

  summaryOf(peer: string): ConversationSummary | undefined {
    return this.conversations.getSnapshot().items.find((item) => item.peer === peer);
  }

  async learnKeys(peer: string): Promise<void> {
    const postern = this.session.getSnapshot();
    const { unacceptedKeysOf } = await import("../client/overview.js");
    const keys = postern && (await unacceptedKeysOf(postern, peer));
    if (this.session.getSnapshot() === postern) this.#showKeys([[peer, keys]]);
  }

  /** Keeps it, and shows it then: what the store does not take is told again. */
  async acceptKeys(peer: string): Promise<void> {
    const postern = this.session.getSnapshot();
    const keys = this.unaccepted.getSnapshot().get(peer);
    if (!postern || !keys) return;
    const { acceptKeysOf } = await import("../client/overview.js");
    await acceptKeysOf(postern, peer, keys);
    await this.learnKeys(peer);
    this.#tabs?.tell();
    await this.look(); // one that was under way has perhaps shown what it had read before
  }

  lostFrom(peer: string): number {
    return this.#lost.get(peer) ?? 0;
  }

  reachable(peer: string): Observable<boolean | undefined> {
    return this.#reachability.of(peer);
  }

  changed(peer: string, read: boolean): void {
    if (read) this.#mark(peer, { unread: 0 });
    this.#tabs?.tell();
    this.nudge();
  }

  async answer(from: string, busy: "accepting" | "declining", work: (request: MessageRequest) => Promise<unknown>): Promise<boolean> {
    const request = this.#answerable.get(from);
    const set = (fields: Partial<RequestSummary>): void => this.requests.set(this.requests.getSnapshot().map((item) => (item.from === from ? { ...item, ...fields } : item)));
    if (!request || this.requests.getSnapshot().find((item) => item.from === from)?.busy) return false;
    set({ busy, error: undefined });
    try {
      await work(request);
      await this.look();
      this.#tabs?.tell();
      return true;
    } catch (error) {
      set({ busy: undefined, error: coded(error) });
      return false;
    }
  }

  /** Replaces fields of one conversation. */
  #mark(peer: string, fields: Partial<ConversationSummary>): void {
    const { status, items } = this.conversations.getSnapshot();
    this.#showConversations({ status, items: kept(items, items.map((item) => (item.peer === peer ? { ...item, ...fields } : item)), ({ peer: name }) => name) });
  }

  #showKeys(of: Iterable<readonly [string, Uint8Array | undefined]>): void {
    const before = this.unaccepted.getSnapshot();
    const next = new Map(before);
    for (const [peer, keys] of of) if (keys === undefined) next.delete(peer); else next.set(peer, keys);
    if (next.size !== before.size || [...next].some(([peer, keys]) => before.get(peer)?.join() !== keys.join())) this.unaccepted.set(next);
    for (const { peer, keysChanged } of this.conversations.getSnapshot().items) if (keysChanged !== next.has(peer)) this.#mark(peer, { keysChanged: next.has(peer) });
  }

  #showConversations(next: Conversations): void {
    this.conversations.patch(next);
    this.unread.set(next.items.reduce((sum, { unread }) => sum + unread, this.requests.getSnapshot().length));
  }

  async #read(postern: Postern): Promise<Overview> {
    const { readOverview } = await import("../client/overview.js");
    const overview = await readOverview(postern);
    if (this.session.getSnapshot() !== postern) return overview;
    this.#answerable = new Map(overview.requests.map((request) => [request.from, request]));
    const before = this.requests.getSnapshot();
    this.requests.set(kept(before, requestsOf(overview, before), ({ from }) => from));
    const { items } = this.conversations.getSnapshot();
    this.#showConversations({ status: "ready", items: kept(items, summariesOf(overview), ({ peer }) => peer) });
    this.#showKeys(overview.unaccepted);
    const { account } = this.#parts;
    account.patch({ balanceLamports: overview.registered ? overview.balanceLamports : undefined, connection: "online" });
    if (overview.registered && account.getSnapshot().phase === "unregistered") account.patch({ phase: "ready" }); // in another tab
    return overview;
  }

  #failed(postern: Postern, error: unknown): void {
    if (this.session.getSnapshot() !== postern) return;
    if (LOST.some((code) => isPosternError(error, code))) this.#parts.onLost(coded(error));
    else if (isPosternError(error, "RPC_FAILED")) this.#parts.account.patch({ connection: "offline" });
  }

  async #keepLooking(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const hidden = typeof document !== "undefined" && document.visibilityState === "hidden";
      const seldom = (hidden ? SELDOM : 1) * (this.#tabs?.leads === false ? SELDOM : 1);
      this.#wake = new AbortController();
      await pause(Math.min(MAX_PAUSE_MS, this.#parts.refreshMs * seldom), AbortSignal.any([signal, this.#wake.signal]));
      if (!signal.aborted) await this.look();
    }
  }

  async #listen(postern: Postern, signal: AbortSignal): Promise<void> {
    for await (const event of postern.events({ signal })) this.#take(event);
  }

  #take(event: PosternEvent): void {
    const { account } = this.#parts;
    if (event.kind === "request") this.nudge();
    else if (event.kind === "connection") account.patch({ connection: event.state });
    else if (event.kind === "lowBalance") account.patch({ lowBalance: true });
    else if (event.kind === "keysExpiring") account.patch({ keysExpireAt: event.at });
    else if (event.kind === "keysRotated") this.nudge(); // the look says so, with its error
    else if (event.kind === "withdrawn") {
      this.#parts.withdraw(event.conversation, event.id);
      this.nudge();
    } else if (event.kind === "gap") this.#lost.set(event.conversation, this.lostFrom(event.conversation) + event.lastSeq - event.firstSeq + 1);
    else if (event.kind === "keysChanged") void this.learnKeys(event.wallet).catch(() => undefined); // with the next look
  }
}
