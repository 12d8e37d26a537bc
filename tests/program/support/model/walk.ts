/** A path of steps, taken on a ledger and in a model at once; every account and every lamport is compared after each step. */
import { expect } from "chai";
import fc from "fast-check";
import { PROGRAM_ADDRESS, decodeInbox, type Address } from "../../../../sdk/src/program/index.js";
import { CRASH } from "../error-name.js";
import { START_TIME, type State } from "../ledger.js";
import { idlOf } from "../matrix/argument-bytes.js";
import type { World } from "../world.js";
import { bundleBytes, inboxBytes, profileBytes } from "./accounts.js";
import { bundleAt, inboxAt, profileAt } from "./addresses.js";
import { Story, play } from "./play.js";
import { ProgramModel } from "./program-model.js";
import { REGISTRATION, step, type Step } from "./steps.js";

const LONGEST = 200;
/** Enough for anything, for some things, for nothing. */
const BALANCES = [10_000_000_000n, 10_000_000_000n, 10_000_000_000n, 20_000_000n, 5_000_000n];

/** A path; most begin with registered wallets. */
export const paths: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.nat(9).map((n) => n === 0), fc.array(step, { minLength: 1, maxLength: LONGEST, size: "max" }))
  .map(([bare, path]) => (bare ? path : [...REGISTRATION, ...path]));

/** Walks from the same start again and again. */
export class Walker {
  readonly #world: World;
  readonly #people: readonly Address[];
  readonly #start: State;
  /** Steps of the last path, up to the one that failed. */
  taken = 0;

  constructor(world: World) {
    this.#world = world;
    this.#people = BALANCES.map((balance) => world.person(balance).address);
    world.watch(...this.#people.flatMap((address) => [profileAt(address), bundleAt(address, 0), inboxAt(address, 0), inboxAt(address, 1)]));
    this.#start = world.state();
  }

  /**
   * @param met counts what came of which instruction
   * @param Model another model than the right one, to see that it is found out
   * @throws when ledger and model differ
   */
  walk(path: readonly Step[], met = new Map<string, number>(), Model = ProgramModel): void {
    const world = this.#world;
    world.restore(this.#start);
    world.setTime(START_TIME);
    const model = new Model(new Map(this.#people.map((address, i) => [address, BALANCES[i]!])), START_TIME, world.slot);
    const story = new Story(this.#people, model);
    this.taken = 0;
    for (const one of path) {
      this.taken++;
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
}

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
    same(at, account.data, inboxBytes(inbox));
    expect(decodeInbox(account, PROGRAM_ADDRESS).intact).to.equal(true);
  }
}
