/** Processes that are killed while they write: what they had been told is there, and nothing is torn. */
import { fileStore } from "@postern/sdk/node";
import { expect } from "chai";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

type Operation = { readonly key: string; readonly kind: string; readonly value: Uint8Array | undefined };
type Operations = { readonly KEYS: readonly string[]; operation(i: number): Operation };

const SUPPORT = join(__dirname, "support");
const LANES = 5;
const RUNS = 200;
const ROUNDS = 4;
const WRITERS = 3;
/** Changes that each writer makes while all of them write. */
const TOGETHER = 20;

type Writer = { readonly told: () => string[]; readonly begun: Promise<unknown>; kill(): Promise<string[]> };

function startWriter(folder: string, ...args: string[]): Writer {
  const child = spawn(process.execPath, [join(SUPPORT, "writer.mjs"), folder, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  const ended = once(child.stdout, "close");
  const told = (): string[] => text.split("\n").filter((line) => line !== "");
  return {
    told,
    begun: Promise.race([once(child.stdout, "data"), exited]),
    kill: async () => {
      child.kill("SIGKILL");
      const [, signal] = (await exited) as [number | null, string | null];
      await ended;
      expect(signal, "the writer ended by itself").to.equal("SIGKILL");
      return told();
    },
  };
}

/** A writer that is killed some time after its first acknowledged change. Resolves to the lines that it told. */
async function killedWriter(folder: string, ...args: string[]): Promise<string[]> {
  const writer = startWriter(folder, ...args);
  await writer.begun;
  await wait(randomInt(20));
  return writer.kill();
}

describe("the file store, when its process is killed", function () {
  this.timeout(120_000);
  let operations: Operations;
  let folder: string;

  before(async () => {
    operations = (await import(join(SUPPORT, "operations.mjs"))) as Operations;
    folder = await mkdtemp(join(tmpdir(), "postern-killed-"));
  });
  after(() => rm(folder, { recursive: true }));

  it(`at ${RUNS} random moments, has every change that was acknowledged, at most the one on its way besides, and nothing torn`, async () => {
    let onTheWay = 0;
    const lane = async (path: string): Promise<void> => {
      const model = new Map<string, Uint8Array>();
      const apply = ({ key, value }: Operation): void => void (value ? model.set(key, value) : model.delete(key));
      for (let run = 0, next = 0; run < RUNS / LANES; run++) {
        const told = await killedWriter(path, "sequence", String(next));
        expect(told).to.deep.equal(told.map((_, i) => String(next + i)));
        for (const { length } = told; next < Number(told[0]) + length; next++) apply(operations.operation(next));
        const store = fileStore(path); // as after a restart
        const found = new Map((await Promise.all(operations.KEYS.map(async (key) => [key, await store.get(key)] as const))).filter(([, value]) => value !== undefined));
        expect((await store.keys("")).sort()).to.deep.equal([...found.keys()].sort());
        const differs = operations.KEYS.filter((key) => Buffer.compare(found.get(key) ?? Buffer.from("none"), model.get(key) ?? Buffer.from("none")) !== 0);
        if (differs.length === 0) continue;
        onTheWay++;
        apply(operations.operation(next++));
        expect(found.size).to.equal(model.size);
        for (const [key, value] of model) expect(Buffer.compare(found.get(key)!, value), key).to.equal(0);
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, i) => lane(join(folder, String(i)))));
    expect(onTheWay).to.be.below(RUNS);
  });

  it("while others write to the same folder, holds nobody up, and no update of theirs is lost", async () => {
    const path = join(folder, "shared");
    let counted = 0;
    let killed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const writers = Array.from({ length: WRITERS }, () => startWriter(path, "count"));
      // All of them at once for a while: those that merely follow each other need no lock.
      await Promise.all(writers.map(({ begun }) => begun));
      const before = writers.map(({ told }) => told().length);
      while (writers.some(({ told }, i) => told().length < before[i]! + TOGETHER)) await wait(1);
      for (const { kill } of writers) {
        counted += (await kill()).length;
        killed++;
        await wait(randomInt(20));
      }
      const value = (await fileStore(path).get("count"))!;
      const total = new DataView(value.buffer).getUint32(0);
      expect(total, `after round ${round}`).to.be.within(counted, counted + killed);
    }
    await fileStore(path).set("count", Uint8Array.of(1)); // whoever held the lock is dead
    expect(await fileStore(path).get("count")).to.deep.equal(Uint8Array.of(1));
  });
});
