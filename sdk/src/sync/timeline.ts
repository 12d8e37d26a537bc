/**
 * The messages of one conversation in the order in which this device came to know them: append-only, so that a message's
 * cursor never changes. Each direction stands in its own order; what becomes known at once is merged by the chain's time.
 */
import { MESSAGE_KIND, messageOpener, toBase58, type Inner } from "../crypto/index.js";
import type { Address, Frame } from "../program/index.js";
import { encodeCursor } from "./cursor.js";
import type { PosternEvent } from "./events.js";
import type { InboxKey } from "./inboxes.js";
import { missingFrames, readFrame, toMessage, type Message, type Opened } from "./message.js";

/** An endpoint may be this far behind another one. */
const LAG_MS = 30_000;

/** One direction of the conversation, as just read. */
export type Source = {
  readonly key: InboxKey;
  readonly address: Address;
  readonly openSalt: Uint8Array;
  readonly from: Address;
  readonly mine: boolean;
  /** 64 bytes. */
  readonly inboxKey: Uint8Array;
  /** Number of the first frame that can be a message: 2 after a handshake, else 0. */
  readonly start: number;
  readonly first: number;
  /** Number of the next frame. */
  readonly next: number;
  readonly frames: readonly Frame[];
  /** Numbers of those frames that come from history and that the hash chain does not prove. */
  readonly unproven?: ReadonlySet<number>;
  readonly openedSlot: bigint;
  /** Unix seconds, as the header has them. */
  readonly openedTime: number;
  readonly lastTime: number;
  /** The log's head in front of frame `next`. */
  readonly head: Uint8Array;
  /** Of ours: the inbox of the peer that belongs to it, whose frames its `seen` counts and the other way round. */
  readonly counterpart?: InboxKey | undefined;
  /** Chain time (Unix seconds) from which frames are not the writer's any more: its keys were replaced a week before. */
  readonly staleFrom?: number | undefined;
  /**
   * Whether the conversation goes on in the inbox that a `moved` message here names; undefined while that was not looked at.
   * Behind such a message, frames are not the writer's any more.
   */
  readonly goesOnIn?: (target: Address) => boolean | undefined;
};

/** A `moved` message: the frame that says it, and the inbox that it names. */
export type Move = { readonly seq: number; readonly target: Address; readonly mine: boolean };

/** What was taken back of an inbox: everything from number `from` on; `at`: where it stood among the messages, ascending. */
export type Withdrawal = { readonly key: InboxKey; readonly from: number; readonly at: readonly number[] };

/** Of a frame that whoever holds replaced keys may have written. */
export const STALE = { kind: "unreadable", reason: "STALE_SENDER_KEYS" } as const;

export class Timeline {
  readonly #conversation: string;
  readonly #emit: (event: PosternEvent) => void;
  readonly #next = new Map<InboxKey, number>();
  readonly #seen = new Map<InboxKey, number>();
  readonly #listeners = new Set<(withdrawal?: Withdrawal) => void>();
  readonly messages: Message[] = [];
  /** Where an inbox begins to be shown here, and what of its ring is older. */
  readonly #floors = new Map<InboxKey, number>();
  readonly #older = new Map<InboxKey, Opened[]>();
  readonly #keys: InboxKey[] = [];
  readonly #moves = new Map<InboxKey, Move[]>();
  /** Inboxes that are left for another one, which has proven itself. */
  readonly #left = new Set<InboxKey>();
  readonly #undecided = new Set<Address>();

  constructor(conversation: string, emit: (event: PosternEvent) => void) {
    this.#conversation = conversation;
    this.#emit = emit;
  }

  /** The inbox and life of the message at `index`. */
  keyAt(index: number): InboxKey {
    return this.#keys[index] as InboxKey;
  }

  /** How many frames of an inbox are in, its handshake included. */
  processed(key: InboxKey): number {
    return this.#next.get(key) ?? 0;
  }

  /** The most frames of ours that a message in this inbox of the peer's claims to have seen. */
  seenBy(key: InboxKey): number {
    return this.#seen.get(key) ?? 0;
  }

