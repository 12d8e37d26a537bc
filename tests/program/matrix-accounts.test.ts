/** The attack matrix: every account of every instruction, made from the IDL, as it must not be. */
import { expect } from "chai";
import { onEachBuild } from "./support/builds.js";
import { INSTRUCTIONS } from "./support/idl.js";
import { accountMutations } from "./support/matrix/account-mutations.js";
import { CONTRACTS } from "./support/matrix/contracts.js";
import { slotsOf } from "./support/matrix/slot.js";
import { Trial } from "./support/matrix/trial.js";
import { VARIANTS } from "./support/matrix/variants.js";

it("every account of every instruction of the program has its place in the matrix", () => {
  const named = Object.fromEntries(INSTRUCTIONS.map(({ name, accounts }) => [name, accounts.map((account) => account.name)]));
  expect(Object.fromEntries(Object.entries(CONTRACTS).map(([name, contract]) => [name, Object.keys(contract)]))).to.deep.equal(named);
  expect(new Set(VARIANTS.map(({ instruction }) => instruction))).to.deep.equal(new Set(Object.keys(named)));
});

onEachBuild("Attack matrix", (test) => {
  for (const variant of VARIANTS) {
    test(`${variant.name} refuses every account that is another than it needs, or is not harmed by it`, (world) => {
      const trial = new Trial(world, variant.scenario);
      const slots = slotsOf(variant);
      const mutations = slots.flatMap((slot) => accountMutations(trial, slots, slot).map((one) => ({ ...one, name: `${slot.idl.name}: ${one.name}` })));
      expect(trial.problems(mutations)).to.deep.equal([]);
    });
  }
});
