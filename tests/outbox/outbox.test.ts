/** Messages that are put into the outbox: at once, in order, once. */
import { memoryStore, type Conversation, type OutgoingMessage, type OutgoingStatus } from "@postern/sdk";
import type { RpcResponseAndContext, SignatureStatus } from "@solana/web3.js";
import { expect } from "chai";
import { down, hooked, type Hook } from "../e2e/support/connections.js";
import { refusal } from "../e2e/support/refusal.js";
import { open, stage, type Person } from "../e2e/support/stage.js";
import { collect, textsOf, until } from "../e2e/support/waiting.js";

const KEY_SECONDS = 60_000;

/** A gate in front of an endpoint's method: shut, its calls wait. */
function gate(): { readonly hook: Hook; shut(): void; open(): void } {
  let release: (() => void) | undefined;
  let opened: Promise<void> | undefined;
  return {
    hook: async (_call, pass) => {
      await opened;
      return pass();
    },
    shut: () => void (opened = new Promise((resolve) => (release = resolve))),
    open: () => {
      opened = undefined;
      release?.();
    },
  };
}

describe("a message in the outbox", function () {
  this.timeout(KEY_SECONDS);
  const on = stage();

  const seenBy = async (reader: Person, from: Person): Promise<string[]> => textsOf(await (await reader.postern.conversation(from.address)).history({ limit: 1_000 }));
  const statuses = (message: OutgoingMessage): { readonly items: OutgoingStatus[] } => collect((signal) => message.changes({ signal }));
  const done = (messages: readonly OutgoingMessage[]): Promise<unknown> => Promise.all(messages.map((message) => message.done));

  it("is there at once, before the network is asked, and goes from queued to finalized", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const network = gate();
    const items: OutgoingStatus[] = [];
    /** Who asks late would hear of finality alone: it is told of once it was said that the message is confirmed. */
    const slowly: Hook = async (_call, pass) => {
      const { context, value } = (await pass()) as RpcResponseAndContext<(SignatureStatus | null)[]>;
      const isTooEarly = (status: SignatureStatus | null): boolean => status?.confirmationStatus === "finalized" && !items.includes("confirmed");
      return { context, value: value.map((status) => (isTooEarly(status) ? { ...status, confirmationStatus: "confirmed" } : status)) };
    };
    const device = await on.device(alice, { connection: hooked(on.connection, { getMultipleAccountsInfo: network.hook, getSignatureStatuses: slowly }) });
    const chat = await device.postern.conversation(bob.address);
    network.shut();
    const before = Date.now();
    const message = await chat.enqueue("1");
    void (async () => {
      for await (const status of message.changes()) items.push(status);
    })();
    expect(message).to.include({ status: "queued", text: "1", conversation: bob.address, sent: undefined, error: undefined });
    expect(message.content).to.deep.equal({ kind: "text", text: "1" });
    expect(message.queuedAt.getTime()).to.be.within(before, Date.now());
    expect((await chat.outgoing()).map(({ id }) => id)).to.deep.equal([message.id]);
    network.open();
    const sent = await message.done;
    await until(() => message.status === "finalized", "finality");
    expect(items).to.deep.equal(["queued", "sent", "confirmed", "finalized"]);
    expect(message.sent).to.deep.equal({ ...sent, status: "finalized" });
    expect(await chat.outgoing()).to.deep.equal([]);
    const [, seen] = await (await bob.postern.conversation(alice.address)).history();
    expect(sent).to.include({ id: seen!.id, seq: seen!.seq });
  });

  it("opens the conversation, or answers a request, like send()", async () => {
    const [alice, bob] = await on.people(2);
    await (await (await alice.postern.conversation(bob.address)).enqueue("knock")).done;
    expect((await bob.postern.requests()).map(({ from }) => from)).to.deep.equal([alice.address]);
    await (await (await bob.postern.conversation(alice.address)).enqueue("who is there?")).done;
    expect(await seenBy(alice, bob)).to.deep.equal(["knock", "who is there?"]);
  });

  it("keeps its place among all that is sent and enqueued in its conversation", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const chat = await alice.postern.conversation(bob.address);
    const calls = [chat.send("1"), chat.enqueue("2"), chat.enqueue("3"), chat.send("4"), chat.enqueue("5"), chat.send("6")];
    await done((await Promise.all(calls)).filter((each): each is OutgoingMessage => "done" in each));
    expect(await seenBy(bob, alice)).to.deep.equal(["0", "1", "2", "3", "4", "5", "6"]);
  });

  it("is delivered by a later session on the same store, in order, when the first one never reached the network", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const store = memoryStore();
    const offline = await on.device(alice, { store, connection: hooked(on.connection, { getLatestBlockhash: down }) });
    const queued: OutgoingMessage[] = [];
    for (const text of ["1", "2", "3"]) queued.push(await (await offline.postern.conversation(bob.address)).enqueue(text));
    await offline.postern.close();
    await refusal(queued[0]!.done, "CLOSED");
    const later = await on.device(alice, { store });
    await until(async () => (await seenBy(bob, alice)).length === 4, "all of them");
    expect(await seenBy(bob, alice)).to.deep.equal(["0", "1", "2", "3"]);
    const left = await (await later.postern.conversation(bob.address)).outgoing();
    expect(left.every(({ id }) => queued.some((message) => message.id === id))).to.equal(true);
    await done(left);
  });

  it("is seen in every tab, and delivered once, though all of them share the store", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const store = memoryStore();
    const tabs = await Promise.all([1, 2, 3].map(() => on.device(alice, { store })));
    const chats = await Promise.all(tabs.map(({ postern }) => postern.conversation(bob.address)));
    const inEachTab = await Promise.all(chats.map((chat, tab) => Promise.all([1, 2, 3].map((n) => chat.enqueue(`${tab}.${n}`)))));
    await done(inEachTab.flat());
    const texts = await seenBy(bob, alice);
    expect(texts.length).to.equal(10);
    for (const tab of [0, 1, 2]) expect(texts.filter((text) => text.startsWith(`${tab}.`))).to.deep.equal([1, 2, 3].map((n) => `${tab}.${n}`));
  });

  it("is delivered once from each of two devices that write at the same time", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "start");
    const devices = [alice, await on.device(alice)];
    const messages = await Promise.all(devices.map(async ({ postern }, i) => {
      const chat = await postern.conversation(bob.address);
      return Promise.all([1, 2, 3].map((n) => chat.enqueue(`${i}.${n}`)));
    }));
    await done(messages.flat());
    const texts = await seenBy(bob, alice);
    expect(texts.length).to.equal(7);
    for (const i of [0, 1]) expect(texts.filter((text) => text.startsWith(`${i}.`))).to.deep.equal([1, 2, 3].map((n) => `${i}.${n}`));
  });

  it("goes along to a new root, and is delivered once", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const store = memoryStore();
    const offline = await on.device(alice, { store, connection: hooked(on.connection, { getLatestBlockhash: down }) });
    const queued = [];
    for (const text of ["1", "2"]) queued.push(await (await offline.postern.conversation(bob.address)).enqueue(text));
    await offline.postern.close();
    await alice.postern.rotate({ newRoot: true });
    for (let start = 0; start < 3; start++) {
      const later = await on.device(alice, { store });
      const chat = await later.postern.conversation(bob.address);
      await done(await chat.outgoing());
      await until(async () => (await chat.outgoing()).length === 0, "an empty outbox");
      await later.postern.close();
    }
    expect(await seenBy(bob, alice)).to.deep.equal(["0", "1", "2"]);
  });

  describe("that cannot be sent", () => {
    let bob: Person;
    let alice: Person;
    let chat: Conversation;

    beforeEach(async () => {
      [alice, bob] = await on.people(2);
      const device = await on.device(alice, { growth: { maxBytesPerInbox: 0 } });
      await open(alice, bob, "0");
      chat = await device.postern.conversation(bob.address);
      for (;;) if (!(await chat.send("x".repeat(400)).then(() => true, () => false))) break;
    });

    it("for a full inbox is INBOX_FULL, holds up what comes after it, and goes first when it is tried again", async () => {
      const before = (await seenBy(alice, bob)).length; // what Bob reads, he acknowledges
      const [first, second] = [await chat.enqueue("1".repeat(400)), await chat.enqueue("2")];
      await refusal(first.done, "INBOX_FULL");
      expect(first.error?.context["capacityBytes"]).to.be.a("number");
      const { context } = await refusal(chat.send("3"), "OUTBOX_BLOCKED");
      expect(context).to.deep.equal({ id: first.id, code: "INBOX_FULL" });
      expect([first.status, second.status]).to.deep.equal(["failed", "queued"]);
      for await (const _ of (await bob.postern.conversation(alice.address)).messages({ signal: AbortSignal.timeout(1) })) break;
      const reader = await bob.postern.conversation(alice.address);
      await reader.history({ limit: 1_000 });
      await reader.send("read"); // acknowledges
      await first.retry();
      await done([first, second]);
      expect((await seenBy(bob, alice)).slice(before + 1)).to.deep.equal(["1".repeat(400), "2"]);
    });

    it("makes way for what comes after it when it is cancelled", async () => {
      const [first, second] = [await chat.enqueue("1".repeat(400)), await chat.enqueue("2".repeat(400))];
      await refusal(first.done, "INBOX_FULL");
      expect(await first.cancel()).to.equal(true);
      await refusal(second.done, "INBOX_FULL");
      expect(await second.cancel()).to.equal(true);
      expect(await chat.outgoing()).to.deep.equal([]);
      await refusal(chat.send("3".repeat(400)), "INBOX_FULL");
    });
  });

  it("can be cancelled while nothing was signed for it, and no longer after that", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const [network, store] = [gate(), memoryStore()];
    const connect = (): Promise<Person> => on.device(alice, { store, connection: hooked(on.connection, { getLatestBlockhash: network.hook }) });
    const device = await connect();
    const chat = await device.postern.conversation(bob.address);
    network.shut();
    const [first, second] = [await chat.enqueue("1"), await chat.enqueue("2")];
    const { items } = statuses(first);
    expect(await first.cancel()).to.equal(true);
    await refusal(first.done, "ABORTED");
    const left = await (await (await connect()).postern.conversation(bob.address)).outgoing();
    expect(left.map(({ id }) => id), "in the store too").to.deep.equal([second.id]);
    network.open();
    await second.done;
    expect(await second.cancel()).to.equal(false);
    await refusal(second.retry(), "INVALID_ARGUMENT");
    expect(["confirmed", "finalized"]).to.include(second.status);
    expect(items).to.deep.equal(["queued"]);
    expect(await seenBy(bob, alice)).to.deep.equal(["0", "2"]);
  });
});
