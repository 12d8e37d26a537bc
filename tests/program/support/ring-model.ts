/**
 * What an inbox must be, said once more and in another way: a list of frames, and where a ring of bytes would have put them. Bytes
 * that no frame has keep what was there: a post writes its frame and a resize moves one piece at most, nothing else is touched.
 * Every operation returns the program's error, or undefined and then has happened.
 */
import type { Frame, Inbox } from "../../../sdk/src/program/index.js";
import { u32 } from "./bytes.js";
import { firstHead, nextHead } from "./log.js";
import type { Chat } from "./parties.js";
import { u16 } from "./raw-accounts.js";

const FRAME_HEAD = 6;
const MIN_CAPACITY = 256;
const MAX_GROWTH = 10_240;

const bytesOf = (frames: readonly Frame[]): number => frames.reduce((sum, { payload }) => sum + FRAME_HEAD + payload.length, 0);

export class RingModel {
  frames: Frame[] = [];
  next = 0;
  acknowledged = 0;
  tail = 0;
  head: Uint8Array;
  lastTime: number;
  /** The ring, to the byte. */
  bytes: Uint8Array;
  readonly intact = true;
  readonly overwrite: boolean;
  /** Whether anything may be dropped at all. */
  open: boolean;

  constructor(chat: Pick<Chat, "address" | "openSalt" | "overwrite" | "capacity">, open: boolean, time: number) {
    this.overwrite = chat.overwrite;
    this.open = open;
    this.bytes = new Uint8Array(chat.capacity);
    this.lastTime = time;
    this.head = firstHead(chat.address, chat.openSalt);
  }

  /** A second ring, which goes its own way. */
  copy(): RingModel {
    const copy = Object.create(RingModel.prototype) as RingModel;
    return Object.assign(copy, this, { frames: [...this.frames], bytes: this.bytes.slice() });
  }

  get capacity(): number {
    return this.bytes.length;
  }

  get first(): number {
    return this.next - this.frames.length;
  }

  get used(): number {
    return bytesOf(this.frames);
  }

  post(payload: Uint8Array, clock: number): string | undefined {
    const need = FRAME_HEAD + payload.length;
    if (need > this.capacity) return "PayloadTooLarge";
    const dropped = droppable(this.frames, this.capacity - need, this.overwrite && this.open ? this.next : this.acknowledged);
    if (dropped === undefined) return "InboxFull";
    drop(this, dropped);
    this.lastTime = Math.max(this.lastTime, clock);
    const frame = { seq: this.next, time: this.lastTime, payload };
    const end = this.tail + this.used;
    [...u16(payload.length), ...u32(frame.time), ...payload].forEach((byte, i) => (this.bytes[(end + i) % this.capacity] = byte));
    this.frames.push(frame);
    this.head = nextHead(this.head, frame);
    this.next++;
    return undefined;
  }

  acknowledge(upto: number): string | undefined {
    if (!this.open) return "NotOpen";
    if (upto <= this.acknowledged || upto > this.next) return "BadAcknowledge";
    this.acknowledged = upto;
    return undefined;
  }

  resize(capacity: number): string | undefined {
    if (capacity < MIN_CAPACITY || capacity > this.capacity + MAX_GROWTH) return "BadCapacity";
    const dropped = droppable(this.frames, capacity, this.acknowledged);
    if (dropped === undefined) return "BadCapacity";
    drop(this, dropped);
    const { capacity: old, tail } = this;
    const end = tail + this.used;
    const bytes = new Uint8Array(Math.max(old, capacity));
    bytes.set(this.bytes);
    if (this.used === 0) this.tail = 0;
    else if (end > old) {
      this.tail += capacity - old;
      bytes.copyWithin(this.tail, tail, old);
    } else if (end > capacity) {
      this.tail = 0;
      bytes.copyWithin(0, tail, end);
    }
    this.bytes = bytes.slice(0, capacity);
    return undefined;
  }
}

/** How many of the oldest frames must go until `limit` bytes are enough; undefined when one of them may not. */
function droppable(frames: readonly Frame[], limit: number, evictable: number): number | undefined {
  const enough = frames.findIndex((_, i) => bytesOf(frames.slice(i)) <= limit);
  const count = enough < 0 ? frames.length : enough;
  return frames.slice(0, count).every(({ seq }) => seq < evictable) ? count : undefined;
}

function drop(ring: RingModel, count: number): void {
  ring.tail = (ring.tail + bytesOf(ring.frames.splice(0, count))) % ring.capacity;
}

/** Everything that a ring and its header say of the log, the same of a model and of a decoded inbox. Bytes in hex, which compares fast. */
export function fieldsOf(log: RingModel | Inbox): object {
  const { next, acknowledged, first, tail, used, lastTime, capacity, intact } = log;
  const frames = log.frames.map(({ seq, time, payload }) => `${seq} ${time} ${Buffer.from(payload).toString("hex")}`);
  return { next, acknowledged, first, tail, used, lastTime, capacity, intact, frames, head: Buffer.from(log.head).toString("hex") };
}
