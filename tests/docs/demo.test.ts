import { expect } from "chai";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { brokenClaims, type Findings } from "../../examples/demo/claims.js";
import { occurrences } from "../../examples/demo/observer.js";

const ROOT = join(__dirname, "..", "..");
const run = promisify(execFile);

const GOOD: Findings = {
  written: [{ from: "Alice", text: "gm" }, { from: "Bob", text: "hi" }],
  readByAlice: [{ from: "Alice", text: "gm" }, { from: "Bob", text: "hi" }],
  readByBob: [{ from: "Bob", text: "hi" }, { from: "Alice", text: "gm" }],
  restored: [{ from: "Alice", text: "gm" }, { from: "Bob", text: "hi" }],
  safetyNumbers: ["7".repeat(60), "7".repeat(60)],
  prompts: { registration: [4, 4], messages: 0, restore: 1 },
  searched: { bytes: 20_000, plaintextHits: 0, addressHits: 5 },
  outsider: { attempts: 88, opened: 0, openedByBob: 2, listed: 0 },
  steps: [{ name: "Alice registers", transactions: 3, fees: 15_000n, computeUnits: 6_000 }],
  inboxes: { left: 0, rentPaid: 25n, rentReturned: 25n },
  delegates: [0n, 0n],
  wallets: [{ name: "Alice", before: 100n, after: 70n, fees: 10n, rentLeft: 20n }],
};

describe("the demo", function () {
  this.timeout(60_000);

  it("runs in a process of its own, ends with 0 and shows what it claims", async () => {
    const start = performance.now();
    const { stdout, stderr } = await run(process.execPath, [require.resolve("ts-node/dist/bin.js"), "-T", join("examples", "demo.ts")], { cwd: ROOT });
    expect(stderr).to.equal("");
    for (const line of [
      /Wallet prompts: 4 and 4 to register, 0 for the 4 messages/,
      /Alice > gm Bob!/, /Bob {3}> gm Alice!/,
      /six bytes in a row stand 0 times in the [\d,]+ bytes of 6 accounts/,
      /Restored 4 messages; the wallet was asked once/,
      /opens 0 messages\. The same attempts with Bob's keys open 4/,
      /the delegates own 0 and 0 lamports, and 0 inboxes are left/,
      /Alice writes +0 +1 +\d{3} +5,000 +0 +0/,
      /6,960 lamports\n? *a byte on this local network and 5,080 on mainnet/,
      /Every claim above was checked, and holds\.\n$/,
    ]) expect(stdout).to.match(line);
    expect(performance.now() - start).to.be.below(55_000);
  });

  it("has no broken claim when all is well", () => {
    expect(brokenClaims(GOOD)).to.deep.equal([]);
  });

  const wrong: Record<string, Partial<Findings>> = {
    "a message that Alice does not read": { readByAlice: GOOD.readByAlice.slice(1) },
    "a message that Bob reads twice": { readByBob: [...GOOD.readByBob, ...GOOD.readByBob.slice(1)] },
    "a message that is restored as another": { restored: [{ from: "Alice", text: "gm." }, { from: "Bob", text: "hi" }] },
    "a message under the wrong name": { restored: [{ from: "Bob", text: "gm" }, { from: "Alice", text: "hi" }] },
    "a conversation in one direction": { written: [GOOD.written[0]!], readByAlice: [GOOD.written[0]!], readByBob: [GOOD.written[0]!], restored: [GOOD.written[0]!] },
    "safety numbers that differ": { safetyNumbers: ["7".repeat(60), `${"7".repeat(59)}8`] },
    "five prompts to register": { prompts: { ...GOOD.prompts, registration: [4, 5] } },
    "a prompt for a message": { prompts: { ...GOOD.prompts, messages: 1 } },
    "two prompts to restore": { prompts: { ...GOOD.prompts, restore: 2 } },
    "plaintext on the ledger": { searched: { ...GOOD.searched, plaintextHits: 1 } },
    "a search that finds nothing at all": { searched: { ...GOOD.searched, addressHits: 0 } },
    "an outsider who opens a message": { outsider: { ...GOOD.outsider, opened: 1 } },
    "an outsider who is shown a conversation": { outsider: { ...GOOD.outsider, listed: 1 } },
    "attempts that open nothing for Bob either": { outsider: { ...GOOD.outsider, openedByBob: 0 } },
    "a step without compute units": { steps: [{ ...GOOD.steps[0]!, computeUnits: 0 }] },
    "an inbox that is left": { inboxes: { ...GOOD.inboxes, left: 1 } },
    "rent that does not return": { inboxes: { ...GOOD.inboxes, rentReturned: 24n } },
    "a delegate that keeps a lamport": { delegates: [0n, 1n] },
    "a wallet that is short of a lamport": { wallets: [{ ...GOOD.wallets[0]!, after: 69n }] },
  };
  for (const [what, change] of Object.entries(wrong)) {
    it(`says so of ${what}`, () => expect(brokenClaims({ ...GOOD, ...change })).to.have.length.of.at.least(1));
  }

  it("finds a text that stands on the ledger, and any six bytes of it", () => {
    const text = new TextEncoder().encode("meet me at nine");
    expect(occurrences([Buffer.from("…meet me at nine…")], text, 6)).to.equal(10);
    expect(occurrences([Buffer.from("XXat nineXX"), Buffer.alloc(100)], text, 6)).to.equal(2);
    expect(occurrences([Buffer.from("nothing")], text, 6)).to.equal(0);
  });
});
