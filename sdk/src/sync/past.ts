/**
 * What is older than the part of a conversation that is followed: merged from all of its inboxes, downwards from wherever the
 * app asks, and read no further than it asks.
 */
import { logHead0, toHex } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import { addressBytes, type Address, type Frame } from "../program/index.js";
import { Archive, type Life } from "./archive.js";
import type { Context } from "./context.js";
import type { Positions } from "./cursor.js";
import type { InboxKey } from "./inboxes.js";
import type { LogHistory, PastFrame } from "./log-history.js";
import { LogProof } from "./log-proof.js";
import { missingIn, type Message, type Opened } from "./message.js";
import type { PastInbox } from "./past-inbox.js";
import type { Entry, PastReading } from "./past-reading.js";
import type { Source } from "./timeline.js";

/** Entries that a reading keeps for the next page; one that has grown longer begins anew there. */
const MAX_ENTRIES = 2_000;
/** More frames than these are not fetched before what is new is shown. */
const MAX_HOLE = 1_000;
/** What an endpoint has refused is asked again after this long. */
const RETRY_MS = 60_000;

/** How many messages to read at most, and how many of these from transaction history. */
export type PastLimits = { readonly messages: number; readonly fetched: number };
/** A message and the life of the inbox that it stands in. */
export type PastMessage = { readonly key: InboxKey; readonly message: Message };
/** A life, where following it begins, and the ring when it did. */
type Beginning = { readonly life: Life; readonly origin: Opened["source"]; readonly source: Source | undefined; readonly floor: number; readonly time: number };

type Parts = typeof import("./past-parts.js");
const parts = (): Promise<Parts> => import("./past-parts.js");

export class Past {
  readonly #context: Context;
  readonly #peer: Address;
  readonly archive: Archive;
  readonly #older: (key: InboxKey) => readonly Opened[];
  readonly #beginnings: Beginning[] = [];
  readonly #histories = new Map<InboxKey, LogHistory>();
  readonly #told = new Set<string>();
  /** Of each ring: which frames the hash chain has proven, and the head behind them. */
  readonly #checked = new Map<InboxKey, { readonly from: number; readonly to: number; readonly head: Uint8Array }>();
  #reading: PastReading | undefined;
  #failedAt: number | undefined;
  /** Heads that the frames do not lead to. */
  readonly #contradictions = new Map<InboxKey, string>();
  #running: Promise<void> = Promise.resolve();
  #toKeep: { life: Life; frames: readonly Frame[] }[] = [];

  /** `older` gives what the ring of an inbox held below where it is followed from. */
  constructor(context: Context, peer: Address, older: (key: InboxKey) => readonly Opened[]) {
    this.#context = context;
    this.#peer = peer;
    this.#older = older;
    this.archive = new Archive(context, peer);
  }

