/** The examples do what they say. */
import { Postern } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { Keypair } from "@solana/web3.js";
import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { until } from "../e2e/support/waiting.js";

const ROOT = join(__dirname, "../..");

describe("the examples", function () {
  this.timeout(90_000);
  let net: Localnet;
  before(async () => {
    net = await startLocalnet({ slotTimeMs: 50 });
  });
  after(() => net.stop());

  it("node-bot answers a request and what follows, each message once, and ends by itself", async () => {
    const folder = mkdtempSync(join(tmpdir(), "postern-bot-"));
    const [wallet, own] = [await net.wallet(), await net.wallet()];
    writeFileSync(join(folder, "id.json"), JSON.stringify([...wallet.secretKey]));
    const bot = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "examples/node-bot/bot.ts"], {
      cwd: ROOT, env: { ...process.env, RPC_URL: net.rpcUrl, KEYPAIR: join(folder, "id.json"), STORE: join(folder, "store") },
    });
    let said = "";
    bot.stdout.on("data", (data) => (said += String(data)));
    bot.stderr.on("data", (data) => (said += String(data)));
    const ended = once(bot, "exit");
    const postern = await Postern.connect({ connection: net.connection(), wallet: own });
    try {
      await postern.register();
      await until(async () => (await postern.canMessage([wallet.address])).get(wallet.address), "the bot is registered");
      const chat = await postern.conversation(wallet.address);
      const answers = async (): Promise<(string | undefined)[]> => (await chat.history()).filter(({ mine }) => !mine).map((message) => (message.kind === "content" ? message.text : undefined));
      await chat.send("hello");
      await until(async () => (await answers()).length === 1, `the bot answers; it said: ${said}`);
      await chat.send("and again");
      await until(async () => (await answers()).length === 2, `the bot goes on; it said: ${said}`);
      expect(await answers()).to.deep.equal(["You said: hello", "You said: and again"]);
      bot.kill("SIGINT");
      expect((await ended)[0], said).to.equal(0);
      expect(said).to.equal(`Write to ${wallet.address}.\n`);
    } finally {
      bot.kill("SIGKILL");
      await postern.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("node-bot says in one sentence why it cannot start, and ends with code 1", async () => {
    const folder = mkdtempSync(join(tmpdir(), "postern-bot-"));
    try {
      writeFileSync(join(folder, "poor.json"), JSON.stringify([...Keypair.generate().secretKey]));
      for (const [keypair, said] of [["poor.json", /^The wallet cannot pay .* missingLamports: \d+n/s], ["none.json", /^ENOENT/]] as const) {
        const bot = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "examples/node-bot/bot.ts"], {
          cwd: ROOT, env: { ...process.env, RPC_URL: net.rpcUrl, KEYPAIR: join(folder, keypair), STORE: join(folder, "store") },
        });
        const [stderr, [code]] = await Promise.all([text(bot.stderr), once(bot, "exit")]);
        expect(code).to.equal(1);
        expect(stderr).to.match(said).and.not.match(/^ +at /m);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
