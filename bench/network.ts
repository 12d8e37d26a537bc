/** What the client asks of a network: latency in slots, calls, throughput beside plain transfers, memory. Ratios and counts. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { memoryStore, Postern, type Conversation } from "@postern/sdk";
import { startLocalnet, type Localnet, type LocalnetWallet } from "@postern/sdk/localnet";
import { Keypair, PublicKey, sendAndConfirmTransaction, SystemProgram, Transaction, type Connection } from "@solana/web3.js";
import { LyingRpc } from "../tests/hostile/support/lying-rpc.js";
import type { Figures } from "./figures.js";

/** As on mainnet: what takes slots shows as slots. */
const SLOT_TIME_MS = 200;
/** Short slots where only counts are taken, for speed. */
const SHORT_SLOT_TIME_MS = 50;
const MESSAGES = 10;
const IDLE_MS = 15_000;
const CONVERSATIONS = 10;
/** Devices of one wallet, so that what is measured is more than what the heap varies by. */
const DEVICES = 8;

type Person = { readonly wallet: LocalnetWallet; readonly postern: Postern };

/** How long a message takes, in slots and beside a plain transfer, on a network with slots of the usual length. */
export function measureLatency(): Promise<Figures> {
  return onNetwork(SLOT_TIME_MS, async (net, join) => {
    const connection = net.connection();
    const [toBob, toAlice] = await introduce(await join(connection), await join(connection));
    const slots = await slotsToRead(toBob, toAlice);
    const messageMs = await milliseconds(MESSAGES, (i) => toBob.send(`timed ${i}`));
    const payer = Keypair.fromSecretKey((await net.wallet()).secretKey);
    const transferMs = await milliseconds(MESSAGES, (i) => transfer(connection, payer, i));
    return { "send to read, slots": slots, "one message, times a web3.js transfer": rounded(messageMs / transferMs) };
  });
}

/** What a client asks of its endpoint, counted by a proxy, and what it keeps in memory. */
export async function measureNetwork(): Promise<Figures> {
  const calls = await onNetwork(SLOT_TIME_MS, async (net, join) => {
    const rpc = await LyingRpc.start(net);
    try {
      const [toAlice] = await introduce(await join(rpc.connection()), await join(net.connection()));
      const before = rpc.calls.length;
      for (let i = 0; i < MESSAGES; i++) await toAlice.send(`message ${i}`);
      return {
        "calls to send a message": rounded((rpc.calls.length - before) / MESSAGES),
        "calls in an idle minute, one conversation open": await idleMinute(rpc, toAlice),
      };
    } finally {
      await rpc.stop();
    }
  });
  return { ...calls, "memory of 1,000 conversations, kB": await onNetwork(SHORT_SLOT_TIME_MS, memory) };
}

type Join = (connection: Connection) => Promise<Person>;

/** Ends every session and the network after the work. */
async function onNetwork<T>(slotTimeMs: number, work: (net: Localnet, join: Join, people: Person[]) => Promise<T>): Promise<T> {
  const net = await startLocalnet({ slotTimeMs });
  const people: Person[] = [];
  const join: Join = async (connection) => {
    const wallet = await net.wallet({ sol: 5 });
    const someone = { wallet, postern: await Postern.connect({ connection, wallet, store: memoryStore() }) };
    people.push(someone);
    await someone.postern.register({ fundLamports: 2_000_000_000n });
    return someone;
  };
  try {
    return await work(net, join, people);
  } finally {
    for (const { postern } of people) await postern.close();
    await net.stop();
  }
}

/** The median number of slots from `send` to the other side's iteration. */
async function slotsToRead(from: Conversation, to: Conversation): Promise<number> {
  const ending = new AbortController();
  let arrived: (text: string) => void = () => undefined;
  const reading = (async () => {
    for await (const message of to.messages({ signal: ending.signal })) if (message.kind === "content") arrived(message.content.text);
  })();
  const taken: number[] = [];
  for (let i = 0; i < MESSAGES; i++) {
    const text = `latency ${i}`;
    const seen = new Promise<number>((resolve) => (arrived = (got) => got === text && resolve(performance.now())));
    const sentAt = performance.now();
    await from.send(text);
    taken.push(((await seen) - sentAt) / SLOT_TIME_MS);
  }
  ending.abort();
  await reading;
  return rounded(taken.sort((a, b) => a - b)[MESSAGES >> 1] as number);
}

/** Calls while nothing happens, notifications arriving. */
async function idleMinute(rpc: LyingRpc, chat: Conversation): Promise<number> {
  const ending = new AbortController();
  const reading = (async () => {
    for await (const message of chat.messages({ signal: ending.signal })) if (message.seq < 0) throw new Error("no such number");
  })();
  await new Promise((resolve) => setTimeout(resolve, 1_000)); // what it reads at first does not count
  const before = rpc.calls.length;
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const calls = rpc.calls.length - before;
  ending.abort();
  await reading;
  return Math.round((calls * 60_000) / IDLE_MS);
}

/** What a client has in memory for its conversations, from the difference that some make. */
async function memory(net: Localnet, join: Join, people: Person[]): Promise<number> {
  const connection = net.connection();
  const alice = await join(connection);
  for (let i = 0; i < CONVERSATIONS; i++) await introduce(alice, await join(connection));
  const first = people[1]?.postern.address as string;
  const devices: Postern[] = [];
  for (let i = 0; i < DEVICES; i++) {
    const postern = await Postern.connect({ connection, wallet: alice.wallet, store: memoryStore() });
    people.push({ wallet: alice.wallet, postern });
    devices.push(postern);
    await (await postern.conversation(first)).history(); // what a device needs for its first conversation does not count
  }
  const kept: Conversation[][] = [];
  const readAll = async (device: Postern): Promise<void> => {
    const open = await device.conversations();
    for (const conversation of open) await conversation.history();
    kept.push(open);
  };
  await readAll(alice.postern); // so that nothing is compiled or loaded while it counts
  const before = heapBytes();
  for (const device of devices) await readAll(device);
  const bytes = heapBytes() - before;
  if (kept.some(({ length }) => length !== CONVERSATIONS)) throw new Error("not all conversations were there");
  return Math.round((bytes / (DEVICES * (CONVERSATIONS - 1))) * 1_000 / 1_024);
}

function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

async function introduce(from: Person, to: Person): Promise<[Conversation, Conversation]> {
  const asked = await from.postern.conversation(to.postern.address);
  await asked.send("first");
  const answered = await to.postern.conversation(from.postern.address);
  await answered.send("answer");
  await asked.history();
  return [asked, answered];
}

/** As web3.js's documentation has it. */
async function transfer(connection: Connection, payer: Keypair, i: number): Promise<void> {
  const instruction = SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: new PublicKey(payer.publicKey), lamports: i + 1 });
  await sendAndConfirmTransaction(connection, new Transaction().add(instruction), [payer], { commitment: "confirmed" });
}

async function milliseconds(times: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < times; i++) await work(i);
  return performance.now() - began;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
