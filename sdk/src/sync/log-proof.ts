/**
 * The hash chain of an inbox, put to use backwards: frames come newest first, and as soon as one stands at a number whose head is
 * known, hashing forward from there must give the head behind the newest. That proves every frame between complete, in order, of
 * this life, and as old as it says; nothing less does.
 */
import { equal, nextLogHead } from "../crypto/index.js";
import type { Frame } from "../program/index.js";
import type { PastFrame } from "./log-history.js";

/** Unproven payloads that are kept until they can be proven. */
const MAX_KEPT_BYTES = 4_000_000;
/** Heads computed in search of times that the endpoint does not give. */
const MAX_HEADS = 300_000;
/** Of them, the search is one in the other. */
const MAX_UNTOLD = 100;

export class LogProof {
  /** The head in front of the frame of that number. */
  readonly #heads = new Map<number, Uint8Array>();
  /** Newest first, down from the last known head. */
  #frames: PastFrame[] = [];
  #keptBytes = 0;
  /** The number behind the newest of them, whose head is known; undefined while there is none. */
  #end: number | undefined;
  readonly #earliest: number;

  /** `earliest`: no frame is older, Unix seconds. */
  constructor(earliest: number) {
    this.#earliest = earliest;
  }

  /** Notes the log's head in front of frame `seq`. */
  know(seq: number, head: Uint8Array): void {
    this.#heads.set(seq, head);
  }

  /** True while there are frames that only lower ones can prove. */
  get waits(): boolean {
    return this.#frames.length > 0;
  }

  /**
   * Takes the next frame downwards.
   * @returns the frames that it proves, with their true times; "contradicted" when they are not what the head says; none where the
   * search for times was given up
   */
  add(frame: PastFrame): readonly Frame[] | "contradicted" | undefined {
    if (this.#end === undefined || frame.seq !== this.#end - this.#frames.length - 1) this.#begin(frame.seq + 1);
    if (this.#end === undefined) return undefined;
    this.#frames.push(frame);
    this.#keptBytes += frame.payload.length;
    const from = this.#heads.get(frame.seq);
    const to = this.#heads.get(this.#end);
    if (from === undefined || to === undefined) {
      if (this.#keptBytes > MAX_KEPT_BYTES) this.#begin(undefined);
      return undefined;
    }
    const proven = follow(from, [...this.#frames].reverse(), to, this.#earliest);
    this.#begin(frame.seq);
    return proven ?? "contradicted";
  }

  /** Begins again below a number whose head is known; without one, nothing can be proven before another is come by. */
  #begin(end: number | undefined): void {
    this.#frames = [];
    this.#keptBytes = 0;
    this.#end = end !== undefined && this.#heads.has(end) ? end : undefined;
  }
}

/**
 * The frames with times that lead from one head to the other. The program writes the later of the last time and the clock's; a
 * time that is not told lies between its neighbours' and is searched for. Undefined where none lead there; none where that is not known.
 */
function follow(head: Uint8Array, frames: readonly PastFrame[], end: Uint8Array, earliest: number): readonly Frame[] | undefined {
  const done: Frame[] = [];
  let heads = 0;
  const advance = (from: Uint8Array, { seq, payload }: PastFrame, time: number): Uint8Array => {
    heads++;
    done.push({ seq, time, payload });
    return nextLogHead(from, seq, time, payload);
  };
  const reaches = (from: Uint8Array, last: number): boolean => {
    let current = from;
    let latest = last;
    for (let frame = frames[done.length]; frame !== undefined; frame = frames[done.length]) {
      if (frame.time === undefined) return search(current, frame, latest);
      latest = Math.max(latest, frame.time);
      current = advance(current, frame, latest);
    }
    return equal(current, end);
  };
  const search = (from: Uint8Array, frame: PastFrame, last: number): boolean => {
    const at = done.length;
    const latest = frames.slice(at).find((later) => later.time !== undefined)?.time ?? last;
    for (let time = last; time <= latest && heads < MAX_HEADS; time++) {
      if (reaches(advance(from, frame, time), time)) return true;
      done.length = at;
    }
    return false;
  };
  const isSearchable = frames.filter(({ time }) => time === undefined).length <= MAX_UNTOLD;
  if (isSearchable && reaches(head, earliest)) return done;
  return isSearchable && heads < MAX_HEADS ? undefined : []; // a search that is given up says nothing
}
