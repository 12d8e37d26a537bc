/** What a look at the ledger asks for, and what an answer may change. */
import { memoryStore, type Postern } from "@postern/sdk";
import { expect } from "chai";
import { crowd, type Member } from "../faults/support/crowd.js";
import { setAccount } from "../faults/support/set-account.js";
import { until } from "../hostile/support/until.js";
import { shown, World, type Person } from "../hostile/support/world.js";

const COUNT = 60;
type Config = { readonly dataSlice?: unknown };

describe("a look at many conversations", () => {
  let world: World;
  let alice: Person;
  let device: Postern;
  const members: Member[] = [];

  before(async () => {
    world = await World.start();
    alice = await world.person();
    for await (const member of crowd(alice.raw, { count: COUNT, published: true })) {
      for (const { address, ...account } of member.planted) await setAccount(world.net.rpcUrl, address, account);
      members.push(member);
    }
    device = await world.connect({ wallet: alice.wallet, connection: world.rpc.connection(), store: memoryStore() });
    await device.conversations();
  });
  after(() => world.stop());
  afterEach(() => world.rpc.honest());

  /** The addresses that work reads whole, and the number of calls. */
  async function reads(work: () => Promise<unknown>): Promise<{ whole: string[]; calls: number }> {
    const before = world.rpc.calls.length;
    await work();
    const calls = world.rpc.calls.slice(before).filter(({ method }) => method === "getMultipleAccounts");
    const whole = calls.filter(({ params: [, config] }) => (config as Config).dataSlice === undefined).flatMap(({ params: [addresses] }) => addresses as string[]);
    return { whole, calls: calls.length };
  }

  it("asks for a hundred accounts a call, and reads none whole while nothing changes", async () => {
    const { whole, calls } = await reads(() => device.conversations());
    expect(whole).to.deep.equal([]);
    expect(calls).to.equal(2); // 60 inboxes of ours, 60 of peers, 60 profiles, a few places more
  });

  it("is one for all that are followed, however many", async () => {
    const ending = new AbortController();
    const readings = (await device.conversations()).map(async (chat) => {
      for await (const { kind } of chat.messages({ signal: ending.signal })) expect(kind).to.equal("content");
    });
    await until(() => world.rpc.calls.length > 0);
    const { calls } = await reads(async () => {
      const looks = (): number => world.rpc.calls.filter(({ params: [addresses] }) => Array.isArray(addresses) && addresses.includes(members[0]?.ours)).length;
      const before = looks();
      await until(() => looks() >= before + 3); // of which the first may be one conversation's own
    });
    ending.abort();
    await Promise.all(readings);
    expect(calls).to.be.below(COUNT);
  });

  it("reads whole what has changed, and shows it", async () => {
    const [{ ours, theirs, wallet }] = members as [Member];
    const account = members[0]!.planted.find(({ address }) => address === theirs)!;
    const data = Uint8Array.from(account.data);
    data.set([9, 0, 0, 0], 52); // an old time, so that it differs
    const { whole } = await reads(async () => {
      await setAccount(world.net.rpcUrl, theirs, { ...account, data }); // a look of the test before may still be on its way, and see it first
      await device.conversation(wallet);
    });
    expect(whole).to.include(theirs).and.not.include(ours);
  });

  it("takes an inbox that is gone for gone, and one that is back for back", async () => {
    const { ours, wallet, planted } = members[1]!;
    const account = planted.find(({ address }) => address === ours)!;
    const chat = await device.conversation(wallet);
    expect(chat.state).to.equal("open");
    world.rpc.account(ours, () => null);
    expect((await device.conversation(wallet)).state).to.equal("new");
    world.rpc.honest();
    await setAccount(world.net.rpcUrl, ours, account);
    expect((await device.conversation(wallet)).state).to.equal("open");
  });

  it("that is answered with an older state of the ledger than was seen turns nothing back", async () => {
    const [bob, carol] = (await world.people(2)) as [Person, Person];
    const seen = await world.liedTo(bob, { notifications: false, store: memoryStore() });
    type Answer = { readonly context: { readonly slot: number }; readonly value: readonly unknown[] };
    const past = new Map<string, unknown>();
    let slot = 0;
    let phase: "recorded" | "true" | "past" = "recorded";
    let older = 0;
    world.rpc.method("getMultipleAccounts", async ({ params: [addresses, config] }, forward) => {
      const names = (addresses as string[]).map((address) => JSON.stringify([address, config]));
      if (phase === "past") {
        older++;
        return { result: { context: { slot }, value: names.map((name) => past.get(name) ?? null) } };
      }
      const reply = await forward();
      const { context, value } = (reply as { readonly result: Answer }).result;
      if (phase === "recorded") names.forEach((name, i) => past.set(name, value[i]));
      slot = phase === "recorded" ? context.slot : slot;
      return reply;
    });
    const chat = await seen.conversation(carol.address);
    await chat.send("first");
    for (let look = 0; look < 3; look++) expect(shown(await chat.history())).to.deep.equal(["first"]);
    expect(chat.state).to.equal("requested");
    phase = "true";
    await (await carol.postern.conversation(bob.address)).send("answer");
    expect(shown(await chat.history())).to.deep.equal(["first", "answer"]);
    phase = "past";
    await chat.history();
    expect(older).to.be.above(0);
    expect(chat.state).to.equal("open");
  });
});
