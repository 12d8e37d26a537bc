/** What a device keeps of messages: under a new root, for several tabs, and whatever kills them. */
import { keypairWallet, memoryStore, type Message, type Store } from "@postern/sdk";
import { fileStore } from "@postern/sdk/node";
import { expect } from "chai";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { down, hooked } from "./support/connections.js";
import { inboxOf } from "./support/ledger.js";
import { open, stage, type Person } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";
import { countingWallet } from "./support/wallets.js";

const pad = (text: string): string => `${text} ${"x".repeat(400)}`;
const short = (messages: readonly Message[]): string[] => textsOf(messages).map((text) => text.split(" ")[0] as string);
/** Processes that are killed, two at a time. `POSTERN_KILL_RUNS=200` for a long run. */
const RUNS = Number(process.env["POSTERN_KILL_RUNS"] ?? 10);
const AT_ONCE = 2;

/** A process that reads, and is killed once it was given so many messages. Resolves to their ids. */
async function killedReader(args: readonly string[], after: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(__dirname, "support", "reader.mjs"), ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let told = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told += text;
    if (told.split("\n").length > after) child.kill("SIGKILL");
  });
  const [[, signal]] = await Promise.all([once(child, "exit"), once(child.stdout, "close")]);
  expect(signal, "the reader ended by itself").to.equal("SIGKILL");
  return told.split("\n").slice(0, -1);
}

describe("kept messages", function () {
  this.timeout(120_000);
  const on = stage();
  let secretKey: Uint8Array;
  let alice: Person;
  let bob: Person;
  const said: string[] = ["a0"];
  const withoutHistory = (): Parameters<typeof on.device>[1] => ({ connection: hooked(on.connection, { getTransaction: down, getSignaturesForAddress: down }) });

  before(async () => {
    secretKey = (await on.net.wallet({ sol: 10 })).secretKey;
    const wallet = countingWallet(keypairWallet(secretKey));
    alice = { wallet, address: wallet.publicKey.toBase58(), postern: await on.connect(wallet) };
    await alice.postern.register({ fundLamports: 300_000_000n });
    bob = await on.person({ register: { fundLamports: 300_000_000n } });
    const [toBob, toAlice] = await open(alice, bob, pad("a0"));
    for (let i = 1; i <= 10; i++) {
      await toBob.send(pad(`a${i}`));
      await toAlice.history({ limit: 3 });
      await toAlice.send(pad(`b${i}`));
      await toBob.history({ limit: 3 });
      said.push(`a${i}`, `b${i}`);
    }
    for (const person of [alice, bob]) expect((await inboxOf(on.connection, person.address))!.first, "frames that are gone").to.be.at.least(4);
  });

  it(`are whole whatever kills ${RUNS} processes that read with one store, two at once: what an app was given, each once, in order, and ranges for the rest`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "postern-archive-"));
    try {
      const reader = await on.device(alice); // sees which ids there are
      const all = (await (await reader.postern.conversation(bob.address)).history({ limit: 1_000 })).map(({ id }) => id);
      const given = new Set<string>();
      const args = [on.net.rpcUrl, Buffer.from(secretKey).toString("hex"), folder, bob.address];
      for (let run = 0; run < RUNS; run += AT_ONCE) {
        const told = await Promise.all(Array.from({ length: AT_ONCE }, () => killedReader(args, randomInt(1, all.length))));
        for (const id of told.flat()) given.add(id);
        const device = await on.device(alice, { store: fileStore(folder), ...withoutHistory() });
        const messages = await (await device.postern.conversation(bob.address)).history({ limit: 1_000 });
        await device.postern.close();
        const kept = messages.filter(({ kind }) => kind === "content").map(({ id }) => id);
        expect(kept, "each once, in order").to.deep.equal(all.filter((id) => kept.includes(id)));
        expect([...given].filter((id) => !kept.includes(id)), "what was given, and is not kept").to.deep.equal([]);
        const rest = messages.filter((message) => message.kind === "unreadable");
        expect(rest.every((message) => message.kind === "unreadable" && message.missing !== undefined), "what cannot be read is a range").to.equal(true);
        const missing = rest.reduce((sum, message) => sum + (message.kind === "unreadable" && message.missing ? message.missing.lastSeq - message.missing.firstSeq + 1 : 0), 0);
        expect(missing).to.equal(all.length - kept.length);
      }
      const whole = await on.device(alice, { store: fileStore(folder) });
      expect((await (await whole.postern.conversation(bob.address)).history({ limit: 1_000 })).map(({ id }) => id)).to.deep.equal(all);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("go along to a new root: they are there without transaction history", async () => {
    const store = memoryStore();
    const device = await on.device(bob, { store });
    expect(short(await (await device.postern.conversation(alice.address)).history({ limit: 1_000 }))).to.deep.equal(said);
    await device.postern.rotate({ newRoot: true });
    await device.postern.close();
    const later = await on.device(bob, { store, ...withoutHistory() });
    expect(short(await (await later.postern.conversation(alice.address)).history({ limit: 1_000 }))).to.deep.equal(said);
  });

  it("are read again and kept anew whichever record of them was damaged", async () => {
    const first = memoryStore();
    const read = async (store: Store, options: Parameters<typeof on.device>[1] = {}): Promise<string[]> => {
      const { postern } = await on.device(alice, { store, ...options });
      const messages = await (await postern.conversation(bob.address)).history({ limit: 1_000 });
      await postern.close();
      return short(messages);
    };
    expect(await read(first)).to.deep.equal(said);
    const refused: string[] = [];
    for (const record of await first.keys("")) {
      const store = memoryStore();
      for (const key of await first.keys("")) await store.set(key, key === record ? Uint8Array.of(1, 2, 3) : (await first.get(key))!);
      try {
        expect(await read(store), "from the chain").to.deep.equal(said);
        expect(await read(store, withoutHistory()), "from what is kept anew").to.deep.equal(said);
      } catch (error) {
        refused.push(String((error as { code?: unknown }).code ?? error));
      }
    }
    expect(refused.sort(), "what this device has seen of the wallet's own keys, and of which cluster it is").to.deep.equal(["STORE_FAILED", "WRONG_CLUSTER"]);
  });
});
