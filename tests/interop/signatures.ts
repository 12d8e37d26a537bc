/** The SDK and the second implementation take the same signatures. `npm run test:interop` starts this. */
import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { fromHex, verify } from "../../sdk/src/crypto/index.js";
import { python } from "./agent-process.js";

interface Signature {
  readonly name: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

describe("which signatures are taken", () => {
  it("is the same on both sides, for honest ones and for such as only an attacker makes", () => {
    const printed = execFileSync(python(), ["-B", "-m", "checks.hostile_signatures"], { cwd: __dirname, encoding: "utf8", timeout: 60_000 });
    const signatures = printed.trim().split("\n").map((line) => JSON.parse(line) as Signature);
    const verdicts = signatures.map(({ name, publicKey, message, signature }) => ({ name, valid: verify(fromHex(signature), fromHex(message), fromHex(publicKey)) }));
    expect(verdicts).to.deep.equal(signatures.map(({ name, valid }) => ({ name, valid })));
    expect(new Set(signatures.filter(({ valid }) => valid).map(({ name }) => name))).to.include("honest").and.not.include("S + L");
  });
});
