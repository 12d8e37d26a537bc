/** The comparison with other messengers: from the record, complete, and honest about the rows in which Postern is behind. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Results } from "../../bench/figures.js";
import { CONDITIONS, MEMO_NAME, PEERS, rows, verdict } from "../../bench/peers/rows.js";
import { peersTable } from "../../tools/docs/peers-table.js";

const ROOT = join(__dirname, "../..");
const results = JSON.parse(readFileSync(join(ROOT, "bench/results.json"), "utf8")) as Results;
const all = rows(results);

describe("the comparison with other messengers", () => {
  it("has, for every row, a figure of Postern's, and of every other system a figure or none", () => {
    expect(all).to.have.length.above(20);
    for (const { name, postern, others } of all) {
      expect(Number.isSafeInteger(postern), name).to.equal(true);
      expect(Object.keys(others), name).to.deep.equal([MEMO_NAME, ...Object.keys(PEERS)]);
      for (const theirs of Object.values(others)) expect(theirs === null || Number.isSafeInteger(theirs), name).to.equal(true);
      expect(Object.values(others).some((theirs) => theirs !== null), name).to.equal(true);
    }
    expect(CONDITIONS).to.have.length.above(3);
  });

  it("says in each row who is ahead of Postern, whichever way is better", () => {
    const others = { less: 9, same: 10, more: 11, none: null };
    expect(verdict({ better: "lower", postern: 10, others })).to.deep.equal({ behind: ["less"], level: ["same"] });
    expect(verdict({ better: "higher", postern: 10, others })).to.deep.equal({ behind: ["more"], level: ["same"] });
    const lines = peersTable(ROOT).split("\n").filter((line) => line.startsWith("| ")).slice(1);
    expect(lines).to.have.length(all.length);
    for (const [i, row] of all.entries()) {
      const { behind, level } = verdict(row);
      expect(lines[i], row.name).to.match(new RegExp(`\\| ${behind.length > 0 ? `behind ${behind.join(", ")}` : level.length > 0 ? `level with ${level.join(", ")}` : "ahead"} \\|$`));
    }
    expect(lines.filter((line) => line.includes("| behind ")), "rows in which Postern is behind").not.to.deep.equal([]);
  });

  it("follows the record: a figure that is another makes another table, and one that is missing none", () => {
    const changed = (compute: number | undefined): Results => ({ ...results, peers: { ...results.peers, Postern: { ...(results.peers["Postern"] as object), "32 B": { ...(compute === undefined ? {} : { "compute units": compute }), "wire bytes": 1 } } } });
    expect(rows(changed(99_999))[0]).to.deep.include({ postern: 99_999 });
    expect(verdict(rows(changed(99_999))[0]!).behind).to.include.members([MEMO_NAME, ...Object.keys(PEERS)]);
    expect(() => rows(changed(undefined))).to.throw(/not recorded/);
  });
});
