/**
 * Frames that cannot be read, seen for the first time: what was posted, or only what arrived? A message is shown once and for
 * all, so a wrong byte on the way would spoil it for good. What two answers say alike is taken as it is.
 */
import { concat, equal, messageOpener, u32 } from "../crypto/index.js";
import type { Address } from "../program/index.js";
import { readFrame } from "./message.js";
import type { Source } from "./timeline.js";

export class Doubts {
  /** Payloads by inbox, life and number. */
  readonly #seen = new Map<string, Uint8Array>();
  readonly #open = new Set<Address>();

  /** Inboxes to be read again. */
  get open(): readonly Address[] {
    return [...this.#open];
  }

  /** True once for a ring that does not hold the frames that its header counts. */
  isDamaged({ key, address, first, next, frames }: Source): boolean {
    if (frames.length === next - first || !this.#isNew(`${key} ring`, concat(u32(first), u32(next), u32(frames.length)))) return false;
    this.#open.add(address);
    return true;
  }

  /** The source up to the first frame, from number `known` on, that is in doubt. */
  settled(source: Source, known: number): Source {
    this.#open.delete(source.address);
    const news = source.frames.filter(({ seq }) => seq >= Math.max(known, source.start));
    if (news.length === 0) return source;
    const open = messageOpener(source.inboxKey);
    const doubtful = news.filter((frame) => readFrame(open, frame).inner === undefined && this.#isNew(`${source.key}/${frame.seq}`, frame.payload));
    const upto = doubtful[0]?.seq;
    if (upto === undefined) return source;
    this.#open.add(source.address);
    return { ...source, next: upto, frames: source.frames.filter(({ seq }) => seq < upto) };
  }

  #isNew(name: string, payload: Uint8Array): boolean {
    const before = this.#seen.get(name);
    if (before !== undefined && equal(before, payload)) return false;
    this.#seen.set(name, payload);
    return true;
  }
}
