import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { compare, merge } from "../../bench/compare.js";
import { GROUPS, leaves, type Figures } from "../../bench/figures.js";
import { brokenMusts, MUSTS } from "../../bench/musts.js";

const recorded = JSON.parse(readFileSync(join(__dirname, "../../bench/results.json"), "utf8")) as Figures;

/** The record with one number changed, or without it. */
function changed(path: readonly string[], change: (value: number) => number | undefined, figures = recorded): Figures {
  const [name, ...rest] = path;
  return Object.fromEntries(Object.entries(figures).flatMap(([key, value]) => {
    if (key !== name) return [[key, value]];
    const other = typeof value === "number" ? change(value) : changed(rest, change, value);
    return other === undefined ? [] : [[key, other]];
  }));
}

const verdicts = (measured: Figures): string[] => compare(recorded, measured).map(({ verdict }) => verdict);
const numbers = [...leaves(recorded)];
const exact = numbers.filter(([[group]]) => GROUPS[group as keyof typeof GROUPS].kind === "exact");
const POST = ["compute", "v3", "post 256 B", "plain"];

describe("the benchmark's comparison", () => {
  it("takes what is as it was recorded", () => {
    expect(compare(recorded, recorded)).to.deep.equal([]);
  });

  it("finds every exact figure that is worse by one, and every one that is better by one", () => {
    expect(exact).to.have.length.above(100);
    for (const [path] of exact) {
      expect(verdicts(changed(path, (value) => value + 1)), path.join(" / ")).to.deep.equal(["worse"]);
      expect(verdicts(changed(path, (value) => value - 1)), path.join(" / ")).to.deep.equal(["better"]);
    }
  });

  it("finds every figure that is no longer measured, and every one that is not recorded", () => {
    for (const [path, value] of numbers) {
      const without = changed(path, () => undefined);
      expect(compare(recorded, without)).to.deep.equal([{ path, recorded: value, measured: undefined, verdict: "missing" }]);
      expect(compare(without, recorded)).to.deep.equal([{ path, recorded: undefined, measured: value, verdict: "new" }]);
    }
  });

  it("finds a figure that is no number", () => {
    expect(verdicts(changed(POST, () => NaN))).to.deep.equal(["worse"]);
  });

  it("lets a bundle vary by two hundredths, either way", () => {
    const path = ["bundle", ".", "gzip"];
    expect(verdicts(changed(path, (value) => 1.019 * value))).to.deep.equal([]);
    expect(verdicts(changed(path, (value) => 1.021 * value))).to.deep.equal(["worse"]);
    expect(verdicts(changed(path, (value) => 0.979 * value))).to.deep.equal(["better"]);
  });

  it("lets a timing be anything but three times as slow", () => {
    for (const [path] of numbers.filter(([[group]]) => group === "crypto")) {
      expect(verdicts(changed(path, (value) => 2.9 * value))).to.deep.equal([]);
      expect(verdicts(changed(path, (value) => 0.1 * value))).to.deep.equal([]);
      expect(verdicts(changed(path, (value) => 3.1 * value))).to.deep.equal(["worse"]);
    }
  });

  it("notes what was measured for people, and judges none of it", () => {
    const noted = numbers.filter(([[group]]) => group === "speed");
    expect(noted).to.have.length.above(4);
    for (const [path] of noted) expect(verdicts(changed(path, (value) => 100 * value))).to.deep.equal([]);
  });
});

describe("the benchmark's promises", () => {
  const kept = MUSTS.reduce((figures, { path, most }) => changed(path, () => most, figures), recorded);

  it("hold for figures that reach their limits exactly", () => {
    expect(brokenMusts(kept)).to.deep.equal([]);
  });

  it("are broken by one more, each by itself", () => {
    for (const { claim, path, most } of MUSTS) {
      const broken = brokenMusts(changed(path, () => most + 1, kept));
      expect(broken).to.have.length(1);
      expect(broken[0]).to.include(claim);
    }
  });

  it("are broken by a figure that nobody measured", () => {
    for (const { claim, path } of MUSTS) {
      const broken = brokenMusts(changed(path, () => undefined, kept));
      expect(broken).to.have.length(1);
      expect(broken[0]).to.include(claim).and.to.include("not measured");
    }
  });
});

describe("the benchmark's record", () => {
  const path = ["crypto", "noble", "handshake, initiate"];

  it("keeps a timing that still holds, so that the file changes only when something did", () => {
    expect(merge(recorded, changed(path, (value) => 1.4 * value))).to.deep.equal(recorded);
  });

  it("takes a timing that no longer holds, and every other figure as it was measured", () => {
    for (const measured of [changed(path, (value) => 2 * value), changed(path, (value) => value / 2), changed(POST, (value) => value + 1)]) {
      expect(merge(recorded, measured)).to.deep.equal(measured);
    }
  });

  it("takes everything when there was none", () => {
    expect(merge(undefined, recorded)).to.deep.equal(recorded);
  });
});
