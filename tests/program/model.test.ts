/**
 * Random sequences of every instruction, by people who may and people who may not, on the program and on a model of it: 20,000
 * instructions on each build. `npm run test:model` takes 500,000 on each, `POSTERN_MODEL_FROM` another first seed.
 */
import { expect } from "chai";
import { onEachBuild } from "./support/builds.js";
import { ERRORS, INSTRUCTIONS } from "./support/idl.js";
import { shortestFailure, told } from "./support/model/shrink.js";
import { Walker } from "./support/model/walk.js";

/** Instructions for each seed and build. */
const STEPS = Number(process.env["POSTERN_MODEL_STEPS"] ?? 1_000);
const FIRST_SEED = Number(process.env["POSTERN_MODEL_FROM"] ?? 20_260_711);
/** Instructions that a sequence has on average, registration included: the last test sees that they are no fewer. */
const USUAL = 90;
const SEEDS = Array.from({ length: 20 }, (_, i) => FIRST_SEED + i);
/** No sequence of instructions can make these: see rule 8. */
const UNREACHABLE = ["UnsupportedVersion", "InvalidClock", "CorruptAccount"];

onEachBuild("The whole program under random instructions", (test) => {
  const met = new Map<string, number>();
  for (const seed of SEEDS) {
    test(`${STEPS} instructions leave every account and every lamport as the model has them (seed ${seed})`, (world) => {
      const found = shortestFailure(new Walker(world), { numRuns: Math.ceil(STEPS / USUAL), seed, met });
      if (found !== undefined) throw new Error(`Program and model differ after\n${told(found.path)}`, { cause: found.error });
    });
  }

  test(`the ${STEPS * SEEDS.length} instructions have met every instruction's success and every error that instructions can cause`, () => {
    const outcomes = new Set([...met.keys()].map((name) => name.split(" ")[1]));
    expect(INSTRUCTIONS.filter(({ name }) => !met.has(`${name} done`)).map(({ name }) => name), "never done").to.deep.equal([]);
    expect(ERRORS.filter((name) => !outcomes.has(name) && !UNREACHABLE.includes(name)), "never met").to.deep.equal([]);
    const instructions = [...met.values()].reduce((sum, count) => sum + count, 0);
    expect(instructions, "instructions in all").to.be.at.least(STEPS * SEEDS.length);
  });
});
