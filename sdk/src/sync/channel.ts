/** One peer's inboxes kept in step: the view of them, the messages in them, and how far the app has been handed those. */
import { equal } from "../crypto/index.js";
import type { AccountData, Address } from "../program/index.js";
import { Absences } from "./absences.js";
import type { Accounts } from "./accounts.js";
import type { AnswerSearch } from "./answer-search.js";
import type { Context } from "./context.js";
import type { Directory } from "./directory.js";
import { Doubts } from "./doubts.js";
import { Forks } from "./forks.js";
import { Handed } from "./handed.js";
import { isUnaddressed, type InboxKey } from "./inboxes.js";
import { addressesOf, claimsOf, isComplete, NOTHING, readPeerView, type Inbound, type Outbox, type PeerView, type Sights } from "./peer-view.js";
import type { PublishedKeys } from "./published-keys.js";
import { isLeft, pairedWith } from "./succession.js";
import { Leftovers } from "./leftovers.js";
import type { Positions } from "./cursor.js";
import type { Message } from "./message.js";
import { lifeOf, Past, type PastLimits, type PastMessage } from "./past.js";
import { Timeline, type Move, type Source } from "./timeline.js";

/** So many places to go on are looked at, the latest: an honest peer names one in each inbox. */
const MAX_CLAIMS = 16;

/** What a channel works with. */
type Parts = { readonly context: Context; readonly accounts: Accounts; readonly directory: Directory; readonly keys: PublishedKeys; readonly search: AnswerSearch; readonly peer: Address };

export class Channel {
  readonly peer: Address;
  readonly timeline: Timeline;
  readonly #context: Context;
  readonly #parts: Parts;
  readonly #handed = new Handed();
  #past!: Past;
  #forks!: Forks;
  /** Inboxes of the peer's that we have accepted, or that answer ours. */
  readonly #agreed = new Set<InboxKey>();
  #view: PeerView = NOTHING;
  #left = false;
  readonly #doubts = new Doubts();
  /** What the peer's `moved` messages name, and where nothing stands any more; and inboxes of ours whose other half is gone. */
  readonly #absences = new Absences();
  #leftovers!: Leftovers;
  #doubted = 0;
  #differs = false;
  #isBehind = false;

  constructor(parts: Parts) {
    this.#context = parts.context;
    this.#parts = parts;
    this.peer = parts.peer;
    this.timeline = new Timeline(this.peer, parts.context.emit);
    this.forget();
  }

