import { Connection, Keypair } from "@solana/web3.js";
import { expect } from "chai";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PACKAGE = require.resolve("@postern/sdk/package.json");
const { bin, version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { bin: { postern: string }; version: string };
const EXECUTABLE = join(dirname(PACKAGE), bin.postern);

describe("the postern command", () => {
  it("runs a local network until Ctrl-C, and then ends with code 0", async () => {
    const { publicKey } = Keypair.generate();
    const run = start("localnet", "--port", "0", "--fund", publicKey.toBase58());
    const printed = await run.printed(/Ready\./);
    const [, rpcUrl, rpcPort, wsPort] = /^RPC: (http:\/\/127\.0\.0\.1:(\d+))\nWebSocket: ws:\/\/127\.0\.0\.1:(\d+)\nProgram: [1-9A-HJ-NP-Za-km-z]{32,44}\n/.exec(printed) ?? [];
    expect(Number(wsPort)).to.equal(Number(rpcPort) + 1);
    const connection = new Connection(rpcUrl!, "confirmed");
    while ((await connection.getBalance(publicKey)) === 0) await new Promise((resolve) => setImmediate(resolve));
    run.child.kill("SIGINT");
    expect(await run.ended).to.deep.equal({ exit: 0, stderr: "" });
  });

  it("says what it can do, and its version", async () => {
    const help = start("--help");
    expect(await help.printed(/--version/)).to.match(/^Usage: postern <command>/);
    expect((await help.ended).exit).to.equal(0);
    const asked = start("--version");
    expect(await asked.printed(/\n/)).to.equal(`${version}\n`);
    expect((await asked.ended).exit).to.equal(0);
  });

  for (const args of [[], ["frobnicate"], ["localnet", "--frobnicate"], ["localnet", "--port", "http"], ["localnet", "--fund", "nobody"]]) {
    it(`answers "postern ${args.join(" ")}" with the usage and code 2`, async () => {
      const { exit, stderr } = await start(...args).ended;
      expect(stderr).to.include("Usage: postern <command>");
      expect(exit).to.equal(2);
    });
  }

  it("ends with code 1 and one sentence when the network cannot start", async () => {
    const { exit, stderr } = await start("localnet", "--port", "70000").ended;
    expect(stderr).to.equal("port is a whole number from 0 to 65534.\n");
    expect(exit).to.equal(1);
  });
});

function start(...args: string[]) {
  const child = spawn(EXECUTABLE, args, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<{ exit: unknown; stderr: string }>((resolve) => child.once("close", (code, signal) => resolve({ exit: signal ?? code, stderr })));
  const seen: (() => void)[] = [];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const look of seen) look();
  });
  const printed = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (pattern.test(stdout) && resolve(stdout));
      seen.push(look);
      look();
      void ended.then(() => reject(new Error(`ended without printing ${pattern}: ${stdout}${stderr}`)));
    });
  return { child, ended, printed };
}
