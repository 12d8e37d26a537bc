/** The byte ring behind an inbox header: frames of `len u16 · time u32 · payload`, oldest first, wrapping at the end. */

/** One posted payload with the number and the Unix time (seconds) that the program gave it. */
export type Frame = { readonly seq: number; readonly time: number; readonly payload: Uint8Array };

export const FRAME_HEAD_BYTES = 6;

/**
 * The frames of a ring. `intact` is false when the lengths inside do not add up to `used`, which the program never
 * writes; the frames before the damage are still returned.
 */
export function readRing(
  ring: Uint8Array, header: { readonly tail: number; readonly used: number; readonly first: number; readonly next: number },
): { frames: Frame[]; intact: boolean } {
  const frames: Frame[] = [];
  const capacity = ring.length;
  if (header.used > capacity || (capacity > 0 && header.tail >= capacity) || header.first > header.next) return { frames, intact: false };
  const take = (at: number, length: number): Uint8Array => {
    const start = (header.tail + at) % capacity;
    const end = start + length;
    if (end <= capacity) return ring.slice(start, end);
    const bytes = new Uint8Array(length);
    bytes.set(ring.subarray(start));
    bytes.set(ring.subarray(0, end - capacity), capacity - start);
    return bytes;
  };
  let at = 0;
  for (let seq = header.first; seq < header.next; seq++) {
    if (at + FRAME_HEAD_BYTES > header.used) return { frames, intact: false };
    const head = take(at, FRAME_HEAD_BYTES);
    const view = new DataView(head.buffer, head.byteOffset, FRAME_HEAD_BYTES);
    const length = view.getUint16(0, true);
    if (at + FRAME_HEAD_BYTES + length > header.used) return { frames, intact: false };
    frames.push({ seq, time: view.getUint32(2, true), payload: take(at + FRAME_HEAD_BYTES, length) });
    at += FRAME_HEAD_BYTES + length;
  }
  return { frames, intact: at === header.used };
}
