/** The attack matrix: every account of every instruction, made from the IDL, as it must not be. */
import { expect } from "chai";
import { onEachBuild } from "./support/builds.js";
import { INSTRUCTIONS } from "./support/idl.js";
import { accountMutations } from "./support/matrix/account-mutations.js";
import { CONTRACTS, type Rule } from "./support/matrix/contracts.js";
import { slotsOf } from "./support/matrix/slot.js";
import { Trial } from "./support/matrix/trial.js";
import { VARIANTS } from "./support/matrix/variants.js";

it("every account of every instruction of the program has its place in the matrix", () => {
  const named = Object.fromEntries(INSTRUCTIONS.map(({ name, accounts }) => [name, accounts.map((account) => account.name)]));
  expect(Object.fromEntries(Object.entries(CONTRACTS).map(([name, contract]) => [name, Object.keys(contract)]))).to.deep.equal(named);
  expect(new Set(VARIANTS.map(({ instruction }) => instruction))).to.deep.equal(new Set(Object.keys(named)));
});

/** Who signs, and what is written, by what an account is for: the IDL is the program's own word, and tells nothing that the program forgot. */
const SIGNS: Readonly<Record<Rule["is"], boolean>> = { authority: true, payer: true, account: false, made: false, receiver: false, system: false, absent: false };
const WRITTEN: readonly Rule["is"][] = ["payer", "made", "receiver"];

it("every account that pays or decides signs, no other does, and what gains or loses lamports is written", () => {
  const wrong = INSTRUCTIONS.flatMap(({ name, accounts }) =>
    accounts.filter(({ name: account, signer = false, writable = false }) => {
      const { is } = CONTRACTS[name]![account]!;
      return signer !== SIGNS[is] || (is !== "account" && writable !== WRITTEN.includes(is));
    }).map((account) => `${name} ${account.name}`),
  );
  expect(wrong).to.deep.equal([]);
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
