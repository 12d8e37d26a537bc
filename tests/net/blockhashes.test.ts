/** How often a blockhash is asked for. */
import { expect } from "chai";
import { Blockhashes } from "../../sdk/src/send/blockhashes.js";

describe("the blockhash that transactions name", () => {
  let asked = 0;
  let fails = false;
  let nowMs = 0;
  const rpc = {
    latestBlockhash: async () => {
      asked++;
      if (fails) throw new Error("no answer");
      return { blockhash: `hash ${asked}`, lastValidBlockHeight: 150 };
    },
  };
  let blockhashes: Blockhashes;
  beforeEach(() => {
    [asked, fails, nowMs] = [0, false, 0];
    blockhashes = new Blockhashes(rpc, () => nowMs);
  });

  it("is asked for once by all that are signed within two seconds, also at the same time", async () => {
    const all = await Promise.all([blockhashes.recent(), blockhashes.recent()]);
    nowMs = 1_999;
    all.push(await blockhashes.recent());
    expect(all.map(({ blockhash }) => blockhash)).to.deep.equal(["hash 1", "hash 1", "hash 1"]);
    nowMs = 2_000;
    expect((await blockhashes.recent()).blockhash).to.equal("hash 2");
  });

  it("is another one where that matters, and the others share it from then on", async () => {
    await blockhashes.recent();
    expect((await blockhashes.fresh()).blockhash).to.equal("hash 2");
    expect((await blockhashes.recent()).blockhash).to.equal("hash 2");
  });

  it("is asked for again at once when that failed", async () => {
    fails = true;
    expect(await blockhashes.recent().catch(() => "failed")).to.equal("failed");
    fails = false;
    expect((await blockhashes.recent()).blockhash).to.equal("hash 2");
  });
});
