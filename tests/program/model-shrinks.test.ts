/** What random sequences are worth: a model that is wrong in one place is found out, and the sequence that shows it is short. */
import { expect } from "chai";
import type { Address } from "../../sdk/src/program/index.js";
import { onEachBuild } from "./support/builds.js";
import { ProgramModel } from "./support/model/program-model.js";
import { shortestFailure } from "./support/model/shrink.js";
import type { Step } from "./support/model/steps.js";
import { Walker } from "./support/model/walk.js";

/** Lets an inbox be acknowledged again and again. */
class Forgetful extends ProgramModel {
  override acknowledge(reader: Address, at: Address, upto: number): string | undefined {
    const error = super.acknowledge(reader, at, upto);
    return error === "BadAcknowledge" ? undefined : error;
  }
}

/** Counts a request only when it costs postage. */
class Miscounting extends ProgramModel {
  override openRequest(...[opening, to, most]: Parameters<ProgramModel["openRequest"]>): string | undefined {
    const error = super.openRequest(opening, to, most);
    for (const profile of this.profiles.values()) if (error === undefined && profile.wallet === to && profile.policy === 0) profile.requests--;
    return error;
  }
}

const REGISTERED: readonly Step["kind"][] = ["createProfile", "createBundle", "writeBundle", "writeBundle", "activateBundle"];
const DEFECTS: Readonly<Record<string, { readonly Model: typeof ProgramModel; readonly shown: readonly Step["kind"][] }>> = {
  "acknowledges what is acknowledged": { Model: Forgetful, shown: ["openInbox", "acknowledge"] },
  "counts no request that is free": { Model: Miscounting, shown: [...REGISTERED, "openRequest"] },
};

onEachBuild("A wrong model of the program", (test) => {
  for (const [name, { Model, shown }] of Object.entries(DEFECTS)) {
    test(`that ${name} is found out, by a sequence without a step too many`, (world) => {
      const walker = new Walker(world);
      const found = shortestFailure(walker, { numRuns: 100, seed: 20_260_711, Model });
      expect(found?.path.map(({ kind }) => kind), String(found?.error)).to.deep.equal(shown);
      walker.walk(found?.path ?? []);
    });
  }
}, "v3");
