/** Compute units of a post, by the length of its payload and by what the ring must do to take it. */
import { FRAME_HEAD_BYTES, INBOX_MIN_CAPACITY_BYTES } from "../sdk/src/program/index.js";
import { fill } from "../tests/program/support/bytes.js";
import { post } from "../tests/program/support/parties.js";
import type { World } from "../tests/program/support/world.js";
import type { Figures } from "./figures.js";
import { walkTo, type Aim } from "./ring-walk.js";

const CAPACITY = 2_048;
const AIMS: Record<string, Aim> = {
  plain: { wraps: false, evicted: 0 },
  wrapping: { wraps: true, evicted: 0 },
  "evicting 1": { wraps: false, evicted: 1 },
  "wrapping, evicting 1": { wraps: true, evicted: 1 },
};

export function measurePosts(newWorld: () => World): Figures {
  return Object.fromEntries([32, 256, 800].map((bytes) => {
    const ordinary = Object.entries(AIMS).map(([name, aim]): [string, number] =>
      [name, unitsOf(newWorld(), { bytes, capacity: CAPACITY, before: walkTo(aim, bytes, CAPACITY), evicted: aim.evicted })]);
    const many = manyEvicted(bytes);
    return [`post ${bytes} B`, { ...Object.fromEntries(ordinary), [`evicting ${many.evicted}`]: unitsOf(newWorld(), { bytes, ...many }) }];
  }));
}

type Plan = { readonly bytes: number; readonly capacity: number; readonly before: readonly number[]; readonly evicted: number };

/** Eight frames have to go, or as many as make room when they are empty: they fill a ring to the last byte. */
function manyEvicted(bytes: number): Omit<Plan, "bytes"> {
  const need = bytes + FRAME_HEAD_BYTES;
  const frame = Math.max(FRAME_HEAD_BYTES, Math.ceil(need / 8));
  const count = Math.max(8, Math.ceil(INBOX_MIN_CAPACITY_BYTES / frame));
  return { capacity: frame * count, before: Array.from({ length: count }, () => frame - FRAME_HEAD_BYTES), evicted: Math.ceil(need / frame) };
}

/** Posts and acknowledges all that comes before; then measures the post. */
function unitsOf(world: World, { bytes, capacity, before, evicted }: Plan): number {
  const person = world.person();
  const chat = world.open({ payer: person, writer: person, capacity });
  for (const payload of before) {
    world.post(chat, fill(payload, 1));
    world.acknowledge(chat);
  }
  const { first, next } = world.inbox(chat);
  const { computeUnits } = world.does(post(chat, next, fill(bytes, 7)));
  if (world.inbox(chat).first - first !== evicted) throw new Error("the program evicted another number of frames than was foreseen");
  return computeUnits;
}
