/** Six devices of two wallets with nothing in common but the ledger, all at work at the same time. */
import { isPosternError, type Conversation, type Message } from "@postern/sdk";
import { expect } from "chai";
import { hooked } from "./support/connections.js";
import { open, stage, type Person } from "./support/stage.js";
import { collect, textsOf, until } from "./support/waiting.js";

describe("three devices on either side, at once", function () {
  this.timeout(300_000);
  const on = stage();
  const EACH = 30;

  /** The two wallets and two more devices of each: with stores of their own, as always unless told otherwise. */
  async function devicesOf(...people: readonly Person[]): Promise<Person[][]> {
    return Promise.all(people.map(async (person) => [person, await on.device(person), await on.device(person)]));
  }

  const chatsOf = (devices: readonly Person[], peer: string): Promise<Conversation[]> => Promise.all(devices.map(({ postern }) => postern.conversation(peer)));
  const reading = (chat: Conversation): ReturnType<typeof collect<Message>> => collect((signal) => chat.messages({ signal }));
  const idsFrom = (messages: readonly Message[], from: string): string[] => messages.filter((message) => message.from === from).map(({ id }) => id);

  it("write thirty messages each and read live: on each, every message once, in the order of the ledger and of its sender, under the same id", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const [aliceDevices, bobDevices] = (await devicesOf(alice, bob)) as [Person[], Person[]];
    const sides = [await chatsOf(aliceDevices, bob.address), await chatsOf(bobDevices, alice.address)];
    const chats = sides.flat();
    const readers = chats.map(reading);
    const textsFor = (i: number): string[] => Array.from({ length: EACH }, (_, n) => `${i < 3 ? "a" : "b"}${i % 3} ${n}`);
    const sent = (await Promise.all(chats.map(async (chat, i) => {
      const messages: { id: string; text: string }[] = [];
      for (const text of textsFor(i)) messages.push({ id: (await chat.send(text)).id, text });
      return messages;
    }))).flat();
    expect(sent).to.have.lengthOf(6 * EACH);
    await until(() => readers.every(({ items }) => items.length >= sent.length + 1), "all arrive on all devices");
    const lists = await Promise.all(readers.map(({ stop }) => stop()));
    const expected = new Map([...sent.map(({ id, text }) => [id, text] as const)]);
    for (const list of lists) {
      expect(list).to.have.lengthOf(sent.length + 1);
      expect(new Set(list.map(({ id }) => id)).size).to.equal(list.length);
      const known = list.filter(({ id }) => expected.has(id));
      expect(known, "each under the id that its sender was told").to.have.lengthOf(sent.length);
      for (const message of known) expect(message.kind === "content" && message.text).to.equal(expected.get(message.id));
      for (const from of [alice.address, bob.address]) {
        expect(idsFrom(list, from)).to.deep.equal(idsFrom(lists[0]!, from));
        const seqs = list.filter((message) => message.from === from).map(({ seq }) => seq);
        expect(seqs).to.deep.equal([...seqs].sort((a, b) => a - b));
      }
      chats.forEach((_, i) => expect(textsOf(list).filter((text) => textsFor(i).includes(text))).to.deep.equal(textsFor(i)));
    }
    const [one, two] = await Promise.all([on.device(alice), on.device(alice)]);
    const [first, second] = await Promise.all([one, two].map(async ({ postern }) => (await postern.conversation(bob.address)).history({ limit: 1_000 })));
    expect(first!.map(({ id }) => id), "devices that come later show one list").to.deep.equal(second!.map(({ id }) => id));
    expect(first!.map(({ id }) => id), "of the same messages").to.have.members(lists[0]!.map(({ id }) => id));
  });

  it("say their first words to each other at the same moment: all of them arrive everywhere, in one conversation a side", async () => {
    const [alice, bob] = await on.people(2);
    const [aliceDevices, bobDevices] = (await devicesOf(alice, bob)) as [Person[], Person[]];
    const chats = [...(await chatsOf(aliceDevices, bob.address)), ...(await chatsOf(bobDevices, alice.address))];
    const texts = chats.map((_, i) => `first words ${i}`);
    await Promise.all(chats.map((chat, i) => chat.send(texts[i]!)));
    await Promise.all(chats.map((chat, i) => chat.send(`second words ${i}`)));
    const all = [...texts, ...chats.map((_, i) => `second words ${i}`)].sort();
    for (const chat of chats) {
      expect(textsOf(await chat.history({ limit: 100 })).sort()).to.deep.equal(all);
      expect(chat.state).to.equal("open");
    }
    for (const { postern } of [...aliceDevices, ...bobDevices]) {
      expect(await postern.conversations()).to.have.lengthOf(1);
      expect(await postern.requests()).to.deep.equal([]);
    }
  });

  it("answer a request at the same moment, two by accepting and one by declining: all devices agree on what it came to", async () => {
    const [alice, bob] = await on.people(2);
    const [, bobDevices] = (await devicesOf(alice, bob)) as [Person[], Person[]];
    const toBob = await alice.postern.conversation(bob.address);
    await toBob.send("may I?");
    const requests = await Promise.all(bobDevices.map(async ({ postern }) => (await postern.requests())[0]!));
    await Promise.all(requests.map((request, i) => (i === 2 ? request.decline() : request.accept())));
    const states = await Promise.all((await chatsOf(bobDevices, alice.address)).map(async (chat) => (await chat.history(), chat.state)));
    await toBob.history();
    expect(new Set([...states, toBob.state]).size, [...states, toBob.state].join()).to.equal(1);
    expect(["open", "declined"]).to.include(toBob.state);
  });

  /** Holds transactions back until it is opened; `arrived` when the first one waits. */
  function gate(): { readonly arrived: Promise<void>; readonly open: () => void; readonly pass: () => Promise<void> } {
    let arrive = (): void => undefined;
    let open = (): void => undefined;
    const arrived = new Promise<void>((resolve) => void (arrive = resolve));
    const opened = new Promise<void>((resolve) => void (open = resolve));
    return {
      arrived, open,
      pass: () => {
        arrive();
        return opened;
      },
    };
  }

  /** Three devices of one wallet, whose transactions can be held back, and its peer, who has just read what there is: for a moment, leaving is possible. */
  async function aboutToLeave(): Promise<{ chats: Conversation[]; toAlice: Conversation; reader: ReturnType<typeof reading>; hold(i: number): ReturnType<typeof gate> }> {
    const [alice, bob] = await on.people(2);
    const [, toAlice] = await open(alice, bob, "0");
    const gates: ReturnType<typeof gate>[] = [];
    const devices = await Promise.all([0, 1, 2].map((i) => on.device(alice, {
      connection: hooked(on.connection, { sendRawTransaction: async (_call, pass) => (await gates[i]?.pass(), pass()) }),
    })));
    const chats = await chatsOf(devices, bob.address);
    const reader = reading(toAlice);
    await toAlice.history();
    await toAlice.send("read"); // acknowledges
    await Promise.all(chats.map((chat) => chat.history()));
    return { chats, toAlice, reader, hold: (i) => (gates[i] = gate()) };
  }

  /** The peer reads each of these once, live and afterwards. */
  async function arrive({ toAlice, reader }: Pick<Awaited<ReturnType<typeof aboutToLeave>>, "toAlice" | "reader">, texts: readonly string[]): Promise<void> {
    const all = ["0", "read", ...texts].sort();
    await until(() => reader.items.length >= all.length, "all that was sent");
    expect(textsOf(await reader.stop()).sort()).to.deep.equal(all);
    expect(textsOf(await toAlice.history({ limit: 100 })).sort()).to.deep.equal(all);
  }

  it("go on when one leaves before what the others write lands: it has left, its rent is back, and what was sent arrives once", async () => {
    const { chats: [leaving, ...others], hold, ...peer } = await aboutToLeave();
    const gates = [hold(1), hold(2)];
    const sending = Promise.all(others.map((chat, i) => chat.send(`from ${i}`)));
    await Promise.race([sending, Promise.all(gates.map(({ arrived }) => arrived))]);
    expect((await leaving!.close()).reclaimedLamports > 0n).to.equal(true);
    for (const { open } of gates) open();
    await sending;
    await arrive(peer, ["from 0", "from 1"]);
  });

  it("go on when one leaves behind what the others have written: it is CLOSE_TOO_EARLY, and what was sent arrives once", async () => {
    const { chats: [leaving, ...others], hold, ...peer } = await aboutToLeave();
    const { arrived, open } = hold(0);
    const left = leaving!.close().then(() => "left", (error: unknown) => error);
    await Promise.race([left, arrived]);
    await Promise.all(others.map((chat, i) => chat.send(`from ${i}`)));
    open();
    const refused = await left;
    expect(isPosternError(refused) && refused.code, String(refused)).to.equal("CLOSE_TOO_EARLY");
    await arrive(peer, ["from 0", "from 1"]);
    expect(leaving!.state).to.equal("open");
  });

  it("go on when one leaves while the others write: what was sent arrives once, whether the leaving came through or not", async () => {
    const [alice, bob] = await on.people(2);
    const [, toAlice] = await open(alice, bob, "0");
    const [devices] = (await devicesOf(alice)) as [Person[]];
    const chats = await chatsOf(devices, bob.address);
    const reader = reading(toAlice);
    const texts: string[] = ["0"];
    for (let round = 0; round < 3; round++) {
      await toAlice.history();
      await toAlice.send(`read, ${round}`); // acknowledges, so that leaving is possible for a moment
      texts.push(`read, ${round}`);
      await Promise.all(chats.map((chat) => chat.history()));
      const outcomes = await Promise.allSettled(chats.map((chat, i) => (i === 0 ? chat.close() : chat.send(`${round} from ${i}`))));
      texts.push(`${round} from 1`, `${round} from 2`);
      const [leaving, ...sending] = outcomes;
      if (leaving?.status === "rejected") expect(isPosternError(leaving.reason) && ["CLOSE_TOO_EARLY", "SEQUENCE_MISMATCH"].includes(leaving.reason.code), String(leaving.reason)).to.equal(true);
      expect(sending.map(({ status }) => status), sending.map((outcome) => (outcome.status === "rejected" ? String(outcome.reason) : "")).join()).to.deep.equal(["fulfilled", "fulfilled"]);
    }
    await until(() => reader.items.length >= texts.length, "all that was sent");
    expect(textsOf(await reader.stop()).sort()).to.deep.equal([...texts].sort());
    expect(textsOf(await toAlice.history({ limit: 100 })).sort()).to.deep.equal([...texts].sort());
  });
});
