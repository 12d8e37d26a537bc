/** Processes that are killed while they deliver an outbox: whatever the moment, each message arrives once, in order. */
import { keypairWallet, Postern, type Message } from "@postern/sdk";
import { expect } from "chai";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { stage } from "../e2e/support/stage.js";
import { collect, textOf, until } from "../e2e/support/waiting.js";

const SENDER = join(__dirname, "support", "sender.mjs");
/** In all lanes together. `POSTERN_KILL_RUNS=200` for a long run. */
const RUNS = Number(process.env["POSTERN_KILL_RUNS"] ?? 15);
/** Senders that share a store, in each lane. The lanes are wallets of their own. */
const LANES = [1, 1, 2] as const;
/** Calls to the network after which a sender is killed, at most: opening and delivering a message takes some thirty. */
const MAX_CALLS = 60;

/** Those that run. */
const senders = new Set<Sender>();

type Sender = { readonly told: string[]; readonly exited: Promise<readonly [code: number | null, signal: string | null]>; kill(): void };

function startSender(args: readonly string[], onLine: (line: string, self: Sender) => void = () => undefined): Sender {
  const child = spawn(process.execPath, [SENDER, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const told: string[] = [];
  let rest = "";
  const ended = once(child.stdout, "close");
  const exited = once(child, "exit").then(async ([code, signal]) => {
    senders.delete(self);
    await ended;
    return [code, signal] as const;
  });
  const self: Sender = { told, exited, kill: () => void child.kill("SIGKILL") };
  senders.add(self);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      told.push(line);
      onLine(line, self);
    }
  });
  return self;
}

/** A sender that is killed some time after one of its calls to the network. Resolves to how many messages it had put in. */
async function killedSender(args: readonly string[]): Promise<number> {
  let calls = randomInt(1, MAX_CALLS);
  const { told, exited } = startSender(args, (line, self) => {
    if (line.startsWith("rpc ") && --calls === 0) void wait(randomInt(10)).then(() => self.kill());
  });
  const [, signal] = await exited;
  expect(signal, "the sender ended by itself").to.equal("SIGKILL");
  return told.filter((line) => line === "+").length;
}

describe("the outbox, when its process is killed", function () {
  this.timeout(Math.max(180_000, RUNS * 20_000));
  const on = stage();
  let folder: string;

  before(async () => (folder = await mkdtemp(join(tmpdir(), "postern-outbox-"))));
  after(async () => {
    for (const { kill } of senders) kill(); // of a test that failed
    await Promise.all([...senders].map(({ exited }) => exited));
    await rm(folder, { recursive: true });
  });

  it(`at ${RUNS} random moments, delivers every message once, in the order in which they were put in`, async () => {
    const lane = async (count: number, n: number): Promise<void> => {
      const secret = (await on.net.wallet({ sol: 10 })).secretKey;
      const alice = await Postern.connect({ connection: on.connection, wallet: keypairWallet(secret) });
      await alice.register({ fundLamports: 1_000_000_000n });
      await alice.close();
      const bob = await on.person();
      const gaps = collect((signal) => bob.postern.events({ signal }));
      const chat = await bob.postern.conversation(alice.address);
      const seen = collect<Message>((signal) => chat.messages({ signal }));
      const args = [on.net.rpcUrl, Buffer.from(secret).toString("hex"), join(folder, String(n)), bob.address];
      const told = new Map<string, number>();
      for (let run = 0; run < Math.ceil(RUNS / LANES.length / count); run++) {
        await Promise.all(Array.from({ length: count }, async (_, i) => told.set(`${i}:${run}`, await killedSender([...args, `${i}:${run}`]))));
        for (const request of await bob.postern.requests()) await request.accept(); // its inbox would be full one day
      }
      const drained = startSender([...args, "drain"]);
      const [code] = await drained.exited;
      expect(code).to.equal(0);
      const expected = [...told.values()].reduce((sum, each) => sum + each, 0);
      await until(() => seen.items.length >= expected, `${expected} messages; ${seen.items.length} came`);
      const texts = (await seen.stop()).map((message) => textOf(message).split(" ")[0] ?? "");
      expect(new Set(texts).size, "each once").to.equal(texts.length);
      for (let i = 0; i < count; i++) {
        const own = texts.filter((text) => text.startsWith(`${i}:`));
        // One may have been put in before the sender could tell.
        const wanted = [...told].filter(([prefix]) => prefix.startsWith(`${i}:`)).flatMap(([prefix, put]) =>
          Array.from({ length: own.includes(`${prefix}.${put}`) ? put + 1 : put }, (_, k) => `${prefix}.${k}`));
        expect(own).to.deep.equal(wanted);
      }
      expect((await gaps.stop()).filter(({ kind }) => kind === "gap")).to.deep.equal([]);
    };
    await Promise.all(LANES.map(lane));
  });
});
