/**
 * Whether the time of an operation tells two inputs apart: Welch's t-test on interleaved samples, as dudect does it (Reparaz,
 * Balasch, Verbauwhede: "Dude, is my code constant time?", 2016), made patient with busy machines.
 */
import { randomBytes } from "node:crypto";

export type Race = {
  /** Does the work on the one buffer that both inputs are copied to: neither has a place in memory of its own. */
  readonly run: (input: Uint8Array) => unknown;
  readonly inputs: readonly [Uint8Array, Uint8Array];
  readonly samples: number;
  /** Runs that one sample times. */
  readonly batch: number;
};

/** Samples of an input above this share of its own are interruptions, not work. */
const KEPT = 0.6;

/** The t statistic: far from zero when one input takes longer. Positive when it is the second. */
export function welchT({ run, inputs, samples, batch }: Race): number {
  const shared = new Uint8Array(inputs[0].length);
  const order = randomBytes(2 * samples);
  const times: [number[], number[]] = [[], []];
  for (const coin of order) {
    const which = coin % 2 as 0 | 1;
    shared.set(inputs[which]);
    const start = process.hrtime.bigint();
    for (let i = 0; i < batch; i++) run(shared);
    times[which].push(Number(process.hrtime.bigint() - start));
  }
  const [first, second] = times.map((all) => moments(all.sort((a, b) => a - b).slice(0, Math.ceil(all.length * KEPT)))) as [Moments, Moments];
  return (second.mean - first.mean) / Math.sqrt(first.variance / first.count + second.variance / second.count || 1);
}

type Moments = { readonly mean: number; readonly variance: number; readonly count: number };

function moments(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, variance, count: values.length };
}

/** dudect calls 4.5 a leak; chance gives more than this about never, and not with the same sign in every round. */
const STRONG = 10;
const ROUNDS = 5;

/** The statistics of all rounds, if every one of them says strongly that the same input takes longer; else undefined. */
export function leak(race: Race): number[] | undefined {
  welchT({ ...race, samples: Math.ceil(race.samples / 4) }); // lets the compiler settle
  const found: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const t = welchT(race);
    found.push(t);
    if (Math.abs(t) < STRONG || Math.sign(t) !== Math.sign(found[0]!)) return undefined;
  }
  return found;
}
