import { memoryStore, Postern, type Conversation } from "@postern/sdk";
import { expect } from "chai";
import { refusal } from "../e2e/support/refusal.js";
import { open, stage, type Person } from "../e2e/support/stage.js";
import { textsOf, until } from "../e2e/support/waiting.js";
import { FaultProxy } from "./support/fault-proxy.js";
import { either, first, seeded, type HttpFault } from "./support/faults.js";

/** What sending calls, in its order. */
const STEPS = ["getMultipleAccounts", "getLatestBlockhash", "simulateTransaction", "sendTransaction", "getSignatureStatuses"];

/** What each fault is, and which of the steps meet it once each; what is waited for in vain takes seconds. */
const FAULTS: Readonly<Record<Exclude<HttpFault, "forget">, readonly [what: string, steps: readonly string[]]>> = {
  dropRequest: ["requests that are lost", ["getMultipleAccounts", "sendTransaction"]],
  dropAnswer: ["answers that are lost", ["getMultipleAccounts", "sendTransaction"]],
  delay: ["delays", STEPS],
  duplicate: ["requests that arrive twice", STEPS],
  reorder: ["answers that overtake each other", STEPS],
  truncate: ["answers that break off", STEPS],
  corrupt: ["answers with a wrong byte", STEPS],
  throttle: ["429 with Retry-After", STEPS],
  unavailable: ["server errors", STEPS],
  cutRequest: ["connections that are cut before", STEPS],
  cutAnswer: ["connections that are cut after the network has heard", STEPS],
  behind: ["a node that says that it lags", STEPS],
  stale: ["answers of the past", STEPS],
  retract: ["a transaction that was processed on a fork that is given up", STEPS],
};

describe("between the client and an endpoint with", () => {
  const on = stage();
  let proxy: FaultProxy;
  let alice: Person;
  let bob: Person;
  let toBob: Conversation;
  let faulty: Postern;
  const { warn } = console;

  before(async function () {
    this.timeout(60_000);
    console.warn = () => undefined; // web3.js warns of what these endpoints answer
    proxy = await FaultProxy.start(on.net);
    [alice, bob] = await on.people(2);
    [toBob] = await open(alice, bob);
    faulty = await on.connect(bob.wallet, { connection: proxy.url });
  });
  afterEach(() => proxy.be(undefined));
  after(async () => {
    console.warn = warn;
    await proxy.stop();
  });

  const both = async (): Promise<string[][]> => {
    const chats = [toBob, await bob.postern.conversation(alice.address), await faulty.conversation(alice.address)];
    return Promise.all(chats.map(async (chat) => textsOf(await chat.history({ limit: 1_000 }))));
  };

  for (const [kind, [what, steps]] of Object.entries(FAULTS) as [HttpFault, [string, string[]]][]) {
    it(`${what}, a message is sent once, and read once at both ends`, async () => {
      const fresh = await on.connect(bob.wallet, { connection: proxy.url }); // one that shares no blockhash with a message before
      const chat = await fresh.conversation(alice.address);
      await (await bob.postern.conversation(alice.address)).send(`before ${kind}`); // so that the past differs from the present
      proxy.be(either(...steps.map((step) => first(1, kind, step))));
      const met = steps.filter((step) => kind !== "retract" || step === "sendTransaction");
      await chat.send(`with ${kind}`);
      await chat.history();
      expect(proxy.happened.get(kind)).to.equal(met.length);
      for (const texts of await both()) expect(texts.filter((text) => text.endsWith(` ${kind}`))).to.deep.equal([`before ${kind}`, `with ${kind}`]);
    }).timeout(60_000);
  }

  it("a lost question about the block height, over a connection of the app's, a transaction that never arrives is known to have expired, and the message is sent", async () => {
    const [from, to] = await on.people(2); // the conversation of the other tests stays as long as it is
    const [, toReader] = await open(from, to);
    const chat = await (await on.connect(from.wallet, { connection: proxy.connection() })).conversation(to.address);
    const signed = (): number => proxy.rpc.counts.get("simulateTransaction") ?? 0;
    const before = signed();
    const lost = first(Infinity, "cutRequest", "sendTransaction");
    proxy.be(either(first(1, "dropRequest", "getBlockHeight"), (occasion) => (signed() > before + 1 ? undefined : lost(occasion)))); // until it is signed anew
    await (await chat.enqueue("at the second try")).done;
    expect([signed() - before, proxy.happened.get("dropRequest")]).to.deep.equal([2, 1]);
    for (const reader of [toReader, chat]) expect(textsOf(await reader.history()).filter((text) => text === "at the second try")).to.have.length(1);
  }).timeout(60_000);

  it("a history that is forgotten, a landed message is found by its bytes, and not sent again", async () => {
    const chat = await faulty.conversation(alice.address);
    proxy.be(first(Infinity, "forget", "getSignatureStatuses"));
    await chat.send("never heard of");
    expect(proxy.happened.get("forget")).to.be.above(1);
    for (const texts of await both()) expect(texts.filter((text) => text === "never heard of")).to.have.length(1);
  }).timeout(60_000);

  it("a history that is forgotten, no root is guessed for a wallet that has left: ROOT_HISTORY_UNAVAILABLE", async () => {
    const leaver = await on.person();
    await leaver.postern.unregister();
    proxy.be(first(Infinity, "forget", "getTransaction"));
    const connecting = Postern.connect({ connection: proxy.url, wallet: leaver.wallet, store: memoryStore() });
    await refusal(connecting, "ROOT_HISTORY_UNAVAILABLE");
    expect(proxy.happened.get("forget")).to.be.above(0);
  });

  it("a wrong byte in half of all answers, every message is read once, in order, and none is taken for unreadable", async () => {
    const device = await on.connect(bob.wallet, { connection: proxy.url });
    proxy.be(seeded("wrong bytes", { corrupt: 50_000 }));
    const chat = await until(() => device.conversation(alice.address).catch(() => undefined), "the conversation is found");
    const got: string[] = [];
    const ending = new AbortController();
    const reading = (async () => {
      while (!ending.signal.aborted) {
        try {
          for await (const message of chat.messages({ signal: ending.signal })) got.push(...textsOf([message]));
        } catch {
          got.length = 0; // the first read failed
        }
      }
    })();
    const sent: string[] = [];
    try {
      for (let i = 0; i < 15; i++) await toBob.send((sent.push(`right ${i}`), `right ${i}`));
      await until(() => got.includes(sent.at(-1)!), "the last one arrives", { withinMs: 150_000 }); // looks that fail in a row come ever more seldom, up to half a minute apart
    } finally {
      ending.abort(); // else it reads on without end when the sessions are closed
      await reading;
    }
    expect(proxy.happened.get("corrupt")).to.be.above(10);
    const older = ["(HISTORY_UNAVAILABLE)", "(HISTORY_NOT_FETCHED)"]; // what the tests before have written and the rings have let go of; history has wrong bytes too
    expect(got.filter((text) => text.startsWith("right") || (text.startsWith("(") && !older.includes(text)))).to.deep.equal(sent);
  }).timeout(200_000);
});
