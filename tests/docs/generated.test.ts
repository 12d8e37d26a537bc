import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pages, withTable } from "../../tools/docs/write.js";

const ROOT = join(__dirname, "..", "..");
const WRITE = "run `npm run docs:write`";

describe("what is made from the code", function () {
  this.timeout(60_000);
  let made: Map<string, string>;

  before(async () => {
    made = await pages();
  });

  for (const name of ["README.md", "docs/THREAT-MODEL.md", "docs/SCALING.md", "docs/ERRORS.md"]) {
    it(`${name} is up to date`, () => {
      expect(readFileSync(join(ROOT, name), "utf8") === made.get(name), `${name} is stale: ${WRITE}`).to.equal(true);
    });
  }

  it("a figure that is not measured makes the README stale", () => {
    const readme = made.get("README.md")!;
    const wrong = readme.replace("0.01105408", "0.01105409");
    expect(wrong).not.to.equal(readme);
    const table = /<!-- costs: .*? -->\n([\s\S]*?)\n<!-- \/costs -->/.exec(readme)![1]!;
    expect(withTable(wrong, "costs", table)).to.equal(readme);
    expect(() => withTable(readme.replace("<!-- /costs -->", ""), "costs", table)).to.throw(/markers/);
  });

  it("the table follows from the sizes of the accounts, at mainnet's rate", () => {
    const readme = made.get("README.md")!;
    const rent = (bytes: number): string => ((128 + bytes) * 5_080 / 1e9).toFixed(9).replace(/0{1,3}$/, "");
    expect(readme).to.match(new RegExp(`Register a wallet \\| 4 \\| 3 \\| 0\\.000015 \\| ${((128 + 432 + 128 + 1_488) * 5_080 / 1e9).toFixed(8)} \\|`));
    expect(readme).to.include(`| 0.000010 | ${rent(444 + 2_048)} |`).and.to.include(`| 0.000005 | ${rent(444 + 512)} |`);
  });

  it("no error code is without a sentence by accident", () => {
    const reserved = [...made.get("docs/ERRORS.md")!.matchAll(/^\| `([A-Z_]+)` \| Reserved;/gm)].map(([, code]) => code);
    expect(reserved).to.have.members(["HANDSHAKE_INCOMPLETE", "PEER_VIEW_DIFFERS"]);
  });
});
