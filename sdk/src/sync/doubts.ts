/**
 * Frames that cannot be read, seen for the first time: what was posted, or only what arrived? A message is shown once and for
 * all, so a wrong byte on the way would spoil it for good. What two answers say alike is taken as it is.
 */
import { concat, equal, messageOpener, u32 } from "../crypto/index.js";
import type { Address } from "../program/index.js";
import { readFrame } from "./message.js";
import type { Source } from "./timeline.js";

export class Doubts {
  /** Payloads by inbox, life and number, and the answer that had them. */
  readonly #seen = new Map<string, { readonly payload: Uint8Array; readonly answer: object }>();
  readonly #open = new Set<Address>();

  /** Inboxes to be read again. */
  get open(): readonly Address[] {
    return [...this.#open];
  }

  /** True for a ring that does not hold the frames that its header counts, until a second answer says the same. */
  isDamaged({ key, address, first, next, frames }: Source, answer: object): boolean {
    if (frames.length === next - first || !this.#isNew(`${key} ring`, concat(u32(first), u32(next), u32(frames.length)), answer)) return false;
    this.#open.add(address);
    return true;
  }

  /** The source up to the first frame, from number `known` on, that is in doubt. The same `answer` says nothing twice. */
  settled(source: Source, known: number, answer: object): Source {
    this.#open.delete(source.address);
    const news = source.frames.filter(({ seq }) => seq >= Math.max(known, source.start));
    if (news.length === 0) return source;
    const open = messageOpener(source.inboxKey);
    const doubtful = news.filter((frame) => readFrame(open, frame).inner === undefined && this.#isNew(`${source.key}/${frame.seq}`, frame.payload, answer));
    const upto = doubtful[0]?.seq;
    if (upto === undefined) return source;
    this.#open.add(source.address);
    return { ...source, next: upto, frames: source.frames.filter(({ seq }) => seq < upto) };
  }

  #isNew(name: string, payload: Uint8Array, answer: object): boolean {
    const before = this.#seen.get(name);
    const isSame = before !== undefined && equal(before.payload, payload);
    if (isSame && before.answer !== answer) return false;
    if (!isSame) this.#seen.set(name, { payload, answer });
    return true;
  }
}