  /** Holds no key from here on: so it begins, and so the session ends. */
  forget(): void {
    if (this.#view !== NOTHING) this.#view = { ...NOTHING, state: this.#view.state };
    this.timeline.forget();
    this.#leftovers = new Leftovers(this.#context);
    this.#forks = new Forks(this.timeline, this.#parts.accounts);
    this.#past = new Past(this.#context, this.peer, (key) => this.timeline.older(key));
  }

  /** As of the last {@link refresh}. */
  get view(): PeerView {
    return this.#view;
  }

  get state(): PeerView["state"] {
    return this.#left && (this.#view.state === "new" || this.#view.state === "declined") ? "closed" : this.#view.state;
  }

  /** This wallet has closed its side: until a new inbox opens, the conversation is closed though nothing is left of it. */
  leave(): void {
    this.#left = true;
  }

  /** Addresses to read before {@link take}. */
  wanted(): Address[] {
    return [...new Set([...addressesOf(this.#sights()), ...this.#leftovers.addresses()])];
  }

  /** Those of them that the peer has named. */
  claims(): Address[] {
    return claimsOf(this.#sights());
  }

  #sights(): Sights {
    const { directory, search } = this.#parts;
    const known = new Set(directory.incomingFrom(this.peer).map(({ address }) => address)); // the directory reads these
    const moves = this.#claimed().filter((target) => !known.has(target));
    return { ...this.#parts, candidates: [...new Set([...[...moves, ...this.timeline.undecided].slice(-MAX_CLAIMS), ...search.found(this.peer).map(({ address }) => address)])] };
  }

  /** Where the peer says to go on, in inboxes that we have accepted or that answer ours: nobody else has a say in that. */
  #claimed(): Address[] {
    return this.timeline.movedTo((key, { mine }) => !mine && this.#agreed.has(key));
  }

  /** Inboxes that hold what may only have arrived wrong: to be read again. */
  get doubtful(): readonly Address[] {
    return [...this.#doubts.open, ...this.#forks.open];
  }

  /** False while what was read may only have arrived wrong. */
  get isSettled(): boolean {
    return isComplete(this.#view, this.#parts.directory.ownWith(this.peer)) && !this.#differs && this.doubtful.length === 0;
  }

  /** True where {@link take} would find the same again, whenever it is called, for as long as nothing of what it reads has changed. */
  get isAtRest(): boolean {
    const { outboxes, requests } = this.#view;
    const isWaiting = !this.#leftovers.isEmpty || this.#parts.keys.isDue(this.peer) || requests.length > 0 || this.timeline.undecided.length > 0 || this.#claimed().some((target) => !this.#isFollowed(target) && !this.#absences.isSure(target));
    return this.isSettled && !this.#isBehind && !isWaiting && outboxes.length > 0 && outboxes.every(({ status }) => status === "open");
  }

  /** What it reads besides the accounts: the same values for as long as it has not changed. */
  basis(): readonly unknown[] {
    const { directory, keys, search } = this.#parts;
    const { keyring } = this.#context;
    return [directory.ownWith(this.peer), directory.incomingFrom(this.peer), keys.of(this.peer), search.found(this.peer), keyring.generations.join()];
  }

  /** Takes in what stands at {@link wanted}. The same `answer` says nothing twice. */
  async take(accounts: ReadonlyMap<Address, AccountData | null>, answer: object): Promise<void> {
    let view = await readPeerView(this.#sights(), accounts);
    if (await this.#parts.search.look(view)) view = await readPeerView(this.#sights(), accounts);
    this.#view = this.#leftovers.joined(this.#view, view, accounts);
    for (const inbound of this.#view.inbounds) if (this.#isAgreed(inbound)) this.#agreed.add(inbound.key);
    const alone = this.#view.outboxes.filter(({ status }) => status === "gone").map(({ own }) => own.key);
    this.#absences.note([...alone, ...this.#claimed().filter((target) => accounts.get(target) === null)], answer);
    const read = [...this.#view.outboxes.filter(({ status }) => status !== "incomplete"), ...this.#view.inbounds];
    const doubtful = await this.#takeBack(read, answer);
    const sources = read.filter(({ source }) => !doubtful.has(source.key)).map(({ source }): Source => ({ ...source, goesOnIn: (target) => this.#goesOnIn(source, target, accounts) }));
    this.#isBehind = sources.some(({ key, next }) => this.timeline.processed(key) > next);
    let differs = sources.some((source) => this.timeline.isAheadOf(source));
    this.timeline.ingest(await this.#withPast(sources, answer));
    for (const { inbound, inbox } of this.#view.outboxes) {
      const seen = inbound === undefined ? 0 : this.timeline.seenBy(inbound.key);
      if (seen <= inbox.next || seen <= this.#doubted) continue;
      this.#doubted = seen; // told once, whatever the peer goes on claiming
      differs = true;
    }
    this.#tellDifference(differs || sources.some((source) => this.#past.contradicts(source)));
  }

  /** Withdraws what a fork took back, and what was shown before it was known to be under replaced keys. @returns inboxes that are in doubt */
  async #takeBack(read: readonly (Outbox | Inbound)[], answer: object): Promise<ReadonlySet<InboxKey>> {
    const { takenBack, doubtful } = this.#forks.find(read, answer);
    const replaced = this.#view.replaced.filter((key) => this.timeline.processed(key) > 0).map((key) => ({ key, from: 0, source: undefined }));
    for (const { key, from, source } of [...takenBack, ...replaced]) {
      await this.#past.takeBack(key, from, source);
      this.#handed.takeBack(key, from);
      this.timeline.withdraw(key, from);
      await this.#context.onTakenBack?.(this.peer, key, from);
    }
    return doubtful;
  }

  /** With what the rings have let go of since they were read last, and up to what may only have arrived wrong. */
  async #withPast(sources: readonly Source[], answer: object): Promise<Source[]> {
    const whole = sources.filter((source) => !this.#doubts.isDamaged(source, answer));
    this.timeline.begin(await this.#past.meet(whole, new Set(this.#view.requests.map(({ key }) => key))));
    const withPast: Source[] = [];
    for (const source of whole) {
      const settled = this.#doubts.settled(source, this.timeline.processed(source.key), answer);
      const filled = await this.#past.filled(source, this.timeline.expected(source), { check: settled === source });
      withPast.push(settled === source ? filled : { ...filled, next: settled.next, frames: filled.frames.filter(({ seq }) => seq < settled.next) });
    }
    return withPast;
  }

  /** The `count` messages just before a position that are older than the timeline, oldest first: handed to the app. */
  async olderBefore(before: Positions | undefined, count: number): Promise<Message[]> {
    return this.#handAll(await this.#past.page(before, count));
  }

  /** Those from a position on, the newest within the limits: handed to the app. */
  async olderSince(after: Positions | undefined, limits: PastLimits): Promise<Message[]> {
    return this.#handAll(await this.#past.since(after, limits));
  }

  /** All that can be read, oldest first. Nothing counts as handed to the app by it. */
  async everything(): Promise<Message[]> {
    const older = await this.#past.since(undefined, { messages: Infinity, fetched: Infinity });
    return [...older.map(({ message }) => message), ...this.timeline.messages];
  }

  /** Keeps what the app has been given of the rings since the last time. */
  async archive(): Promise<void> {
    for (const { source } of [...this.#view.outboxes, ...this.#view.inbounds]) {
      const { key, frames, next, head } = source;
      const { from, upto } = this.#handed.toKeep(key);
      const kept = frames.filter(({ seq }) => seq >= from && seq < upto).flatMap((frame) => {
        const proven = this.#past.isChecked(key, frame.seq);
        return proven || this.timeline.isReadable(source, frame) ? [{ ...frame, proven }] : [];
      });
      await this.#past.archive.keep(lifeOf(source), kept.filter(({ seq }) => seq >= source.start), upto === next ? { seq: next, head } : undefined);
    }
  }

  /** Once for as long as it lasts. */
  #tellDifference(differs: boolean): void {
    if (differs && !this.#differs) this.#context.emit({ kind: "viewDiffers", conversation: this.peer });
    this.#differs = differs;
  }

  #handAll(older: readonly PastMessage[]): Message[] {
    if (this.#past.hasContradictions) this.#tellDifference(true);
    for (const { key, message } of older) this.#handed.give(key, message);
    return older.map(({ message }) => message);
  }

  /**
   * Whether a conversation that stood in `source` goes on in `target`: a later inbox of the same writer's, under keys that are current
   * or newer. Undefined when that was not read.
   */
  #goesOnIn({ key, address, mine, openedSlot }: Source, target: Address, accounts: ReadonlyMap<Address, AccountData | null>): boolean | undefined {
    const { inbounds, outboxes, published } = this.#view;
    if (mine) return outboxes.some(({ own }) => own.address === target && own.address !== address);
    if (!this.#agreed.has(key)) return false;
    const incoming = this.#parts.directory.incomingFrom(this.peer).find((candidate) => candidate.address === target);
    if (incoming) return incoming.inbox.openedSlot > openedSlot && (published === undefined || equal(incoming.response.sender.hash, published.hash));
    const isAnswer = outboxes.some(({ inbound, inbox }) => inbound?.address === target && isUnaddressed(inbox));
    if (isAnswer && inbounds.some((inbound) => inbound.address === target && inbound.inbox.openedSlot > openedSlot)) return true;
    return accounts.has(target) ? false : undefined;
  }

  /** The message at `index` of the timeline has been given to the app. */
  handOver(index: number): void {
    const message = this.timeline.messages[index];
    if (message) this.#handed.show(this.timeline.keyAt(index), message);
  }

  /** Where the first message of a peer's inbox stands that neither was acknowledged nor has been handed to the app; 0 when none was. */
  handedIn(key: InboxKey): number {
    const handed = this.#handed.in(key);
    const inbound = this.#view.inbounds.find((candidate) => candidate.key === key);
    if (inbound === undefined) return 0;
    const last = Math.max(-1, ...(handed ?? []));
    const isBehindUs = ({ seq, target }: Move): boolean =>
      this.#isFollowed(target) || (this.#absences.isSure(target) && isLeft(inbound, this.#view.outboxes)) || (seq < last && !this.#isAwaited(target));
    const followed = new Set(this.timeline.movesIn(key).filter(isBehindUs).map(({ seq }) => seq));
    if (handed === undefined && followed.size === 0) return 0;
    const { inbox, source } = inbound;
    const from = Math.max(source.start, inbox.first, inbox.acknowledged);
    let upto = from;
    while (handed?.has(upto) || followed.has(upto)) upto++;
    return upto === from ? inbox.acknowledged : upto;
  }

  /**
   * How far the peer's inbox may be acknowledged now, or undefined when nothing is to be said: what the app has been handed,
   * and the handshake once our own inbox keeps the thread.
   */
  acknowledgeable(inbound: Inbound): number | undefined {
    const { inbox, key, source } = inbound;
    if (inbox.state !== "open" || this.#context.keyring.generationOf(inbox.reader) === undefined) return undefined;
    const keepsThread = pairedWith(inbound, this.#view.outboxes).length > 0;
    if (isUnaddressed(inbox) && source.start > 0 && !keepsThread && !this.#leftovers.has(key)) return undefined; // nothing but the ring keeps the thread
    const upto = Math.min(inbox.next, Math.max(this.handedIn(key), keepsThread || this.#isLeftBehind(inbound) ? source.start : 0));
    return upto > inbox.acknowledged ? upto : undefined;
  }

  /** Whether the other half of an inbox of ours was missing in more than one answer. */
  isSurelyGone(key: InboxKey): boolean {
    return this.#absences.isSure(key);
  }

  /** True for a peer's inbox that is read to its end and that a newer pair has taken the place of: its writer waits to close it. */
  isFinished(inbound: Inbound): boolean {
    const isReplaced = this.timeline.movesIn(inbound.key).some(({ target }) => this.#isFollowed(target)) || this.#leftovers.has(inbound.key) || this.#isLeftBehind(inbound) || isLeft(inbound, this.#view.outboxes);
    return isReplaced && this.acknowledgeable(inbound) === inbound.inbox.next;
  }

  /** True for an inbox that its writer has announced, and that this wallet has accepted or answered: then the announcement is read. */
  #isFollowed(target: Address): boolean {
    return !this.#isAwaited(target) && this.#view.inbounds.some(({ address, inbox: { state } }) => address === target && state === "open");
  }

  #isAwaited(target: Address): boolean {
    return this.#view.requests.some(({ address }) => address === target);
  }

  /** True for one of the peer's that we have accepted, or that belongs to one of ours. */
  #isAgreed(inbound: Inbound): boolean {
    return inbound.inbox.state === "open" && (inbound.inbox.recipient === this.#context.wallet || pairedWith(inbound, this.#view.outboxes).length > 0);
  }

  /**
   * True for an inbox that we accepted, and none of ours belongs to any more, while another pair of the same keys or newer ones stands:
   * requests that crossed while a side rotated. Its writer can only close it once its handshake is acknowledged too.
   */
  #isLeftBehind(inbound: Inbound): boolean {
    if (pairedWith(inbound, this.#view.outboxes).length > 0) return false;
    const reader = this.#context.keyring.generationOf(inbound.inbox.reader);
    return reader !== undefined && this.#view.outboxes.some(({ own, status, inbound: other }) => status === "open" && (own.generation > reader || (own.generation === reader && other !== undefined)));
  }
}
