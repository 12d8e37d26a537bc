/** What the rings have let go of, read from transaction history and from the store, and tied to the hash chain. */
import { memoryStore, type Message } from "@postern/sdk";
import { expect } from "chai";
import { down, hooked } from "./support/connections.js";
import { inboxOf } from "./support/ledger.js";
import { open, stage, type Person } from "./support/stage.js";
import { collect, textsOf, until } from "./support/waiting.js";

const pad = (text: string): string => `${text} ${"x".repeat(400)}`;
const short = (messages: readonly Message[]): string[] => textsOf(messages).map((text) => text.split(" ")[0] as string);

describe("a message that the ring has let go of", function () {
  this.timeout(120_000);
  const on = stage();
  let alice: Person;
  let bob: Person;
  /** As they were written. */
  const said: string[] = [];

  before(async () => {
    [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, pad("a0"));
    said.push("a0");
    for (let i = 1; i <= 15; i++) {
      await toBob.send(pad(`a${i}`));
      await toAlice.history({ limit: 3 });
      await toAlice.send(pad(`b${i}`));
      await toBob.history({ limit: 3 });
      said.push(`a${i}`, `b${i}`);
    }
    for (const person of [alice, bob]) expect((await inboxOf(on.connection, person.address))!.first, "frames that are gone").to.be.at.least(8);
  });

  it("is in the history of a device restored from the wallet alone, in order, in both directions, and proven", async () => {
    for (const [person, peer] of [[alice, bob], [bob, alice]] as const) {
      const chat = await (await on.device(person)).postern.conversation(peer.address);
      const whole = await chat.history({ limit: 1_000 });
      expect(short(whole)).to.deep.equal(said);
      expect(whole.map(({ mine }) => mine)).to.deep.equal(said.map((text) => text.startsWith(person === alice ? "a" : "b")));
      expect(whole.filter(({ unproven }) => unproven)).to.deep.equal([]);
    }
  });

  it("comes page by page, each only when it is asked for", async () => {
    let transactions = 0;
    const connection = hooked(on.connection, { getTransaction: (_call, pass) => (transactions++, pass()) });
    const chat = await (await on.device(bob, { connection })).postern.conversation(alice.address);
    const newest = await chat.history({ limit: 1 });
    expect(transactions, "nothing older was asked for").to.equal(0);
    let pages = short(newest);
    for (let before = newest[0]!.cursor; ;) {
      const page = await chat.history({ before, limit: 4 });
      if (page.length === 0) break;
      pages = [...short(page), ...pages];
      before = page[0]!.cursor;
    }
    expect(pages).to.deep.equal(said);
    const all = transactions;
    await chat.history({ limit: 1_000 });
    expect(transactions, "what was read is not read again").to.equal(all);
  });

  it("is yielded first by an iteration from the beginning, and not looked for by one that goes on behind a cursor", async () => {
    let calls = 0;
    const count = (_call: number, pass: () => Promise<unknown>): Promise<unknown> => (calls++, pass());
    const connection = hooked(on.connection, { getTransaction: count, getSignaturesForAddress: count });
    const device = await on.device(bob, { connection });
    const chat = await device.postern.conversation(alice.address);
    const [last] = await chat.history({ limit: 1 });
    const following = collect((signal) => chat.messages({ after: last!.cursor, signal }));
    const [toBob] = [await alice.postern.conversation(bob.address)];
    await toBob.send(pad(`a${said.length}`));
    said.push(`a${said.length}`);
    await until(() => following.items.length === 1, "what is new");
    await following.stop();
    expect(calls, "calls for history").to.equal(0);
    const whole = collect((signal) => chat.messages({ signal }));
    await until(() => whole.items.length === said.length, "all of them");
    expect(short(await whole.stop())).to.deep.equal(said);
  });

  it("is read from the store after a restart, without history", async () => {
    const store = memoryStore();
    const first = await (await on.device(bob, { store })).postern.conversation(alice.address);
    const before = await first.history({ limit: 1_000 });
    const connection = hooked(on.connection, { getTransaction: down, getSignaturesForAddress: down });
    const again = await (await on.device(bob, { store, connection })).postern.conversation(alice.address);
    expect(short(await again.history({ limit: 1_000 }))).to.deep.equal(said);
    expect((await again.history({ limit: 1_000 })).map(({ id, postedAt }) => `${id} ${postedAt.toISOString()}`)).to.deep.equal(before.map(({ id, postedAt }) => `${id} ${postedAt.toISOString()}`));
  });

  it("is one entry and one event with its range where nobody has it, and is there once history can be had", async () => {
    const connection = hooked(on.connection, { getSignaturesForAddress: down });
    const device = await on.device(bob, { connection, archive: { maxMessagesPerConversation: 0 } });
    const events = collect((signal) => device.postern.events({ signal }));
    const chat = await device.postern.conversation(alice.address);
    const messages = await chat.history({ limit: 1_000 });
    const missing = messages.filter((message) => message.kind === "unreadable");
    const rings = await Promise.all([alice, bob].map((person) => inboxOf(on.connection, person.address)));
    expect(missing.map((message) => [message.from, message.kind === "unreadable" && message.reason, message.kind === "unreadable" && message.missing])).to.have.deep.members([
      [alice.address, "HISTORY_UNAVAILABLE", { firstSeq: 2, lastSeq: rings[0]!.first - 1 }],
      [bob.address, "HISTORY_UNAVAILABLE", { firstSeq: 0, lastSeq: rings[1]!.first - 1 }],
    ]);
    expect(new Set(messages.map(({ id }) => id)).size).to.equal(messages.length);
    const gaps = await until(() => {
      const found = events.items.filter(({ kind }) => kind === "gap");
      return found.length >= 2 && found;
    }, "two gaps");
    expect(gaps).to.have.lengthOf(2);
    await events.stop();
  });

  it("is fetched again once the store has let go of it", async () => {
    const store = memoryStore();
    let transactions = 0;
    const connection = hooked(on.connection, { getTransaction: (_call, pass) => (transactions++, pass()) });
    const options = { store, connection, archive: { maxMessagesPerConversation: 1 } };
    const first = await (await on.device(bob, options)).postern.conversation(alice.address);
    await first.history({ limit: 1_000 });
    const kept = (await store.keys("postern/")).length;
    transactions = 0;
    const again = await (await on.device(bob, options)).postern.conversation(alice.address);
    expect(short(await again.history({ limit: 1_000 }))).to.deep.equal(said);
    expect((await store.keys("postern/")).length, "records do not grow").to.equal(kept);
  });
});
