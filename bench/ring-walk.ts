/** Finds posts that bring a ring into a wanted state: a model of the ring, and many short random walks on it. */
import { FRAME_HEAD_BYTES } from "../sdk/src/program/index.js";

/** What the next post shall do: whether its frame wraps at the ring's end, and how many acknowledged frames go for it. */
export type Aim = { readonly wraps: boolean; readonly evicted: number };

const STEPS = 14;
const WALKS = 100_000;
/** What fits a transaction whose fee somebody else pays. */
const LONGEST_PAYLOAD = 900;

/** The shortest payloads of the first walk after which a post of `bytes` does what is wanted. The same in every run. */
export function walkTo(aim: Aim, bytes: number, capacity: number): number[] {
  for (let walk = 0; walk < WALKS; walk++) {
    const ring = new Ring(capacity);
    const payloads: number[] = [];
    const random = generator(walk);
    for (let step = 0; step < STEPS; step++) {
      const next = ring.outcome(bytes);
      if (next.wraps === aim.wraps && next.evicted === aim.evicted) return payloads;
      payloads.push(random() % (LONGEST_PAYLOAD + 1));
      ring.post(payloads.at(-1) ?? 0);
    }
  }
  throw new Error(`no walk leads to a ring in which ${bytes} bytes do ${JSON.stringify(aim)}`);
}

/** A ring in which everything is acknowledged. */
class Ring {
  readonly #capacity: number;
  #frames: number[] = [];
  #end = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  outcome(payload: number): Aim {
    const need = payload + FRAME_HEAD_BYTES;
    let used = this.#frames.reduce((sum, frame) => sum + frame, 0);
    let evicted = 0;
    for (; used + need > this.#capacity; evicted++) used -= this.#frames[evicted] ?? 0;
    return { wraps: this.#end + need > this.#capacity, evicted };
  }

  post(payload: number): void {
    const need = payload + FRAME_HEAD_BYTES;
    this.#frames = [...this.#frames.slice(this.outcome(payload).evicted), need];
    this.#end = (this.#end + need) % this.#capacity;
  }
}

/** A linear congruential generator with the constants of the C standard's example; its high bits. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  };
}
