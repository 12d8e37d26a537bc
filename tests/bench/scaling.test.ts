/** docs/SCALING.md: the simulation is what was recorded, and what is said to be independent of the number of wallets is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { worldsOf } from "../../bench/builds.js";
import type { Figures } from "../../bench/figures.js";
import { DATA_BYTES, ceilings, costUnits, estimate, transactionCosts } from "../../bench/scaling/estimate.js";
import { SIZES, simulate, type Simulation } from "../../bench/scaling/simulate.js";
import { measuredOf } from "../../tools/docs/scaling-page.js";
import { acknowledge, openRequest, post } from "../program/support/parties.js";

const BENCH = join(__dirname, "../../bench");
const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(BENCH, ...path), "utf8"));
const recorded = read("scaling", "results.json") as Readonly<Record<string, Simulation>>;
const measured = measuredOf(read("results.json") as Figures, recorded);
/** What grows with the number of accounts. */
const GROWS = ["accounts", "bytes of all accounts", "discovery by a scan, accounts looked at"];

describe("the simulation of very many accounts", () => {
  for (const size of SIZES.filter((accounts) => accounts <= 1_000)) {
    it(`gives for ${size} accounts what was recorded`, () => {
      expect(simulate(size).exact).to.deep.equal(recorded[size]?.exact);
    });
  }

  it("has been made for a million, and nothing but the scan depends on how many there are", () => {
    expect(Object.keys(recorded)).to.deep.equal(SIZES.map(String));
    const [none, ...others] = Object.values(recorded).map(({ exact }) => exact);
    for (const other of others) {
      for (const [name, figure] of Object.entries(other)) {
        if (GROWS.includes(name)) expect(figure, name).to.be.above(none?.[name] as number);
        else expect(figure, name).to.equal(none?.[name]);
      }
    }
    expect(recorded["1000000"]?.exact["accounts"]).to.be.above(1_000_000);
  });
});

describe("the estimate for many wallets", () => {
  it("is that for one wallet, as often as there are wallets", () => {
    const [one, many] = [estimate(measured, 1), estimate(measured, 1_000_000)];
    for (const name of Object.keys(one) as (keyof typeof one)[]) {
      if (name === "profileBytes") expect(many[name]).to.equal(one[name]);
      else expect(many[name] / one[name], name).to.be.closeTo(1_000_000, 1e-3);
    }
  });

  it("counts for a transaction its signature, its locks, its data and what it loads beside what it computes", () => {
    expect(costUnits(0, 0, 0)).to.equal(720 + 32);
    expect(costUnits(700, 2, 400)).to.equal(720 + 32 + 600 + 100 + 700);
    const { post, acknowledge, request } = transactionCosts(measured);
    expect(acknowledge < post && post < request).to.equal(true);
  });

  it("counts as much data as the instructions have", () => {
    const world = worldsOf("v3")();
    const chat = world.chat();
    const sent = { post: post(chat, 0, new Uint8Array()), acknowledge: acknowledge(chat, 1), request: openRequest(chat, world.stranger()) };
    expect(Object.fromEntries(Object.entries(sent).map(([name, { data }]) => [name, data.length]))).to.deep.equal(DATA_BYTES);
  });

  it("lets one account take less than a block has, and a cheaper transaction more often", () => {
    const { postsASecond, acknowledgementsASecond, requestsASecond, blockPostsASecond } = ceilings(measured, 4_206_240);
    expect(requestsASecond < postsASecond && postsASecond < acknowledgementsASecond && postsASecond < blockPostsASecond).to.equal(true);
  });
});
