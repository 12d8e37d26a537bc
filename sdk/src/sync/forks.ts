/**
 * What the cluster took back. A message is shown once it is confirmed; until it is finalized, a fork may still leave it out. Then the
 * ledger, at a later slot than the one in which it was seen, has it no more, or has another one in its place.
 */
import { concat, equal, messageOpener, u32 } from "../crypto/index.js";
import type { Address, Frame, Inbox } from "../program/index.js";
import type { Accounts } from "./accounts.js";
import type { InboxKey } from "./inboxes.js";
import { readFrame } from "./message.js";
import type { Source, Timeline } from "./timeline.js";

/** What is older than this, by the chain's time, is final: where it is not shown any more, the endpoint hides it or is behind. */
const FINAL_AFTER_MS = 30_000;

type Read = { readonly source: Source; readonly inbox: Inbox };
/** An inbox whose log no longer is what was shown of it from number `from` on; `source` as it stands now, undefined where it is gone. */
export type TakenBack = { readonly key: InboxKey; readonly from: number; readonly source: Source | undefined };

export class Forks {
  readonly #timeline: Timeline;
  readonly #accounts: Accounts;
  /** As taken in last. */
  readonly #last = new Map<InboxKey, Read>();
  /** The frames of each inbox in the last answer that nothing was in doubt of. */
  readonly #frames = new Map<InboxKey, readonly Frame[]>();
  /** What was seen once; what a second answer says alike is so. */
  readonly #suspected = new Map<InboxKey, { readonly seen: Uint8Array; readonly answer: object }>();
  readonly #open = new Set<Address>();

  constructor(timeline: Timeline, accounts: Accounts) {
    this.#timeline = timeline;
    this.#accounts = accounts;
  }

  /** Inboxes to be read again. */
  get open(): readonly Address[] {
    return [...this.#open];
  }

  /**
   * Of what was just read: which logs were taken back, and which are in doubt, so that they are left out until they were read again. The
   * same `answer` says nothing twice.
   */
  find(reads: readonly Read[], answer: object): { readonly takenBack: readonly TakenBack[]; readonly doubtful: ReadonlySet<InboxKey> } {
    this.#open.clear();
    const takenBack: TakenBack[] = [];
    const doubtful = new Set<InboxKey>();
    const note = (key: InboxKey, address: Address, found: TakenBack | undefined, seen: Uint8Array): void => {
      const before = this.#suspected.get(key);
      this.#suspected.delete(key);
      if (found === undefined) return;
      if (before && before.answer !== answer && equal(before.seen, seen)) return void takenBack.push(found);
      this.#suspected.set(key, { seen, answer });
      this.#open.add(address);
      doubtful.add(key);
    };
    for (const { source } of reads) {
      const other = this.#otherFrame(source);
      note(source.key, source.address, this.#takenBack(source, other), concat(u32(source.next), source.head, other?.payload ?? new Uint8Array(0)));
      if (!doubtful.has(source.key)) this.#frames.set(source.key, source.frames);
    }
    const there = new Set(reads.map(({ source }) => source.key));
    const isAskedAgain = reads.some(({ source, inbox }) => inbox.state === "request" && this.#last.get(source.key)?.inbox.state === "open");
    for (const [key, { source }] of this.#last) if (!there.has(key)) note(key, source.address, this.#vanished(key, isAskedAgain), new Uint8Array(0));
    for (const { key, source } of takenBack) if (source === undefined) void (this.#last.delete(key), this.#frames.delete(key));
    if (doubtful.size === 0) for (const read of reads) this.#last.set(read.source.key, read); // else what it was before may still tell
    return { takenBack, doubtful };
  }

  /** The first frame that is another one than was taken in at its number. */
  #otherFrame({ key, frames, inboxKey }: Source): Frame | undefined {
    const before = new Map(this.#frames.get(key)?.map((frame) => [frame.seq, frame]));
    const processed = this.#timeline.processed(key);
    const wasReadable = (frame: Frame | undefined): boolean => frame !== undefined && readFrame(messageOpener(inboxKey), frame).inner !== undefined; // else it arrived wrong
    return frames.find((frame) => frame.seq < processed && isAnother(before.get(frame.seq), frame) && wasReadable(before.get(frame.seq)));
  }

  #takenBack(source: Source, other: Frame | undefined): TakenBack | undefined {
    const { key, next } = source;
    const processed = this.#timeline.processed(key);
    const from = Math.min(other?.seq ?? Infinity, next < processed ? next : Infinity);
    return Number.isFinite(from) && this.#isOpenStill(source, from) ? { key, from, source } : undefined;
  }

  /** A request that is gone, which nobody could have closed yet; or any inbox, where one that was answered is not answered any more. */
  #vanished(key: InboxKey, isAskedAgain: boolean): TakenBack | undefined {
    const { source, inbox } = this.#last.get(key) as Read;
    if ((inbox.state !== "request" && !isAskedAgain) || !isYoung(source.openedTime) || this.#accounts.isThere(source.address)) return undefined;
    return this.#isOpenStill(source, source.start) ? { key, from: source.start, source: undefined } : undefined;
  }

  /** True where the fork may have been left since: all that it would take back is young, and the answers are dated. */
  #isOpenStill({ key, address }: Source, from: number): boolean {
    if (!this.#accounts.isDated(address)) return false;
    const shown = this.#timeline.messages.filter(({ seq }, i) => seq >= from && this.#timeline.keyAt(i) === key);
    return shown.length > 0 && shown.every(({ postedAt }) => isYoung(postedAt.getTime() / 1_000));
  }
}

/** The same bytes at the same number are the same message, though it landed once more at another time. */
function isAnother(before: Frame | undefined, now: Frame): boolean {
  return before !== undefined && !equal(before.payload, now.payload);
}

/** Unix seconds. */
const isYoung = (time: number): boolean => time * 1_000 > Date.now() - FINAL_AFTER_MS;
