/** The bytes of accounts, written out by hand. */
import fc from "fast-check";
import { fill, sha256, u32 } from "./bytes.js";

export const u16 = (value: number): number[] => [value & 0xff, value >> 8];
export const u64 = (value: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(value).buffer);
export const discriminator = (name: string): Uint8Array => sha256(`account:${name}`).subarray(0, 8);

type RawInbox = { readonly state: number; readonly capacity: number; readonly tail: number; readonly first: number; readonly payloads: readonly Uint8Array[] };

/** The bytes of an inbox whose ring holds `payloads`, the frame at `first + i` dated `i`. */
export function inboxBytes({ state, capacity, tail, first, payloads }: RawInbox): Uint8Array {
  const frames = payloads.flatMap((payload, i) => [...u16(payload.length), ...u32(i), ...payload]);
  const ring = new Uint8Array(capacity).fill(0xee);
  frames.forEach((byte, at) => {
    ring[(tail + at) % capacity] = byte;
  });
  const next = first + payloads.length;
  return Uint8Array.from([
    ...discriminator("Inbox"),
    1,
    state,
    1,
    250,
    ...u32(9),
    ...fill(32, 1),
    ...u32(next),
    ...u32(77),
    ...u32(first),
    ...u32(next),
    ...u32(tail),
    ...u32(frames.length),
    ...u64(5n),
    ...u64(6n),
    ...u32(66),
    ...fill(32, 2),
    ...fill(32, 3),
    ...fill(32, 4),
    ...fill(32, 5),
    ...fill(60, 6),
    ...fill(16, 7),
    ...fill(120, 8),
    ...fill(24, 0),
    ...u32(capacity),
    ...ring,
  ]);
}

/** Frames that fit in a ring of `capacity`, which begins anywhere. */
export const rawInbox = fc.integer({ min: 256, max: 400 }).chain((capacity) =>
  fc.record({
    state: fc.nat(2),
    capacity: fc.constant(capacity),
    tail: fc.nat(capacity - 1),
    first: fc.nat(0xffff_ff00),
    payloads: fc.array(fc.uint8Array({ maxLength: 44 }), { maxLength: 5 }),
  }),
);

/** A valid account of every kind. */
export const VALID = {
  Inbox: inboxBytes({ state: 1, capacity: 256, tail: 200, first: 1, payloads: [fill(40, 1), fill(50, 2)] }),
  Profile: Uint8Array.from([...discriminator("Profile"), 1, 0, 1, 255, ...u32(1), ...fill(416, 0)]),
  KeyBundle: Uint8Array.from([...discriminator("KeyBundle"), 1, 0, 255, 0, 0, 0, ...fill(1_474, 0)]),
};
