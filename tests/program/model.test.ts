/** Random sequences of every instruction, by people who may and people who may not, on the program and on a model of it. */
import { expect } from "chai";
import fc from "fast-check";
import { PROGRAM_ADDRESS, decodeInbox, type Address } from "../../sdk/src/program/index.js";
import { onEachBuild } from "./support/builds.js";
import { CRASH } from "./support/error-name.js";
import { START_TIME, type State } from "./support/ledger.js";
import { ERRORS, INSTRUCTIONS } from "./support/idl.js";
import { idlOf } from "./support/matrix/argument-bytes.js";
import { bundleBytes, inboxHeader, profileBytes, ringBytes } from "./support/model/accounts.js";
import { bundleAt, inboxAt, profileAt } from "./support/model/addresses.js";
import { Story, play } from "./support/model/play.js";
import { ProgramModel } from "./support/model/program-model.js";
import { REGISTRATION, step, type Step } from "./support/model/steps.js";
import type { World } from "./support/world.js";

/** Steps for each test and build. `POSTERN_MODEL_STEPS=25000 npx ts-mocha --timeout 0 …` takes a million for both builds. */
const STEPS = Number(process.env["POSTERN_MODEL_STEPS"] ?? 500);
const LONGEST = 200;
/** What a sequence has on average, registration included. */
const USUAL = 90;
const SEEDS = Array.from({ length: 20 }, (_, i) => 20_260_711 + i);
/** No sequence of instructions can make these: see rule 8. */
const UNREACHABLE = ["UnsupportedVersion", "InvalidClock", "CorruptAccount"];
/** Enough for anything, for some things, for nothing. */
const BALANCES = [10_000_000_000n, 10_000_000_000n, 10_000_000_000n, 20_000_000n, 5_000_000n];

/** Every account of the program to the byte, every lamport of everybody. */
function expectSame(state: State, model: ProgramModel): void {
  const balances = new Map([...state].map(([address, { lamports }]): [Address, bigint] => [address, lamports]));
  const sorted = (amounts: ReadonlyMap<Address, bigint>): string => [...amounts].map(([address, lamports]) => `${address} ${lamports}`).sort().join("\n");
  if (sorted(balances) !== sorted(model.money.all())) expect(sorted(balances)).to.equal(sorted(model.money.all()));
  const theirs = [...state].filter(([, { owner }]) => owner === PROGRAM_ADDRESS).map(([address]) => address);
  expect(theirs.sort().join()).to.equal([...model.profiles.keys(), ...model.bundles.keys(), ...model.inboxes.keys()].sort().join());
  const same = (at: Address, found: Uint8Array | undefined, expected: Uint8Array): void => {
    if (Buffer.compare(found ?? new Uint8Array(), expected) !== 0) expect(Buffer.from(found ?? []).toString("hex"), at).to.equal(Buffer.from(expected).toString("hex"));
  };
  for (const [at, profile] of model.profiles) same(at, state.get(at)?.data, profileBytes(profile));
  for (const [at, bundle] of model.bundles) same(at, state.get(at)?.data, bundleBytes(bundle));
  for (const [at, inbox] of model.inboxes) {
    const account = state.get(at)!;
    same(at, account.data.subarray(0, 444), inboxHeader(inbox));
    const { tail, used, capacity } = inbox.ring;
    const ring = account.data.subarray(444);
    same(at, Uint8Array.from({ length: used }, (_, i) => ring[(tail + i) % capacity]!), ringBytes(inbox.ring));
    expect(decodeInbox(account, PROGRAM_ADDRESS).intact).to.equal(true);
  }
}

function walk(world: World, people: readonly Address[], path: readonly Step[], met: Map<string, number>): void {
  world.setTime(START_TIME);
  const model = new ProgramModel(new Map(people.map((address, i) => [address, BALANCES[i]!])), START_TIME, world.slot);
  const story = new Story(people, model);
  for (const one of path) {
    if (one.kind === "wait") {
      world.pass(one.seconds);
      model.time = world.time;
      continue;
    }
    const { sent, act } = play(one, story);
    const { error } = world.send([sent]);
    expect(error).not.to.equal(CRASH);
    const expected = act();
    const name = `${sent.programAddress === PROGRAM_ADDRESS ? idlOf(sent).name : "transfer"} ${expected ?? "done"}`;
    met.set(name, (met.get(name) ?? 0) + 1);
    expect(error ?? "done", name).to.equal(expected ?? "done");
    expectSame(world.state(), model);
  }
}

onEachBuild("The whole program under random instructions", (test) => {
  const met = new Map<string, number>();
  for (const seed of SEEDS) {
    test(`${STEPS} steps leave every account and every lamport as the model has them (seed ${seed})`, (world) => {
      const people = BALANCES.map((balance) => world.person(balance).address);
      const places = people.flatMap((address) => [profileAt(address), bundleAt(address, 0), inboxAt(address, 0), inboxAt(address, 1)]);
      world.watch(...places);
      const start = world.state();
      fc.assert(
        fc.property(fc.nat(9).map((n) => n === 0), fc.array(step, { minLength: 1, maxLength: LONGEST, size: "max" }), (bare, path) => {
          world.restore(start);
          walk(world, people, bare ? path : [...REGISTRATION, ...path], met);
        }),
        { numRuns: Math.ceil(STEPS / USUAL), seed },
      );
    });
  }

  test("the steps have met every instruction's success and every error that instructions can cause", () => {
    const outcomes = new Set([...met.keys()].map((name) => name.split(" ")[1]));
    expect(INSTRUCTIONS.filter(({ name }) => !met.has(`${name} done`)).map(({ name }) => name), "never done").to.deep.equal([]);
    expect(ERRORS.filter((name) => !outcomes.has(name) && !UNREACHABLE.includes(name)), "never met").to.deep.equal([]);
    const steps = [...met.values()].reduce((sum, count) => sum + count, 0);
    expect(steps, "steps in all").to.be.at.least(STEPS * SEEDS.length);
  });
});
