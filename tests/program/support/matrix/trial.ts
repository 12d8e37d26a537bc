/** One instruction on a ledger of its own, tried again and again in ways in which it was not meant. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { AccountData, Address, Instruction } from "../../../../sdk/src/program/index.js";
import { CRASH } from "../error-name.js";
import { differing, type State } from "../ledger.js";
import type { World } from "../world.js";

export type Scenario = (world: World) => Instruction;

/** What was there before, what the instruction makes of it when nothing is changed, and what became of it. */
export type Run = { readonly trial: Trial; readonly sent: Instruction; readonly before: State; readonly after: State };

/** Refused with an error and without a trace; or allowed, for a reason, with an effect that `check` knows. */
export type Verdict = { readonly refused: string } | { readonly allowed: string; readonly check: (run: Run) => void };

/** An account changed behind the program's back; undefined takes it away. */
export type Planted = readonly [address: Address, account: Partial<AccountData> | undefined];

export type Mutation = { readonly name: string; readonly sent: Instruction; readonly planted?: Planted; readonly verdict: Verdict };

export class Trial {
  readonly world: World;
  readonly instruction: Instruction;
  /** The same scenario with other people in it. */
  readonly another: Instruction;
  readonly before: State;
  /** What the unchanged instruction makes of `before`. */
  readonly good: State;

  constructor(world: World, scenario: Scenario) {
    this.world = world;
    this.another = scenario(world);
    this.instruction = scenario(world);
    this.before = world.state();
    world.does(this.instruction);
    this.good = world.state();
    world.restore(this.before);
    expect(differing(world.state(), this.before), "not put back").to.deep.equal([]);
  }

  /** What does not come out as it must. */
  problems(mutations: readonly Mutation[]): string[] {
    return mutations.flatMap((mutation) => {
      try {
        this.#run(mutation);
        return [];
      } catch (error) {
        return [`${mutation.name}: ${String(error)}`];
      }
    });
  }

  /** Sends it, compares every account with the verdict, and puts all of them back. */
  #run({ sent, planted, verdict }: Mutation): void {
    const { world } = this;
    if (planted !== undefined) world.plant(planted[0], planted[1] ?? { lamports: 0n });
    const before = planted === undefined ? this.before : world.state();
    const { error } = world.send([sent]);
    const after = world.state();
    world.restore(this.before, after);
    expect(error).not.to.equal(CRASH);
    if ("refused" in verdict) {
      expect(error ?? "success").to.equal(verdict.refused);
      expect(differing(before, after), "changed by a refusal").to.deep.equal([]);
      expectDocumented(verdict.refused);
    } else {
      expect(error, `allowed: ${verdict.allowed}`).to.equal(undefined);
      expect(total(after), "lamports in all").to.equal(total(before));
      const named = new Set(sent.accounts.flatMap(({ address, writable }) => (writable ? [address] : [])));
      expect(differing(before, after).filter((address) => !named.has(address)), "changed without being named writable").to.deep.equal([]);
      verdict.check({ trial: this, sent, before, after });
    }
  }
}

export const lamportsOf = (state: State, address: Address): bigint => state.get(address)?.lamports ?? 0n;
const total = (state: State): bigint => [...state.values()].reduce((sum, { lamports }) => sum + lamports, 0n);

const ERRORS_PAGE = readFileSync(join(__dirname, "../../../../docs/ERRORS.md"), "utf8");

/** Every refusal has a line of its own: the program's by name, Anchor's and the runtime's by name or number. */
function expectDocumented(error: string): void {
  const number = /^Custom\((\d+)\)$/.exec(error)?.[1];
  expect(ERRORS_PAGE, "docs/ERRORS.md").to.match(new RegExp(`^\\| (?:\\d+ \\| )?${number ?? error} \\| [^|]+ \\| \`\\w+\` \\|$`, "m"));
}
