/** What a client asks of its endpoint while a hundred conversations are open and nothing happens in them. */
import { memoryStore } from "@postern/sdk";
import { crowd } from "../tests/faults/support/crowd.js";
import { setAccount } from "../tests/faults/support/set-account.js";
import { World } from "../tests/hostile/support/world.js";
import type { Figures } from "./figures.js";

/** As on mainnet. */
const SLOT_TIME_MS = 200;
const CONVERSATIONS = 100;
const IDLE_MS = 20_000;

export async function measureCrowd(): Promise<Figures> {
  const world = await World.start({ slotTimeMs: SLOT_TIME_MS });
  try {
    const { raw, wallet } = await world.person();
    const peers: string[] = [];
    for await (const { wallet: peer, planted } of crowd(raw, { count: CONVERSATIONS, published: true })) {
      for (const { address, data, lamports } of planted) await setAccount(world.net.rpcUrl, address, { data, lamports });
      peers.push(peer);
    }
    const device = await world.connect({ wallet, connection: world.rpc.connection(), store: memoryStore() });
    const ending = new AbortController();
    const open = await device.conversations();
    if (open.length !== CONVERSATIONS) throw new Error("not all conversations were there");
    let given = 0;
    const readings = open.map(async (chat) => {
      for await (const message of chat.messages({ signal: ending.signal })) given += message.kind === "content" ? 1 : 0;
    });
    while (given < 2 * CONVERSATIONS) await new Promise((resolve) => setTimeout(resolve, 100));
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // what they read at first does not count
    const { calls } = world.rpc;
    const [before, bytesBefore] = [calls.length, world.rpc.sentBytes];
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const perMinute = 60_000 / IDLE_MS;
    const figures = {
      "calls in an idle minute, 100 conversations open": Math.round((calls.length - before) * perMinute),
      "kB of answers in an idle minute, 100 conversations open": Math.round(((world.rpc.sentBytes - bytesBefore) * perMinute) / 1_024),
    };
    ending.abort();
    await Promise.all(readings);
    return figures;
  } finally {
    await world.stop();
  }
}
