import { expect } from "chai";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { refusal } from "./support/refusal.js";
import { open, stage, type Person } from "./support/stage.js";
import { collect, until } from "./support/waiting.js";

const FIXTURE = join(__dirname, "fixtures", "ending.mjs");
const EXITS_WITHIN_MS = 20_000;

const SITUATIONS = {
  "after a conversation": "idle",
  "in the middle of messages() and events()": "reading",
  "when the network was stopped before, in the middle of messages()": "stopped",
  "with a URL as its connection, the network stopped before": "url",
  "with a witness that is about to be asked": "witnessed",
  "while messages are being sent": "sending",
  "while it registers, the network stopped before": "registering",
  "with calls and iterations that nobody waits for": "forgotten",
};

describe("after close(), the process exits by itself with nothing on stderr", () => {
  for (const [situation, name] of Object.entries(SITUATIONS)) {
    it(situation, async () => {
      const child = spawn(process.execPath, [FIXTURE, name], { stdio: ["ignore", "pipe", "pipe"] });
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      const timer = setTimeout(() => child.kill("SIGKILL"), EXITS_WITHIN_MS);
      let closedAt = 0;
      child.stdout.on("data", () => (closedAt = performance.now()));
      const exit = await new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
      clearTimeout(timer);
      expect(stderr).to.equal("");
      expect(stdout).to.equal("closed\n");
      expect(exit).to.equal(0);
      expect(performance.now() - closedAt).to.be.below(3_000); // no timer keeps it
    }).timeout(2 * EXITS_WITHIN_MS);
  }
});

describe("a session that has ended", () => {
  const on = stage();

  for (const [how, code] of [["close", "CLOSED"], ["lock", "LOCKED"]] as const) {
    it(`by ${how}() refuses everything with ${code}, and what waited is told the same`, async () => {
      const [alice, bob] = await on.people(2);
      const [toBob] = await open(alice, bob);
      const waiting = toBob.send("on its way");
      const reading = collect((signal) => toBob.messages({ signal }));
      await until(() => reading.items.length > 0, "it reads");
      await waiting;
      const interrupted = refusal(toBob.send("interrupted"), code);
      await alice.postern[how]();
      await interrupted;
      await reading.stop();
      const { postern } = alice;
      const calls: (() => Promise<unknown>)[] = [
        () => postern.isRegistered(), () => postern.register(), () => postern.conversation(bob.address), () => postern.conversations(), () => postern.requests(),
        () => postern.canMessage([bob.address]), () => postern.balance(), () => postern.fund(1_000_000n), () => postern.withdraw(), () => postern.estimate(),
        () => postern.setContactPolicy({ kind: "open" }), () => toBob.send("no"), () => toBob.history(), () => toBob.unread(), () => toBob.safetyNumber(), () => toBob.close(),
      ];
      for (const call of calls) await refusal(call(), code);
      await postern.close();
      await postern.lock(); // the first word counts
      await refusal(postern.balance(), code);
    });
  }

  it("leaves the wallet free to connect again, and other sessions of it untouched", async () => {
    const [alice, bob] = await on.people(2);
    const other = await on.device(alice);
    await alice.postern.lock();
    const again: Person = await on.device(alice);
    for (const { postern } of [other, again]) {
      expect(await postern.isRegistered()).to.equal(true);
      await (await postern.conversation(bob.address)).send("gm");
    }
  });
});
