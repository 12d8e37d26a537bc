/**
 * A wallet with very many conversations: what a client keeps, asks and does for them grows with their number and with nothing else.
 * `POSTERN_CROWD` says how many; 1,000 by default, 10,000 is what was promised.
 */
import { memoryStore, Postern, type Conversation } from "@postern/sdk";
import { expect } from "chai";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { shown, World, type Person } from "../hostile/support/world.js";
import { crowd, type Member } from "./support/crowd.js";
import { setAccount } from "./support/set-account.js";

const MANY = Number(process.env["POSTERN_CROWD"] ?? 1_000);
const FEW = MANY / 4;
/** Accounts are put in place side by side. */
const AT_ONCE = 16;
/** Of heap and buffers, for a conversation with one message in either direction. */
const MAX_BYTES_PER_CONVERSATION = 36_000;
/** For a hundred conversations: their two inboxes each and the peer's profile, heads and whole, and its keys. */
const MAX_CALLS_PER_HUNDRED = 8;
const MAX_CALLS_PER_HUNDRED_AGAIN = 4;

/** `cpuMs`: what this process has computed, whatever else the machine did meanwhile. */
type Load = { readonly bytes: number; readonly cpuMs: number; readonly calls: number };

describe(`a wallet with ${MANY.toLocaleString("en")} conversations`, function () {
  this.timeout(0);
  let world: World;
  let person: Person;
  let device: Postern;
  let few: Load;
  let many: Load;

  before(async () => {
    world = await World.start();
    world.rpc.remembersCalls = false;
    person = await world.person();
    const members = crowd(person.raw, { count: MANY, published: true });
    await plant(members, FEW);
    await (await connect()).conversations(); // so that nothing is compiled or loaded while it counts
    few = await loaded(FEW);
    await plant(members, MANY - FEW);
    many = await loaded(MANY);
  });
  after(() => world.stop());

  const connect = (): Promise<Postern> => world.connect({ wallet: person.wallet, connection: world.rpc.connection({ notifications: false }), store: memoryStore() });

  async function plant(members: AsyncGenerator<Member>, count: number): Promise<void> {
    let waiting: Promise<unknown>[] = [];
    for (let n = 0; n < count; n++) {
      const { planted } = (await members.next()).value as Member;
      for (const { address, data, lamports } of planted) waiting.push(setAccount(world.net.rpcUrl, address, { data, lamports }));
      if (waiting.length < AT_ONCE) continue;
      await Promise.all(waiting);
      waiting = [];
    }
    await Promise.all(waiting);
  }

  /** What a device needs that has just been connected. The last one is kept. */
  async function loaded(count: number): Promise<Load> {
    await device?.close();
    device = await connect();
    const bytesBefore = heldBytes();
    const costs = await costsOf(async () => expect(await device.conversations()).to.have.length(count));
    return { ...costs, bytes: heldBytes() - bytesBefore };
  }

  async function costsOf(work: () => Promise<unknown>): Promise<{ cpuMs: number; calls: number }> {
    const count = (): number => [...world.rpc.counts.values()].reduce((sum, n) => sum + n, 0);
    const [from, before] = [process.cpuUsage(), count()];
    await work();
    const { user, system } = process.cpuUsage(from);
    return { cpuMs: (user + system) / 1_000, calls: count() - before };
  }

  it("are kept in no more than a fixed number of bytes each", () => {
    expect(many.bytes / MANY).to.be.below(MAX_BYTES_PER_CONVERSATION);
  });

  it("are read a hundred at a time, keys and all", () => {
    expect(many.calls).to.be.below((MAX_CALLS_PER_HUNDRED * MANY) / 100 + 10);
  });

  it("take time in proportion to their number", () => {
    expect(many.cpuMs / few.cpuMs, "four times as many; all with all would be sixteen times as long").to.be.below(9);
  });

  it("are looked at again with fewer calls, and nothing is added to what is kept, however often", async () => {
    await device.unread();
    const before = heldBytes();
    for (let i = 0; i < 5; i++) {
      const { calls } = await costsOf(() => device.conversations());
      expect(calls).to.be.below((MAX_CALLS_PER_HUNDRED_AGAIN * MANY) / 100 + 10);
    }
    expect(heldBytes() - before).to.be.below(0.05 * many.bytes + 1_000_000);
  });

  it("are all counted, and what comes into one of them is found among the others", async () => {
    expect(await device.unread()).to.equal(MANY);
    const newcomer = await world.person();
    await (await newcomer.postern.conversation(person.address)).send("one more");
    await (await device.conversation(newcomer.address)).send("welcome");
    await (await newcomer.postern.conversation(person.address)).send("thank you");
    const [first] = (await device.conversations()) as [Conversation];
    expect([first.peer, ...shown(await first.history())]).to.deep.equal([newcomer.address, "one more", "welcome", "thank you"]);
    expect(await device.unread()).to.equal(MANY + 2);
  });
});

/** Of the whole process, once what nobody needs is gone. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
