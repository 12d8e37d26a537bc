/** The table of everything that crosses the ledger against one bit, in the object itself or in what it is bound to. */
import { expect } from "chai";
import fc from "fast-check";
import * as c from "../../sdk/src/crypto/index.js";
import { expectRejection, flip, outcome } from "../crypto/expect-code.js";
import { fill } from "../crypto/fixture.js";
import { OBJECTS } from "./support/objects.js";
import { seed } from "./support/seeds.js";

const RUNS = { message: 400, ownerBox: 400, replyPointer: 400, keyBundle: 150, handshake: 120 } as const;

describe("what was altered", function () {
  this.timeout(120_000);

  for (const [kind, make] of Object.entries(OBJECTS) as [keyof typeof OBJECTS, (typeof OBJECTS)[keyof typeof OBJECTS]][]) {
    const { name, parts } = make({ inbox: fill(1), r32: fill(2), other: fill(3), body: fill(4, 5), seq: 6, role: 0 });
    const named = Object.keys(parts);

    it(`by one bit in ${name}, or in anything that it is bound to (${named.join(", ")}), never opens`, () => {
      const touched = new Set<string>();
      fc.assert(fc.property(seed, fc.constantFrom(...named), fc.nat(), (given, at, any) => {
        const sealed = make(given);
        const bytes = sealed.parts[at]!;
        const altered = { ...sealed.parts, [at]: flip(bytes, any % (bytes.length * 8)) };
        touched.add(at);
        expect(outcome(() => sealed.open(sealed.parts)), "untouched").to.equal("opened");
        expect(outcome(() => sealed.open(altered)), `${at}, bit ${any % (bytes.length * 8)}`).not.to.equal("opened");
      }), { numRuns: RUNS[kind] });
      expect([...touched]).to.have.members(named);
    });

    it(`by a cut, more bytes or noise in ${name}, or in anything that it is bound to, never opens`, () => {
      fc.assert(fc.property(seed, fc.constantFrom(...named), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 1_300 }), (given, at, any, noise) => {
        const { parts: honest, open } = make(given);
        const bytes = honest[at]!;
        const others = [bytes.subarray(0, any % bytes.length), c.concat(bytes, noise), bytes.map((_, i) => noise[i % noise.length]!)];
        const sizes = at === "seq" || at === "role" || at === "generation" ? others.slice(2) : others; // numbers, of a fixed length
        for (const other of sizes) {
          if (other.length === bytes.length && c.equal(other, bytes)) continue;
          expect(outcome(() => open({ ...honest, [at]: other })), at).not.to.equal("opened");
        }
      }), { numRuns: kind === "handshake" ? 25 : 60 });
    });
  }

  it("by one bit in a vault never opens, whichever field it is in", async () => {
    const vault = await c.sealVault({ ikm: fill(0x1a), passphrase: "correct horse", salt: fill(2, 16), log2N: 15 });
    const salt = [2, 17].map((at) => [at * 8 + 3, "PASSPHRASE_WRONG"] as const);
    const commitment = [18, 33, 49].map((at) => [at * 8 + 7, "PASSPHRASE_WRONG"] as const);
    const box = [50, 65, 66, 97].map((at) => [at * 8, "VAULT_INVALID"] as const);
    for (const bit of Array.from({ length: 8 }, (_, i) => i)) await expectRejection(c.openVault({ vault: flip(vault, bit), passphrase: "correct horse" }), "VAULT_UNSUPPORTED");
    for (const [bit, code] of [...salt, ...commitment, ...box]) await expectRejection(c.openVault({ vault: flip(vault, bit), passphrase: "correct horse" }), code);
    await fc.assert(fc.asyncProperty(fc.integer({ min: 16, max: 98 * 8 - 1 }), async (bit) => {
      const opened = await c.openVault({ vault: flip(vault, bit), passphrase: "correct horse" }).then(() => "opened", () => "refused");
      expect(opened).to.equal("refused");
    }), { numRuns: 12 });
  });
});
