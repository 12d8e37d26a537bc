import { expect } from "chai";
import { spawn } from "node:child_process";
import { join } from "node:path";

const FIXTURE = join(__dirname, "fixtures", "stop.mjs");
/** A process on a busy machine; and how long it may live once it has stopped. */
const STARTS_WITHIN_MS = 40_000;
const EXITS_WITHIN_MS = 10_000;

const SITUATIONS = {
  "with live subscriptions": "live",
  "right after the last subscription was closed": "closed",
  "while a socket is still connecting": "connecting",
  "and subscriptions are made after that": "late",
  "with requests that nobody answers any more": "pending",
  "while wallets are being funded": "funding",
};

describe("after stop, the process exits by itself with nothing on stderr", () => {
  for (const [situation, name] of Object.entries(SITUATIONS)) {
    it(situation, async () => {
      const child = spawn(process.execPath, [FIXTURE, name], { stdio: ["ignore", "pipe", "pipe"] });
      let stdout = "";
      let stderr = "";
      const killIn = (ms: number): NodeJS.Timeout => setTimeout(() => child.kill("SIGKILL"), ms);
      let timer = killIn(STARTS_WITHIN_MS);
      child.stdout.on("data", (chunk: Buffer) => {
        stdout += chunk.toString();
        clearTimeout(timer);
        timer = killIn(EXITS_WITHIN_MS);
      });
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      const exit = await new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
      clearTimeout(timer);
      expect(stderr).to.equal("");
      expect(stdout).to.equal("stopped\n");
      expect(exit).to.equal(0);
    }).timeout(STARTS_WITHIN_MS + 2 * EXITS_WITHIN_MS);
  }
});
