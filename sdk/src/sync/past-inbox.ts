/** One inbox life read downwards: what is in its ring but older than what is followed, then the archive, then transaction history. */
import { messageOpener } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import type { Frame } from "../program/index.js";
import type { Archive, Life } from "./archive.js";
import type { KeptFrame } from "./archive-records.js";
import type { LogHistory, PastFrame } from "./log-history.js";
import type { LogProof } from "./log-proof.js";
import { missingFrames, missingIn, readFrame, unfetchedFrames, type Opened, type Origin } from "./message.js";
import { STALE, targetOf } from "./timeline.js";

/** Frames asked of history at once. */
const BATCH = 32;

export type PastParts = {
  readonly life: Life;
  readonly origin: Origin;
  readonly archive: Archive;
  /** Undefined for an inbox that is gone from the chain: strangers may have its address now. */
  readonly history: LogHistory | undefined;
  readonly proof: LogProof;
  /** What the ring held below where following begins, oldest first. */
  readonly ring: () => readonly Opened[];
  /** Reading begins below this number; `time`: Unix seconds of the frame there. */
  readonly below: number;
  readonly time: number;
  readonly onProven: (life: Life, frames: readonly Frame[]) => void;
  readonly onContradiction: () => void;
  readonly onFailure: () => void;
};

export class PastInbox {
  readonly #parts: PastParts;
  readonly #open: ReturnType<typeof messageOpener>;
  /** Newest first. */
  #items: Opened[] = [];
  /** Everything from here on has been looked at. */
  #at: number;
  #time: number;
  #taken: number;
  /** Numbers of what transaction history gave, or did not, and has not been taken. */
  readonly #asked = new Set<number>();
  #fetched = 0;
  #handshakeTried = false;

  constructor(parts: PastParts) {
    this.#parts = parts;
    this.#open = messageOpener(parts.life.inboxKey);
    this.#at = this.#taken = Math.max(parts.below, parts.life.start);
    this.#time = parts.time;
  }

  get key(): string {
    return this.#parts.life.key;
  }

  /** Number of the oldest frame that was taken, or where reading began; the first message's once there is no more. */
  get position(): number {
    return this.#taken;
  }

  /** How many of the taken entries transaction history was asked for. */
  get fetched(): number {
    return this.#fetched;
  }

  /** The entry for what was not taken, down to a position. */
  unfetched(downTo: number): Opened | undefined {
    const { life, origin } = this.#parts;
    const firstSeq = Math.max(life.start, downTo);
    return firstSeq < this.#taken ? unfetchedFrames(origin, firstSeq, this.#taken - 1, this.#time) : undefined;
  }

  /** The next message downwards, or the range that is missing there. */
  async peek(): Promise<Opened | undefined> {
    while (this.#items.length === 0 && this.#at > this.#parts.life.start) await this.#fill();
    if (this.#items.length === 0) this.#taken = Math.min(this.#taken, this.#parts.life.start);
    return this.#items[0];
  }

  take(): Opened | undefined {
    const item = this.#items.shift();
    if (item === undefined) return undefined;
    this.#taken = missingIn(item)?.firstSeq ?? item.frame.seq;
    if (this.#asked.delete(item.frame.seq)) this.#fetched++;
    return item;
  }

  async #fill(): Promise<void> {
    const { archive, ring, life } = this.#parts;
    const inRing = ring().filter(({ frame }) => frame.seq < this.#at);
    if (inRing.at(-1)?.frame.seq === this.#at - 1) return this.#hold(inRing);
    const kept = await archive.below(life.key, this.#at);
    if (kept?.head) this.#parts.proof.know(kept.head.seq, kept.head.head);
    if (kept?.top === this.#at) return this.#use(kept.frames);
    return this.#recover(Math.max(life.start, kept?.top ?? 0));
  }

  /** From transaction history, not below `lowest`. */
  async #recover(lowest: number): Promise<void> {
    const { history, life, archive, proof, onFailure } = this.#parts;
    const below = this.#at;
    const from = Math.max(lowest, below - BATCH);
    let frames: PastFrame[] = [];
    let endsAt = lowest; // nothing is found down to here
    try {
      frames = history === undefined ? [] : await history.read(from, below);
      if (history !== undefined && !history.endsAt(from)) endsAt = from;
    } catch (error) {
      if (!isPosternError(error, "RPC_FAILED")) throw error;
      onFailure();
    }
    for (const frame of frames.reverse()) {
      this.#miss(frame.seq + 1);
      const time = Math.min(frame.time ?? this.#time, this.#time); // it cannot be younger than what came after it
      this.#push({ seq: frame.seq, time, payload: frame.payload }, false);
      this.#prove(frame);
    }
    this.#miss(endsAt);
    for (const { frame } of this.#items) this.#asked.add(frame.seq);
    if (this.#at === life.start && proof.waits) await this.#proveHandshake();
    const readable = this.#items.filter(({ inner, unproven }) => inner !== undefined || unproven === undefined);
    await archive.keep(life, readable.filter(({ frame }) => frame.payload.length > 0).map(({ frame, unproven }) => ({ ...frame, proven: unproven === undefined })).reverse());
  }

  /** The proof begins with the very first frame. */
  async #proveHandshake(): Promise<void> {
    const { history, life, onFailure } = this.#parts;
    if (this.#handshakeTried || history === undefined) return;
    this.#handshakeTried = true;
    try {
      for (const frame of (await history.read(0, life.start)).reverse()) this.#prove(frame);
    } catch (error) {
      if (!isPosternError(error, "RPC_FAILED")) throw error;
      onFailure();
    }
  }

  #hold(items: readonly Opened[]): void {
    for (const item of [...items].reverse()) {
      const missing = missingIn(item);
      this.#at = missing?.firstSeq ?? item.frame.seq;
      this.#time = item.frame.time;
      if (targetOf(item.inner) === undefined) this.#items.push(item);
      if (missing === undefined) this.#prove(item.frame);
    }
  }

  #use(frames: readonly KeptFrame[]): void {
    for (const frame of [...frames].reverse()) {
      this.#push(frame, frame.proven);
      this.#prove(frame);
    }
  }

  #prove(frame: PastFrame): void {
    const { life, proof, onProven, onContradiction } = this.#parts;
    const proven = proof.add(frame);
    if (proven === "contradicted") return onContradiction();
    if (proven === undefined) return;
    const times = new Map(proven.map(({ seq, time }) => [seq, time]));
    this.#items = this.#items.map((item) => provenItem(item, times.get(item.frame.seq)));
    onProven(life, proven);
  }

  #push({ seq, time, payload }: Frame, proven: boolean): void {
    this.#at = seq;
    this.#time = time;
    if (seq < this.#parts.life.start) return;
    const frame = { seq, time, payload };
    const { origin } = this.#parts;
    const opened = readFrame(this.#open, frame);
    if (targetOf(opened.inner) !== undefined) return;
    const said = time >= (origin.staleFrom ?? Infinity) ? { body: STALE } : opened;
    this.#items.push({ source: origin, frame, ...said, ...(!proven && { unproven: true }) });
  }

  /** What lies between the last frame and this number cannot be had. */
  #miss(from: number): void {
    if (from >= this.#at) return;
    this.#items.push(missingFrames(this.#parts.origin, from, this.#at - 1, this.#time));
    this.#at = from;
  }
}

/** With the time that the hash chain proves. */
export function provenItem(item: Opened, time: number | undefined): Opened {
  if (time === undefined || item.unproven === undefined) return item;
  const { unproven: _, ...rest } = item;
  return { ...rest, frame: { ...item.frame, time } };
}
