import type { Conversation, Message } from "@postern/sdk";
import { expect } from "chai";
import { hooked } from "./support/connections.js";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";
import { collect, take, textsOf, until } from "./support/waiting.js";

describe("messages()", () => {
  const on = stage();

  it("yields what there is, then what comes, own messages included, with the ids that send() returned", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "first");
    const [here, there] = [toBob, toAlice].map((chat) => collect((signal) => chat.messages({ signal })));
    const sent = [await toAlice.send("second"), await toBob.send("third"), await toAlice.send("fourth")];
    await until(() => here!.items.length === 4 && there!.items.length === 4, "four messages on both sides");
    const [mine, theirs] = [await here!.stop(), await there!.stop()];
    for (const messages of [mine, theirs]) {
      expect([...textsOf(messages)].sort()).to.deep.equal(["first", "fourth", "second", "third"]);
      for (const { id, seq } of sent) expect(messages.find((message) => message.id === id)?.seq).to.equal(seq);
    }
    expect(mine.map(({ mine: own, from }) => own === (from === alice.address))).to.deep.equal([true, true, true, true]);
    for (const { sentAt, postedAt, conversation } of mine) {
      expect(Math.abs(sentAt.getTime() - Date.now())).to.be.below(60_000);
      expect(postedAt).to.be.a("date");
      expect(conversation).to.equal(toBob.id);
    }
  });

  it("yields the first message of a conversation that begins while it waits, without waiting for the next look", async () => {
    const [alice, bob] = await on.people(2);
    const chat = await bob.postern.conversation(alice.address);
    const long = "x".repeat(885); // three transactions: opening, handshake, message
    const timer = globalThis.setTimeout;
    let pauses = 0;
    // Without a notification the next look comes after some five seconds, not to the millisecond as calls end: here it does not come.
    globalThis.setTimeout = ((work: () => void, ms = 0, ...args: []) => timer(work, ms > 3_500 && !Number.isInteger(ms) ? (pauses++, 600_000) : ms, ...args)) as typeof setTimeout;
    const reading = collect((signal) => chat.messages({ signal }));
    try {
      await until(() => pauses > 0, "it waits for notifications");
      await (await alice.postern.conversation(bob.address)).send(long);
      await until(() => reading.items.length === 1, "the first message is yielded");
    } finally {
      globalThis.setTimeout = timer;
    }
    expect(textsOf(await reading.stop())).to.deep.equal([long]);
    expect(chat.state).to.equal("incoming");
  });

  it("gives send() the cursor of the message that it yields", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob);
    for (const [chat, text] of [[toBob, "a"], [toAlice, "b"], [toBob, "c"], [toBob, "d"]] as const) {
      const { id, cursor } = await chat.send(text);
      expect((await chat.history()).find((message) => message.id === id)?.cursor).to.equal(cursor);
      const [next] = await Promise.all([take(1, (signal) => chat.messages({ after: cursor, signal })), chat.send(`after ${text}`)]);
      expect(textsOf(next)).to.deep.equal([`after ${text}`]);
    }
  });

  /** Everything behind a cursor that is there now. */
  async function after(chat: Conversation, cursor: string | undefined, count: number): Promise<Message[]> {
    return count === 0 ? [] : take(count, (signal) => chat.messages({ ...(cursor !== undefined && { after: cursor }), signal }));
  }

  it("goes on behind every cursor with exactly the next message, in any session and on any device", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "0");
    const all = collect((signal) => toBob.messages({ signal }));
    for (let i = 1; i <= 9; i++) await (i % 3 === 0 ? toAlice : toBob).send(String(i));
    await until(() => all.items.length === 10, "ten messages");
    await all.stop();
    const device = await (await on.device(alice)).postern.conversation(bob.address);
    for (const chat of [toBob, device]) {
      for (const [k, { cursor }] of all.items.entries()) {
        const rest = await after(chat, cursor, 9 - k);
        expect(rest.map(({ id }) => id).sort()).to.deep.equal(all.items.slice(k + 1).map(({ id }) => id).sort());
      }
      expect((await after(chat, undefined, 10)).map(({ id }) => id).sort()).to.deep.equal(all.items.map(({ id }) => id).sort());
    }
  });

  it("skips and repeats nothing when a session has seen one direction only", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "a0");
    await toAlice.send("b0");
    const late = await toBob.history();
    for (const text of ["b1", "b2"]) await toAlice.send(text); // not read by alice's first session
    const blind = await toBob.send("a1");
    const device = await (await on.device(alice)).postern.conversation(bob.address);
    const [cursors, expected] = [[late.at(-1)!.cursor, blind.cursor], [["a1", "b1", "b2"], []]];
    expect(textsOf(await after(device, cursors[0], 3)).sort()).to.deep.equal(expected[0]);
    const known = (await toBob.history()).filter(({ id }) => id !== blind.id);
    expect(textsOf(known).sort()).to.deep.equal(["a0", "b0", "b1", "b2"]);
  });

  it("keeps each direction's order whatever arrives late", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "a0");
    const reading = collect((signal) => toBob.messages({ signal }));
    await Promise.all(Array.from({ length: 12 }, (_, i) => [toBob.send(`a${i + 1}`), toAlice.send(`b${i}`)]).flat());
    await until(() => reading.items.length === 25, "25 messages");
    const messages = await reading.stop();
    const direction = (from: string): string[] => textsOf(messages.filter((message) => message.from === from));
    expect(direction(alice.address)).to.deep.equal(Array.from({ length: 13 }, (_, i) => `a${i}`));
    expect(direction(bob.address)).to.deep.equal(Array.from({ length: 12 }, (_, i) => `b${i}`));
  });

  it("may run several times at once, each complete", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "1");
    const again = await bob.postern.conversation(alice.address);
    const readers = [toAlice, toAlice, again].map((chat) => collect((signal) => chat.messages({ signal })));
    await toBob.send("2");
    await until(() => readers.every(({ items }) => items.length === 2), "all have both");
    await readers[0]!.stop();
    await toBob.send("3");
    await until(() => readers.slice(1).every(({ items }) => items.length === 3), "the others go on");
    for (const reader of readers) await reader.stop();
    expect(readers.map(({ items }) => textsOf(items))).to.deep.equal([["1", "2"], ["1", "2", "3"], ["1", "2", "3"]]);
  });

  it("works without a WebSocket", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob] = await open(alice, bob, "1");
    const polled = new Proxy(on.connection, { get: (target, name) => (name === "onAccountChange" ? undefined : Reflect.get(target, name)) });
    const chat = await (await on.device(bob, { connection: polled })).postern.conversation(alice.address);
    const reading = collect((signal) => chat.messages({ signal }));
    await until(() => reading.items.length === 1, "the first");
    await toBob.send("2");
    await until(() => reading.items.length === 2, "the second");
    expect(textsOf(await reading.stop())).to.deep.equal(["1", "2"]);
  });

  it("goes on when the endpoint has failed for a while, which is told as events", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob] = await open(alice, bob, "1");
    let failures = 0;
    const connection = hooked(on.connection, { getMultipleAccountsInfo: (_call, pass) => (failures-- > 0 ? Promise.reject(new Error("429 Too Many Requests")) : pass()) });
    const device = await on.device(bob, { connection });
    const events = collect((signal) => device.postern.events({ signal }));
    const chat = await device.postern.conversation(alice.address);
    const reading = collect((signal) => chat.messages({ signal }));
    await until(() => reading.items.length === 1, "the first");
    failures = Infinity;
    await toBob.send("2");
    await until(() => events.items.some(({ kind }) => kind === "connection"), "the endpoint fails for longer than it is asked again");
    failures = 0;
    await until(() => reading.items.length === 2, "the second");
    expect(textsOf(await reading.stop())).to.deep.equal(["1", "2"]);
    const states = (await events.stop()).flatMap((event) => (event.kind === "connection" ? [event.state] : []));
    expect([states[0], states.at(-1)]).to.deep.equal(["offline", "online"]);
  });

  it("ends without an exception when its signal fires: before it begins, while it waits, and between messages", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob] = await open(alice, bob);
    for await (const message of toBob.messages({ signal: AbortSignal.abort() })) expect.fail(`nothing is yielded: ${message.id}`);
    const waiting = collect((signal) => toBob.messages({ signal }));
    await until(() => waiting.items.length === 1, "it waits");
    await waiting.stop();
    const controller = new AbortController();
    for await (const message of toBob.messages({ signal: controller.signal })) if (message.id) controller.abort();
  });

  it("refuses what is no cursor", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob] = await open(alice, bob);
    for (const cursor of ["", "nonsense", "AQE"]) {
      await refusal(toBob.messages({ after: cursor }).next(), "INVALID_CURSOR");
      await refusal(toBob.history({ before: cursor }), "INVALID_CURSOR");
      await refusal(toBob.markRead(cursor), "INVALID_CURSOR");
    }
  });
});
