import { memoryStore } from "@postern/sdk";
import { expect } from "chai";
import { until } from "../hostile/support/until.js";
import { shown, World, type Person } from "../hostile/support/world.js";
import { lengthenLog } from "./support/long-log.js";

/** Posts that the account counts. Transaction history is the network's own, and short: what looking through a long one costs is not measured here. */
const COUNTS = [100, 100_000] as const;
const UNREAD = 2;

type Cost = { readonly calls: Record<string, number>; readonly bytes: number };

describe("an inbox with a hundred thousand posts", () => {
  let world: World;

  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  /** What work costs in calls, by method, and in bytes of answers. */
  async function costOf(work: () => Promise<unknown>): Promise<Cost> {
    const { calls } = world.rpc;
    const [before, bytesBefore] = [calls.length, world.rpc.sentBytes];
    await work();
    const counts: Record<string, number> = {};
    for (const { method } of calls.slice(before)) counts[method] = (counts[method] ?? 0) + 1;
    return { calls: counts, bytes: world.rpc.sentBytes - bytesBefore };
  }

  async function costsWith(count: number): Promise<{ open: Cost; send: Cost; follow: Cost }> {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    const texts = await lengthenLog(world.net.rpcUrl, alice.raw, { count, unread: UNREAD });
    await lengthenLog(world.net.rpcUrl, bob.raw, { count, unread: UNREAD });
    const device = await world.connect({ wallet: alice.wallet, connection: world.rpc.connection({ notifications: false }), store: memoryStore() });
    const chat = await device.conversation(bob.address);
    let read: string[] = [];
    const open = await costOf(async () => (read = shown(await (await device.conversation(bob.address)).history())));
    expect(read.filter((text) => text === texts.at(-1)), "what is in the ring is shown to the end").to.not.be.empty;
    const send = await costOf(() => chat.send("number 0000000next"));
    const reader = await world.connect({ wallet: bob.wallet, connection: world.rpc.connection({ notifications: false }), store: memoryStore() });
    const ending = new AbortController();
    const got: string[] = [];
    const follow = await costOf(async () => {
      for await (const message of (await reader.conversation(alice.address)).messages({ signal: ending.signal })) {
        got.push(...shown([message]));
        if (got.at(-1) === "number 0000000next") ending.abort();
      }
    });
    await until(() => got.includes("number 0000000next"));
    await Promise.all([device.close(), reader.close()]);
    return { open, send, follow };
  }

  it("costs no more calls and no more bytes to open, to send to and to follow than one with a hundred", async () => {
    const [few, many] = [await costsWith(COUNTS[0]), await costsWith(COUNTS[1])];
    for (const step of ["open", "send", "follow"] as const) {
      const total = ({ calls }: Cost): number => Object.values(calls).reduce((sum, n) => sum + n, 0);
      expect(total(few[step]), `calls to ${step}`).to.be.above(0);
      // how often a transaction's status is asked for depends on when it lands
      const steady = ({ calls: { getSignatureStatuses, sendTransaction, getBlockHeight, ...calls } }: Cost): Record<string, number> => calls;
      for (const [method, calls] of Object.entries(steady(many[step]))) expect(calls, `${method} to ${step}`).to.be.at.most(few[step].calls[method] ?? 0);
      expect(many[step].bytes, `bytes to ${step}`).to.be.at.most(1.5 * few[step].bytes);
    }
  }).timeout(120_000);
});
