/** What is shown at confirmed, and a fork takes back before it is finalized. */
import { memoryStore, type Conversation, type Postern, type PosternEvent } from "@postern/sdk";
import { Messaging } from "@postern/sdk/observe";
import { inboxAddress, profileAddress } from "@postern/sdk/program";
import { expect } from "chai";
import { collect, textsOf, until } from "../e2e/support/waiting.js";
import { program } from "../hostile/support/raw-device.js";
import { listen, World, type Person } from "../hostile/support/world.js";
import { FaultProxy } from "./support/fault-proxy.js";
import { Fork } from "./support/fork.js";

describe("a message that a fork takes back", () => {
  let world: World;
  let proxy: FaultProxy;
  let alice: Person;
  let bob: Person;
  let here: Postern;
  let there: Postern;
  let toBob: Conversation;
  let toAlice: Conversation;

  before(async () => {
    world = await World.start();
    proxy = await FaultProxy.start(world.net);
  });
  after(async () => {
    await world.stop();
    await proxy.stop();
  });
  beforeEach(async () => {
    [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    here = await world.connect({ wallet: alice.wallet, connection: proxy.url, store: memoryStore() });
    there = await world.connect({ wallet: bob.wallet, connection: proxy.url, store: memoryStore() });
    toBob = await here.conversation(bob.address);
    toAlice = await there.conversation(alice.address);
  });

  const fork = async (): Promise<Fork> => Fork.begin(proxy, world.net.rpcUrl, world.connection, [(await alice.raw.own(0)).address, (await bob.raw.own(0)).address]);
  const withdrawn = (events: readonly PosternEvent[]): string[] => events.flatMap((event) => (event.kind === "withdrawn" ? [event.id] : []));

  it("is withdrawn by an event on both sides, and gone from history and from what is unread", async () => {
    const [mine, theirs] = [listen(here), listen(there)];
    const began = await fork();
    const sent = await toBob.send("never was");
    expect(textsOf(await toAlice.history())).to.deep.equal(["first", "answer", "never was"]);
    expect(await toAlice.unread()).to.equal(2);
    await began.leave(proxy, [sent.signature]);
    for (const chat of [toBob, toAlice]) expect(textsOf(await chat.history())).to.deep.equal(["first", "answer"]);
    expect(await toAlice.unread()).to.equal(1);
    for (const heard of [mine, theirs]) {
      expect(withdrawn(heard.events)).to.deep.equal([sent.id]);
      expect(heard.events.filter(({ kind }) => kind === "viewDiffers")).to.deep.equal([]);
      heard.stop();
    }
  });

  it("makes room under its number: what is sent next is given live to both sides, and read by a device that comes later", async () => {
    const live = [toBob, toAlice].map((chat) => collect((signal) => chat.messages({ signal })));
    const began = await fork();
    const { signature, seq } = await toBob.send("never was");
    await until(() => live.every(({ items }) => items.length === 3), "it is there on both sides");
    await toAlice.markRead(live[1]!.items[2]!.cursor);
    await began.leave(proxy, [signature]);
    expect((await toBob.send("is")).seq).to.equal(seq);
    await until(() => live.every(({ items }) => items.length === 4), "the next one is there on both sides");
    for (const { stop } of live) expect(textsOf(await stop())).to.deep.equal(["first", "answer", "never was", "is"]);
    for (const chat of [toBob, toAlice]) expect(textsOf(await chat.history())).to.deep.equal(["first", "answer", "is"]);
    expect(await toAlice.unread(), "what took its number is unread, though that was marked").to.equal(1);
    const later = await world.connect({ wallet: bob.wallet, store: memoryStore() });
    expect(textsOf(await (await later.conversation(alice.address)).history())).to.deep.equal(["first", "answer", "is"]);
  });

  it("leaves the list that a page shows", async () => {
    const messaging = new Messaging({ connection: proxy.url, wallet: bob.wallet, store: memoryStore(), refreshMs: 1_000 });
    const release = messaging.hold();
    await until(() => messaging.account.getSnapshot().phase === "locked", "it looked for a kept session");
    await messaging.unlock();
    const thread = messaging.thread(alice.address);
    const unsubscribe = thread.subscribe(() => undefined);
    const texts = (): (string | undefined)[] => thread.getSnapshot().items.map(({ text }) => text);
    await until(() => texts().length === 2, "it shows what there is");
    const began = await fork();
    const { signature } = await toBob.send("never was");
    await until(() => texts().at(-1) === "never was", "it shows what comes");
    await began.leave(proxy, [signature]);
    await until(() => texts().length === 2, "it shows it no more");
    expect(texts()).to.deep.equal(["first", "answer"]);
    unsubscribe();
    release();
  });

  it("that was enqueued is sent again by itself, and is there once", async () => {
    const heard = listen(here);
    const began = await fork();
    const message = await toBob.enqueue("once");
    const { id, signature } = await message.done;
    await began.leave(proxy, [signature]);
    await until(() => withdrawn(heard.events).includes(id), "it is withdrawn");
    await until(async () => textsOf(await toAlice.history()).includes("once"), "it is sent again");
    await until(() => message.status === "finalized", "it is finalized");
    for (const chat of [toBob, toAlice]) expect(textsOf(await chat.history())).to.deep.equal(["first", "answer", "once"]);
    heard.stop();
  });

  it("with the request that it was in leaves no request, and can be sent anew", async () => {
    const carol = await world.person();
    const asking = await (await world.connect({ wallet: carol.wallet, connection: proxy.url, store: memoryStore() })).conversation(bob.address);
    const began = await Fork.begin(proxy, world.net.rpcUrl, world.connection, [inboxAddress(carol.raw.delegate().publicKey.toBase58(), 0, program), profileAddress(bob.address, program)]);
    const heard = listen(there);
    const sent = await asking.send("hello");
    expect((await there.requests()).map(({ from }) => from)).to.deep.equal([carol.address]);
    await began.leave(proxy, [sent.signature]);
    expect(await there.requests()).to.deep.equal([]);
    expect(withdrawn(heard.events)).to.deep.equal([sent.id]);
    expect(textsOf(await asking.history())).to.deep.equal([]);
    await asking.send("hello again");
    const [request] = await there.requests();
    expect(request && textsOf([request.firstMessage])).to.deep.equal(["hello again"]);
    heard.stop();
  });

  it("with the answer that it was in is withdrawn on both sides, and the request waits again", async () => {
    const carol = await world.person();
    const asking = await (await world.connect({ wallet: carol.wallet, connection: proxy.url, store: memoryStore() })).conversation(bob.address);
    await asking.send("hello");
    const answering = await there.conversation(carol.address);
    expect(textsOf(await answering.history())).to.deep.equal(["hello"]);
    const [request, answer] = [inboxAddress(carol.raw.delegate().publicKey.toBase58(), 0, program), inboxAddress(bob.raw.delegate().publicKey.toBase58(), 1, program)];
    const began = await Fork.begin(proxy, world.net.rpcUrl, world.connection, [request, answer]);
    const { signature } = await answering.send("welcome");
    expect(textsOf(await asking.history())).to.deep.equal(["hello", "welcome"]);
    await began.leave(proxy, [signature]);
    for (const chat of [asking, answering]) expect(textsOf(await chat.history())).to.deep.equal(["hello"]);
    expect([asking.state, answering.state]).to.deep.equal(["requested", "incoming"]);
    await answering.send("welcome again");
    for (const chat of [asking, answering]) expect(textsOf(await chat.history())).to.deep.equal(["hello", "welcome again"]);
  });
});
