import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as c from "../../sdk/src/crypto/index.js";
import { isPosternError } from "../../sdk/src/errors.js";
import { type Call, type Inputs, calls } from "./frozen/calls.js";
import { type Group, invalidVectors } from "./frozen/invalid.js";
import { validVectors } from "./frozen/valid.js";

type Frozen = { valid: Awaited<ReturnType<typeof validVectors>>; invalid: Record<Call, Group> };
const frozen = JSON.parse(readFileSync(join(__dirname, "../../sdk/vectors/suite-1.json"), "utf8")) as Frozen;

async function outcomeOf(call: Call, inputs: Inputs): Promise<string> {
  try {
    await calls[call](inputs);
    return "taken";
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return error.code;
  }
}

describe("frozen vectors of suite 1", function () {
  this.timeout(60_000);

  it("every valid value is computed again to the byte", async () => {
    expect(JSON.parse(JSON.stringify(await validVectors()))).to.deep.equal(frozen.valid);
  });

  it("every refused input is the same as when it was frozen", async () => {
    expect(JSON.parse(JSON.stringify(await invalidVectors()))).to.deep.equal(frozen.invalid);
  });

  it("every frozen message opens to what was sealed", () => {
    const { inboxKey, frames } = frozen.valid.messages;
    for (const { seq, kind, sent, seen, body, frame } of frames) {
      expect(c.openMessage(c.fromHex(inboxKey), seq, c.fromHex(frame))).to.deep.equal({ kind, sent, seen, body: c.fromHex(body) });
    }
  });

  for (const [call, { base, cases }] of Object.entries(frozen.invalid) as [Call, Group][]) {
    it(`${call} takes what the others change`, async () => expect(await outcomeOf(call, base)).to.equal("taken"));
    for (const { name, change, error } of cases) {
      it(`${call} refuses ${name} with ${error}`, async () => expect(await outcomeOf(call, { ...base, ...change })).to.equal(error));
    }
  }
});