  /**
   * Decides where following begins in inboxes that were not met before: everywhere behind the second of the oldest frame that the
   * most recently overwritten ring still holds, so that what is older can be put in front in its right order; later, and in the
   * inboxes of `whole`, where their rings begin.
   * @returns the number of the first frame that is followed, for every inbox
   */
  async meet(sources: readonly Source[], whole: ReadonlySet<InboxKey>): Promise<Positions> {
    const isFirst = this.#beginnings.length === 0;
    if (isFirst) this.#beginnings.push(...(await this.#gone(new Set(sources.map(({ key }) => key)))));
    const since = Math.max(
      -1, ...this.#beginnings.map(({ time }) => time),
      ...sources.filter(({ first, start }) => first > start).map(({ frames, lastTime }) => frames[0]?.time ?? lastTime),
    );
    for (const source of sources) {
      const { key, first, start, frames, lastTime } = source;
      if (this.#beginnings.some(({ life }) => life.key === key)) continue;
      const followed = !isFirst || whole.has(key) ? frames[0] : frames.find(({ seq, time }) => seq >= start && time > since);
      const floor = Math.max(start, followed?.seq ?? first + frames.length);
      this.#beginnings.push({ life: lifeOf(source), origin: source, source, floor, time: followed?.time ?? lastTime });
      this.#reading = undefined;
    }
    return this.floors;
  }

  /** A fork took back what an inbox held from a number on: it is followed from there, in what stands now. */
  async takeBack(key: InboxKey, from: number, source: Source | undefined): Promise<void> {
    this.#checked.delete(key);
    this.#contradictions.delete(key);
    this.#reading = undefined;
    const known = this.#beginnings.findIndex(({ life }) => life.key === key);
    const beginning = this.#beginnings[known];
    if (beginning) this.#beginnings[known] = { ...beginning, source, floor: Math.min(beginning.floor, from) };
    await this.archive.forget(key, from);
  }

  /** Inboxes that are gone from the chain and of which something is kept. */
  async #gone(living: ReadonlySet<InboxKey>): Promise<Beginning[]> {
    const gone: Beginning[] = [];
    for (const life of (await this.archive.lives()).values()) {
      const kept = living.has(life.key) ? undefined : await this.archive.below(life.key, 0xffff_ffff);
      const last = kept?.frames.at(-1);
      if (kept === undefined || last === undefined) continue;
      const origin = { ...life, from: life.mine ? this.#context.wallet : this.#peer };
      gone.push({ life, origin, source: undefined, floor: kept.top, time: last.time });
    }
    return gone;
  }

  /** Where following begins, for every inbox. */
  get floors(): Positions {
    return new Map(this.#beginnings.map(({ life, floor }) => [life.key, floor]));
  }

  /**
   * An inbox with what its ring has let go of since it was read last, from number `known` on, as far as history gives it. With
   * `check`, what is new is held against the hash chain.
   */
  async filled(source: Source, known: number, { check }: { readonly check: boolean }): Promise<Source> {
    const { key, first, next } = source;
    if (first > known) return this.#inTurn(() => this.#fill(source, known));
    if (check && (next > known || !this.#checked.has(key) || this.#contradictions.has(key))) this.#check(source, source.frames);
    return source;
  }

  /** One thing at a time: readings share the position in history. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#running.then(work);
    this.#running = run.then(() => undefined, () => undefined);
    return run;
  }

  /** True for an inbox whose frames are not what its hash chain says, as it stands. */
  contradicts({ key, head }: Source): boolean {
    return this.#contradictions.get(key) === toHex(head);
  }

  get hasContradictions(): boolean {
    return this.#contradictions.size > 0;
  }

  /** True for a frame of a ring that the hash chain has proven. */
  isChecked(key: InboxKey, seq: number): boolean {
    const checked = this.#checked.get(key);
    return checked !== undefined && seq >= checked.from && seq < checked.to;
  }

  async #fill(source: Source, known: number): Promise<Source> {
    const { first, frames, lastTime } = source;
    let recovered: PastFrame[] = [];
    try {
      recovered = await this.#historyOf(await parts(), lifeOf(source)).read(Math.max(known, first - MAX_HOLE), first);
    } catch (error) {
      if (!isPosternError(error, "RPC_FAILED")) throw error; // told as a gap
    }
    const times = this.#check(source, [...recovered, ...frames]);
    const unproven = new Set(recovered.flatMap(({ seq }) => (times.has(seq) ? [] : [seq])));
    const latest = frames[0]?.time ?? lastTime;
    return { ...source, unproven, frames: [...recovered.map(({ seq, time, payload }) => ({ seq, time: times.get(seq) ?? Math.min(time ?? latest, latest), payload })), ...frames] };
  }

  /** Which of these frames, up to the newest, the hash chain proves, and their times. */
  #check(source: Source, frames: readonly PastFrame[]): ReadonlyMap<number, number> {
    const { key, next, head } = source;
    const checked = this.#checked.get(key);
    const proof = this.#proofOf(lifeOf(source));
    proof.know(next, head);
    if (checked) proof.know(checked.to, checked.head);
    const times = new Map<number, number>();
    for (const frame of frames.filter(({ seq }) => seq >= (checked?.to ?? 0)).reverse()) {
      const proven = proof.add(frame);
      if (proven === "contradicted") {
        this.#contradictions.set(key, toHex(head));
        return new Map(); // checked again with what is read next
      }
      for (const { seq, time } of proven ?? []) times.set(seq, time);
    }
    const from = Math.min(...times.keys(), next);
    this.#checked.set(key, { from: checked?.to === from ? checked.from : from, to: next, head });
    this.#contradictions.delete(key);
    return times;
  }

  /** The `count` entries just before a position, oldest first; fewer where the conversation begins. */
  page(before: Positions | undefined, count: number): Promise<PastMessage[]> {
    return this.#inTurn(() => this.#page(before, count));
  }

  async #page(before: Positions | undefined, count: number): Promise<PastMessage[]> {
    const bounds = new Map(this.#beginnings.map(({ life: { key, start }, floor }) => [key, before === undefined ? floor : Math.min(floor, Math.max(start, before.get(key) ?? 0))]));
    const reading = await this.#readingFrom(bounds);
    const isWithin = ({ message: { seq }, opened: { source } }: Entry): boolean => seq < (bounds.get(source.key) ?? 0);
    let have = reading.entries.filter(isWithin).length;
    while (have < count) {
      const entry = await reading.step();
      if (entry === undefined) break;
      if (isWithin(entry)) have++;
    }
    return this.#given(reading, reading.entries.filter(isWithin).slice(0, count));
  }

  /**
   * Everything from a position on (default: the beginning) up to where following begins, oldest first, but only the newest within
   * the limits; an entry for each inbox stands for the rest.
   */
  since(after: Positions | undefined, limits: PastLimits): Promise<PastMessage[]> {
    return this.#inTurn(() => this.#since(after, limits));
  }

  async #since(after: Positions | undefined, { messages, fetched }: PastLimits): Promise<PastMessage[]> {
    const reading = await this.#readingFrom(this.floors);
    const isReached = (): boolean => [...reading.positions].every(([key, position]) => position <= (after?.get(key) ?? 0));
    while (reading.entries.length < messages && reading.fetched < fetched && !isReached() && (await reading.step()));
    const read = reading.entries.filter(({ message: { seq }, opened: { source } }) => seq >= (after?.get(source.key) ?? 0));
    return this.#given(reading, [...read, ...reading.unfetched(after)]);
  }

  async #readingFrom(bounds: Positions): Promise<PastReading> {
    const loaded = await parts();
    if (this.#failedAt !== undefined && Date.now() > this.#failedAt + RETRY_MS) {
      this.#failedAt = this.#reading = undefined;
      this.#told.clear();
    }
    const known = this.#reading;
    const covers = known !== undefined && [...bounds].every(([key, at]) => at <= (known.top.get(key) ?? 0) && at >= (known.positions.get(key) ?? 0));
    return (this.#reading = covers ? known : new loaded.PastReading(this.#peer, this.#beginnings.map((beginning) => this.#inboxFrom(loaded, beginning, bounds.get(beginning.life.key) ?? 0))));
  }

  #inboxFrom(loaded: Parts, { life, origin, source, floor, time }: Beginning, below: number): PastInbox {
    const proof = this.#proofOf(life);
    if (source && below === floor) {
      proof.know(source.next, source.head);
      for (const frame of source.frames.filter(({ seq }) => seq >= floor).reverse()) proof.add(frame);
    }
    return new loaded.PastInbox({
      life, origin, archive: this.archive, proof, below, time,
      history: source && this.#historyOf(loaded, life),
      ring: () => this.#older(life.key),
      onProven: (of, frames) => {
        this.#reading?.prove(of.key, new Map(frames.map((frame) => [frame.seq, frame.time])));
        this.#toKeep.push({ life: of, frames: frames.filter(({ seq }) => seq >= of.start && seq < floor) });
      },
      onContradiction: () => source && this.#contradictions.set(life.key, toHex(source.head)),
      onFailure: () => void (this.#failedAt ??= Date.now()),
    });
  }

  #proofOf({ address, openSalt, openedTime }: Life): LogProof {
    const proof = new LogProof(openedTime);
    proof.know(0, logHead0(addressBytes(address), openSalt));
    return proof;
  }

  #historyOf(loaded: Parts, { key, address, openSalt }: Life): LogHistory {
    const known = this.#histories.get(key) ?? new loaded.LogHistory(this.#context, address, openSalt);
    this.#histories.set(key, known);
    return known;
  }

  /** Oldest first; tells of what is missing among them, once. */
  async #given(reading: PastReading, newestFirst: readonly Entry[]): Promise<PastMessage[]> {
    for (const { life, frames } of this.#toKeep.splice(0)) await this.archive.keep(life, frames.map((frame) => ({ ...frame, proven: true })));
    if (reading.entries.length > MAX_ENTRIES) this.#reading = undefined;
    return [...newestFirst].reverse().map(({ message, opened }) => {
      const missing = missingIn(opened);
      if (missing && !this.#told.has(message.id)) {
        this.#told.add(message.id);
        this.#context.emit({ kind: "gap", conversation: this.#peer, from: opened.source.from, ...missing });
      }
      return { key: opened.source.key, message };
    });
  }
}

export function lifeOf({ key, address, openSalt, mine, start, openedSlot, openedTime, inboxKey, counterpart }: Source): Life {
  return { key, address, openSalt, mine, start, openedSlot, openedTime, inboxKey, counterpart };
}
