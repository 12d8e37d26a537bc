/** The attack matrix: the data of every instruction, made from the IDL, as it must not be. */
import { expect } from "chai";
import { onEachBuild } from "./support/builds.js";
import { INSTRUCTIONS } from "./support/idl.js";
import { ARGUMENT_RULES } from "./support/matrix/argument-rules.js";
import { boundaries, counts, lengths, numbers } from "./support/matrix/data-mutations.js";
import { Trial } from "./support/matrix/trial.js";
import { VARIANTS } from "./support/matrix/variants.js";

it("every argument of every instruction of the program has its rule in the matrix", () => {
  const sorted = (names: readonly string[]): string[] => [...names].sort();
  const named = Object.fromEntries(INSTRUCTIONS.map(({ name, args }) => [name, sorted(args.map((arg) => arg.name))]));
  expect(Object.fromEntries(Object.entries(ARGUMENT_RULES).map(([name, rules]) => [name, sorted(Object.keys(rules))]))).to.deep.equal(named);
});

onEachBuild("Attack matrix of data", (test) => {
  for (const variant of VARIANTS) {
    test(`${variant.name} takes data of no other length, arguments within their bounds, and the accounts that it needs`, (world) => {
      const trial = new Trial(world, variant.scenario);
      expect(trial.problems([...lengths(trial), ...boundaries(trial, variant), ...counts(trial, variant)])).to.deep.equal([]);
    });
  }

  test("a number that no instruction has is refused, whatever follows it", (world) => {
    const known = INSTRUCTIONS.flatMap(({ discriminator }) => discriminator);
    for (const variant of VARIANTS.slice(0, 2)) {
      const trial = new Trial(world, variant.scenario);
      expect(trial.problems(numbers(trial, known))).to.deep.equal([]);
    }
  });
});
