/** That a peer's keys were replaced is told until the user accepts it, whatever happens in between. */
import { memoryStore, type Store } from "@postern/sdk";
import { Messaging } from "@postern/sdk/observe";
import { expect } from "chai";
import { overviewOf } from "../hostile/support/internals.js";
import { stage, open, type Person } from "./support/stage.js";
import { until } from "./support/waiting.js";

describe("a peer's keys that were replaced", function () {
  this.timeout(60_000);
  const on = stage();
  let alice: Person;
  let bob: Person;
  const holds: (() => void)[] = [];

  beforeEach(async () => {
    [alice, bob] = await on.people(2);
    await open(alice, bob);
  });
  afterEach(() => holds.splice(0).forEach((release) => release()));

  /** A device that has seen the keys of before, and those of after. */
  async function seen(store: Store): Promise<Person> {
    const device = await on.device(alice, { store });
    const chat = await device.postern.conversation(bob.address);
    expect(await chat.keysChanged(), "before any change").to.equal(false);
    await bob.postern.rotate();
    await until(async () => (await device.postern.conversation(bob.address)).keysChanged(), "the change is seen");
    return device;
  }
  const changedOn = async (store: Store): Promise<boolean> => {
    const { postern } = await on.device(alice, { store });
    return (await postern.conversation(bob.address)).keysChanged();
  };

  it("are told after a restart, until they are accepted, and then no more", async () => {
    const store = memoryStore();
    await (await seen(store)).postern.close();
    const { postern } = await on.device(alice, { store });
    const chat = await postern.conversation(bob.address);
    expect(await chat.keysChanged()).to.equal(true);
    await chat.acceptKeys();
    expect(await chat.keysChanged()).to.equal(false);
    expect(await changedOn(store), "after another restart").to.equal(false);
  });

  it("are told again when they are replaced once more, and what is accepted is what was told", async () => {
    const store = memoryStore();
    const device = await seen(store);
    const chat = await device.postern.conversation(bob.address);
    expect(await chat.keysChanged()).to.equal(true);
    const before = await chat.safetyNumber();
    await bob.postern.rotate();
    await until(async () => (await chat.safetyNumber()) !== before, "the second change is seen");
    await chat.acceptKeys();
    expect(await chat.keysChanged(), "nobody was told of these").to.equal(true);
    await chat.acceptKeys();
    expect(await changedOn(store)).to.equal(false);
  });

  it("are told where the store's record of them is damaged, and no damaged record holds up the list", async () => {
    const inner = memoryStore();
    let damaged: readonly string[] = [];
    const store: Store = { ...inner, get: async (key) => (damaged.includes(key) ? Uint8Array.of(1, 2, 3) : inner.get(key)) };
    const { postern } = await seen(store);
    const chat = await postern.conversation(bob.address);
    await chat.markRead((await chat.history()).at(-1)!.cursor);
    await chat.keysChanged();
    await chat.acceptKeys();
    expect(await chat.keysChanged(), "they are accepted").to.equal(false);
    const records = await inner.keys("");
    const told: string[] = [];
    for (const record of records) {
      damaged = [record];
      if (await chat.keysChanged()) told.push(record);
      const { conversations, unaccepted } = await overviewOf(postern);
      expect([conversations.length, unaccepted.get(bob.address) !== undefined]).to.deep.equal([1, told.includes(record)]);
    }
    expect(told, "what was seen last, and what was accepted").to.have.length(2);
    damaged = told;
    expect(await chat.keysChanged()).to.equal(true);
    await bob.postern.rotate();
    const outcomes: string[] = [];
    for (const record of told) {
      damaged = [record];
      outcomes.push(await chat.safetyNumber().then(() => "read", (error: { code: string }) => error.code));
    }
    expect(outcomes.sort(), "no keys are taken where nobody knows which came before").to.deep.equal(["STORE_FAILED", "read"]);
  });

  it("are told although the process ended before the new pin was written", async () => {
    const inner = memoryStore();
    let writes = Infinity;
    const store: Store = { ...inner, replace: async (key, expected, next) => (writes-- > 0 ? inner.replace(key, expected, next) : Promise.reject(new Error("gone"))) };
    const { postern } = await on.device(alice, { store });
    await (await postern.conversation(bob.address)).safetyNumber();
    await bob.postern.rotate();
    writes = 1;
    await until(async () => (await (await postern.conversation(bob.address)).safetyNumber().catch((error: { code: string }) => error.code)) === "STORE_FAILED", "it cannot be written");
    await postern.close();
    writes = Infinity;
    const later = await on.device(alice, { store });
    await until(async () => (await later.postern.conversation(bob.address)).keysChanged(), "the change is told");
  });

  it("are told after this wallet has changed its root", async () => {
    const store = memoryStore();
    const device = await seen(store);
    await device.postern.rotate({ newRoot: true });
    expect(await changedOn(store)).to.equal(true);
    const { postern } = await on.device(alice, { store });
    const chat = await postern.conversation(bob.address);
    await chat.keysChanged();
    await chat.acceptKeys();
    expect(await changedOn(store)).to.equal(false);
  });

  it("are told by the observable core after a reload, in the list and in the conversation, also of a wallet that was never written to", async () => {
    const store = memoryStore();
    const carol = await on.person();
    const visit = async (): Promise<{ readonly messaging: Messaging; end(): Promise<void> }> => {
      const messaging = new Messaging({ connection: on.connection, wallet: alice.wallet, store, refreshMs: 1_000 });
      const own = [messaging.hold(), ...[bob, carol].map(({ address }) => messaging.thread(address).subscribe(() => undefined))];
      holds.push(...own);
      await until(() => messaging.account.getSnapshot().phase === "ready" || messaging.account.getSnapshot().phase === "locked", "looked for a kept session");
      await messaging.unlock();
      await until(() => [bob, carol].every(({ address }) => messaging.thread(address).getSnapshot().status === "ready"), "both are read");
      return { messaging, end: async () => (own.forEach((release) => release()), until(() => messaging.account.getSnapshot().phase === "locked", "the visit ends")).then(() => undefined) };
    };
    const told = (messaging: Messaging): boolean[] => [
      messaging.conversations.getSnapshot().items.find(({ peer }) => peer === bob.address)!.keysChanged,
      messaging.thread(bob.address).getSnapshot().keysChanged, messaging.thread(carol.address).getSnapshot().keysChanged,
    ];
    const first = await visit();
    for (const { address } of [bob, carol]) await first.messaging.thread(address).safetyNumber();
    expect(told(first.messaging)).to.deep.equal([false, false, false]);
    for (const { postern } of [bob, carol]) await postern.rotate();
    await until(async () => (await first.messaging.thread(carol.address).safetyNumber(), told(first.messaging).every(Boolean)), "both changes are told");
    await first.end();

    const second = await visit();
    expect(told(second.messaging), "after a reload").to.deep.equal([true, true, true]);
    for (const { address } of [bob, carol]) second.messaging.acceptKeys(address);
    await until(() => !told(second.messaging).some(Boolean), "both are accepted");
    await second.end();
    expect(told((await visit()).messaging), "after another").to.deep.equal([false, false, false]);
  });
});