  /** True when this inbox is shown without a message that is in, and that every endpoint should have known for a while. */
  isAheadOf({ key, next }: Source): boolean {
    const last = this.messages[this.#keys.lastIndexOf(key)];
    return last !== undefined && last.seq >= next && last.postedAt.getTime() < Date.now() - LAG_MS;
  }

  /** True when what stands in this frame of the inbox is a message in the protocol's sense. */
  isReadable({ inboxKey }: Source, frame: Frame): boolean {
    return readFrame(messageOpener(inboxKey), frame).inner !== undefined;
  }

  find(id: string): Message | undefined {
    return this.messages.findLast((message) => message.id === id);
  }

  /** Where the writer of an inbox says to go on, in order. Only claims, until what is named proves the same wallet. */
  movesIn(key: InboxKey): readonly Move[] {
    return this.#moves.get(key) ?? [];
  }

  /** Number of the last frame of an inbox that says where its writer goes on. */
  lastMoveIn(key: InboxKey): number | undefined {
    return this.movesIn(key).at(-1)?.seq;
  }

  /** What the `moved` messages in these inboxes name, in order. */
  movedTo(isAmong: (key: InboxKey, move: Move) => boolean): Address[] {
    return [...this.#moves].flatMap(([key, moves]) => moves.flatMap((move) => (isAmong(key, move) ? [move.target] : [])));
  }

  /** Inboxes that a `moved` message names and that were not looked at yet: what stands behind it waits for that. */
  get undecided(): readonly Address[] {
    return [...this.#undecided];
  }

  /** Has these inboxes shown from these numbers on: what is below is not missing, but older. */
  begin(floors: ReadonlyMap<InboxKey, number>): void {
    for (const [key, floor] of floors) this.#floors.set(key, floor);
  }

  /** Lets go of what holds keys. */
  forget(): void {
    this.#older.clear();
  }

  /** What the ring of an inbox held below where it is shown from, oldest first. */
  older(key: InboxKey): readonly Opened[] {
    return this.#older.get(key) ?? [];
  }

  /** The number of the first frame that is not in yet. */
  expected({ key, start, first, next }: Source): number {
    const floor = this.#floors.get(key);
    const known = this.#next.get(key) ?? (floor === undefined ? start : Math.min(floor, Math.max(start, first)));
    if (known <= next) return known;
    // A log never grows shorter: where it seems to, an earlier answer had skipped frames that are there.
    const last = this.messages.findLastIndex((_, i) => this.#keys[i] === key);
    return (this.messages[last]?.seq ?? (floor ?? start) - 1) + 1;
  }

  /** Takes in what is new in these inboxes. What of it is not there, and was not found in history, is one `gap` event and one entry. */
  ingest(sources: readonly Source[]): void {
    this.#undecided.clear();
    const pending = sources.map((source): Opened[] => {
      const known = this.expected(source);
      this.#next.set(source.key, known);
      return this.#read(source, source.frames.filter(({ seq }) => seq >= Math.max(known, source.start)), known);
    });
    const before = this.messages.length;
    for (const opened of merged(pending)) this.#append(opened);
    if (this.messages.length > before) for (const listener of this.#listeners) listener();
  }

  /** Up to a `moved` message whose target is to be looked at first. */
  #read(source: Source, frames: readonly Frame[], known: number): Opened[] {
    const open = frames.length > 0 ? messageOpener(source.inboxKey) : undefined;
    const read: Opened[] = [];
    if (this.movesIn(source.key).some(({ target }) => source.goesOnIn?.(target))) this.#left.add(source.key); // what it names was hidden before
    let expected = known;
    for (const frame of open ? frames : []) {
      const unproven = source.unproven?.has(frame.seq) && { unproven: true as const };
      const opened = { source, frame, ...readFrame(open as NonNullable<typeof open>, frame), ...unproven };
      const target = targetOf(opened.inner); // whoever wrote it, what it names has to prove itself
      const goesOn = target !== undefined && source.goesOnIn ? source.goesOnIn(target) : false;
      if (target !== undefined && goesOn === undefined) {
        this.#undecided.add(target);
        return read;
      }
      if (frame.seq > expected) read.push(this.#missing(source, expected, frame.seq - 1, frame.time));
      expected = frame.seq + 1;
      const isStale = target === undefined && (this.#left.has(source.key) || frame.time >= (source.staleFrom ?? Infinity));
      if (goesOn) this.#left.add(source.key);
      read.push(isStale ? { source, frame, body: STALE } : opened);
    }
    if (source.first > expected) read.push(this.#missing(source, expected, source.first - 1, source.lastTime));
    return read;
  }

  #missing(source: Source, firstSeq: number, lastSeq: number, time: number): Opened {
    this.#emit({ kind: "gap", conversation: this.#conversation, from: source.from, firstSeq, lastSeq });
    return missingFrames(source, firstSeq, lastSeq, time);
  }

  /** A fork took back what an inbox held from a number on: each message of it is out, which is told, as if it had not been read so far. */
  withdraw(key: InboxKey, from: number): void {
    const at = this.messages.flatMap(({ seq }, i) => (this.#keys[i] === key && seq >= from ? [i] : []));
    const withdrawn = at.map((i) => this.messages[i] as Message);
    for (const i of [...at].reverse()) {
      this.messages.splice(i, 1);
      this.#keys.splice(i, 1);
    }
    this.#next.set(key, Math.min(from, this.processed(key)));
    this.#seen.delete(key);
    this.#older.set(key, this.older(key).filter(({ frame }) => frame.seq < from));
    const moves = this.movesIn(key).filter(({ seq }) => seq < from);
    if (moves.length < this.movesIn(key).length) this.#left.delete(key);
    this.#moves.set(key, moves);
    for (const { id, seq, from: sender } of withdrawn) this.#emit({ kind: "withdrawn", conversation: this.#conversation, from: sender, id, seq });
    for (const listener of this.#listeners) listener({ key, from, at });
  }

  /** Calls `listener` after every batch of new messages, and with what was withdrawn. Returns the end of it. */
  onChange(listener: (withdrawal?: Withdrawal) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #append(opened: Opened): void {
    const { source, frame, inner } = opened;
    this.#next.delete(source.key); // to the end: a cursor ends with its own message's inbox
    this.#next.set(source.key, frame.seq + 1);
    if (inner) this.#noteSeen(source.key, inner);
    const target = targetOf(inner);
    if (target !== undefined) this.#moves.set(source.key, [...this.movesIn(source.key), { seq: frame.seq, target, mine: source.mine }]);
    if (frame.seq < (this.#floors.get(source.key) ?? 0)) {
      this.#older.set(source.key, [...this.older(source.key), opened]);
      return;
    }
    if (target !== undefined) return;
    this.#keys.push(source.key);
    this.messages.push(toMessage(opened, this.#conversation, encodeCursor(this.#next)));
  }

  #noteSeen(key: InboxKey, inner: Inner): void {
    this.#seen.set(key, Math.max(inner.seen, this.#seen.get(key) ?? 0));
  }
}

/** The inbox that a `moved` message names. */
export function targetOf(inner: Inner | undefined): Address | undefined {
  return inner?.kind === MESSAGE_KIND.moved && inner.body.length === 32 ? toBase58(inner.body) : undefined;
}

/** All of them, each direction in its order. */
function* merged(pending: readonly Opened[][]): Generator<Opened> {
  const at = pending.map(() => 0);
  for (;;) {
    let best: number | undefined;
    for (let i = 0; i < pending.length; i++) {
      const head = pending[i]?.[at[i] as number];
      const earliest = best === undefined ? undefined : pending[best]?.[at[best] as number];
      if (head !== undefined && (earliest === undefined || isBefore(head, earliest))) best = i;
    }
    if (best === undefined) return;
    const index = at[best] as number;
    at[best] = index + 1;
    yield pending[best]?.[index] as Opened;
  }
}

/**
 * By the chain's time. It counts in seconds: within one, a message comes after those of the other side that its sender says to
 * have seen. What is still even goes by the age of the inbox, for one that was moved to goes on where the old one ends, and by
 * its address, so that all devices merge alike.
 */
export function isBefore(a: Opened, b: Opened): boolean {
  if (a.frame.time !== b.frame.time) return a.frame.time < b.frame.time;
  if (a.source.counterpart === b.source.key || b.source.counterpart === a.source.key) {
    if ((b.inner?.seen ?? 0) > a.frame.seq) return true;
    if ((a.inner?.seen ?? 0) > b.frame.seq) return false;
  }
  if (a.source.openedSlot !== b.source.openedSlot) return a.source.openedSlot < b.source.openedSlot;
  return a.source.key < b.source.key;
}
