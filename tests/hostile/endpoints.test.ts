/** Endpoints that fail, hang, serve another cluster or lack the program: coded errors, and work goes on when they recover. */
import { isPosternError, memoryStore, Postern } from "@postern/sdk";
import { toBase58 } from "@postern/sdk/crypto";
import { SYSTEM_PROGRAM } from "@postern/sdk/program";
import { expect } from "chai";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import { hidden, type Reply } from "./support/lying-rpc.js";
import { program, random } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, listen, shown, World, type Person } from "./support/world.js";

const FAILURES: Readonly<Record<string, Reply>> = {
  "429": { status: 429, body: "Too Many Requests" },
  "500": { status: 500, body: "<html>oops</html>" },
  "-32005": { error: { code: -32_005, message: "Node is behind by 42 slots" } },
  "-32015": { error: { code: -32_015, message: "Transaction version (1) is not supported by the requesting client" } },
  "malformed JSON": { status: 200, body: '{"jsonrpc":"2.0","result":' },
  "JSON of another shape": { status: 200, body: '{"jsonrpc":"2.0","id":1,"result":{"value":"?"}}' },
  "nothing where there should be something": { result: null },
  "a cut connection": "cut",
};

describe("an endpoint", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  const { warn } = console;

  before(async function () {
    this.timeout(60_000);
    console.warn = () => undefined; // web3.js warns of what these endpoints answer
    world = await World.start();
    [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
  });
  afterEach(() => world.rpc.honest());
  after(async () => {
    console.warn = warn;
    await world.stop();
  });

  /** Methods by what calls them, and how to make them be called. */
  const WORK: Readonly<Record<string, { methods: readonly string[]; act: (device: Postern) => Promise<unknown> }>> = {
    reading: { methods: ["getMultipleAccounts"], act: async (device) => (await device.conversation(bob.address)).history() },
    estimating: { methods: ["getMinimumBalanceForRentExemption", "getFeeForMessage"], act: (device) => device.estimate() },
    sending: { methods: ["getLatestBlockhash", "simulateTransaction"], act: async (device) => (await device.conversation(bob.address)).send("hello") },
  };

  for (const [failure, reply] of Object.entries(FAILURES)) {
    it(`that answers connecting with ${failure} is RPC_FAILED, and the next try works`, async () => {
      for (const method of ["getGenesisHash", "getMultipleAccounts"]) {
        world.rpc.honest();
        world.rpc.method(method, () => reply);
        const error = await refused(world.liedTo(alice), "RPC_FAILED");
        expect(error.context["method"]).to.equal(method);
      }
      world.rpc.honest();
      await world.liedTo(alice);
    });

    it(`that answers with ${failure} is RPC_FAILED that names the method, and the same client goes on afterwards`, async () => {
      for (const { methods, act } of Object.values(WORK)) {
        for (const method of methods) {
          const device = await world.liedTo(alice, { notifications: false });
          world.rpc.method(method, () => reply);
          const error = await refused(act(device), "RPC_FAILED");
          expect(error.context["method"]).to.equal(method);
          world.rpc.honest();
          await act(device);
        }
      }
    });
  }

  for (const failure of ["429", "a cut connection", "malformed JSON"]) {
    it(`that answers a broadcast with ${failure} though it took it delivers the message once`, async () => {
      const device = await world.liedTo(alice);
      const text = `in spite of ${failure}`;
      world.rpc.method("sendTransaction", async (_, forward) => {
        await forward();
        return FAILURES[failure]!;
      });
      const sent = await (await device.conversation(bob.address)).send(text);
      expect((await historyOf(bob.postern, alice.address)).filter((seen) => seen === text)).to.have.lengthOf(1);
      expect(sent.seq).to.be.a("number");
    });

    it(`that answers a broadcast with ${failure} and takes it the third time delivers the message once`, async () => {
      const device = await world.liedTo(alice);
      const text = `at the third try after ${failure}`;
      let tries = 0;
      world.rpc.method("sendTransaction", (_, forward) => (++tries < 3 ? FAILURES[failure]! : forward()));
      await (await device.conversation(bob.address)).send(text);
      expect((await historyOf(bob.postern, alice.address)).filter((seen) => seen === text)).to.have.lengthOf(1);
    });

    it(`that answers for the status with ${failure} for a while delivers the message once`, async () => {
      const device = await world.liedTo(alice);
      const text = `status unknown for a while: ${failure}`;
      let asked = 0;
      world.rpc.method("getSignatureStatuses", (_, forward) => (++asked < 4 ? FAILURES[failure]! : forward()));
      await (await device.conversation(bob.address)).send(text);
      expect((await historyOf(bob.postern, alice.address)).filter((seen) => seen === text)).to.have.lengthOf(1);
    });
  }

  it("that goes away ends no iteration: messages go on when it is back, none lost or doubled, and events tell of both", async () => {
    const device = await world.liedTo(alice, { notifications: false });
    const { events, stop } = listen(device);
    const ending = new AbortController();
    const got: string[] = [];
    const ids: string[] = [];
    const reading = (async () => {
      for await (const message of (await device.conversation(bob.address)).messages({ signal: ending.signal })) {
        got.push(...shown([message]));
        ids.push(message.id);
      }
    })();
    await until(() => got.length > 0);
    world.rpc.method("getMultipleAccounts", () => "cut");
    const chat = await bob.postern.conversation(alice.address);
    await chat.send("while you were out");
    await until(() => events.some((event) => event.kind === "connection" && event.state === "offline"));
    world.rpc.honest();
    await until(() => got.includes("while you were out"));
    expect(events).to.deep.include({ kind: "connection", state: "online" });
    expect(new Set(ids).size).to.equal(ids.length);
    ending.abort();
    stop();
    await reading;
  });

  it("that refuses the first read ends the iteration with RPC_FAILED, and does not hang", async () => {
    const device = await world.liedTo(alice);
    const chat = await device.conversation(bob.address);
    world.rpc.method("getMultipleAccounts", () => "cut");
    await refused(chat.messages().next(), "RPC_FAILED");
  });

  describe("that hangs", () => {
    const hang = (method: string): void => world.rpc.method(method, () => "hang");

    it("holds no one who aborts: send is ABORTED, and the next send goes through once it answers", async () => {
      for (const method of ["getMultipleAccounts", "getLatestBlockhash", "simulateTransaction", "sendTransaction", "getSignatureStatuses"]) {
        const device = await world.liedTo(alice, { notifications: false });
        const chat = await device.conversation(bob.address);
        hang(method);
        const ending = new AbortController();
        const sending = refused(chat.send(`aborted in ${method}`, { signal: ending.signal }), "ABORTED");
        await until(() => world.rpc.hanging > 0);
        ending.abort();
        await sending;
        world.rpc.honest();
        await chat.send(`after ${method}`);
        expect((await historyOf(bob.postern, alice.address)).filter((text) => text === `after ${method}`)).to.have.lengthOf(1);
        await device.close();
      }
    });

    it("holds no iteration that is aborted", async () => {
      const device = await world.liedTo(alice);
      const chat = await device.conversation(bob.address);
      hang("getMultipleAccounts");
      const ending = new AbortController();
      const reading = chat.messages({ signal: ending.signal }).next();
      await until(() => world.rpc.hanging > 0);
      ending.abort();
      expect(await reading).to.deep.equal({ done: true, value: undefined });
    });

    it("holds no one who closes: everything that waits is CLOSED, iterations end, and so is what is asked afterwards", async () => {
      const device = await world.liedTo(alice);
      const chat = await device.conversation(bob.address);
      hang("getMultipleAccounts");
      const events = (async () => {
        for await (const { kind } of device.events()) expect(kind).to.be.a("string");
      })();
      const message = chat.messages().next();
      const waiting = [chat.send("never"), chat.history(), device.requests(), device.conversations(), device.balance(), device.register(), device.withdraw()]
        .map((promise) => refused(promise, "CLOSED"));
      await until(() => world.rpc.hanging > 0);
      await device.close();
      await Promise.all(waiting);
      await events;
      expect(await message).to.deep.equal({ done: true, value: undefined });
      await refused(chat.send("too late"), "CLOSED");
    });

    it("leaves no timer and no rejection behind when a client of it is closed", async () => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown): void => void unhandled.push(reason);
      process.on("unhandledRejection", note);
      const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
      const device = await world.liedTo(alice);
      const chat = await device.conversation(bob.address);
      const before = timers();
      hang("getMultipleAccounts");
      const waiting = refused(chat.send("never"), "CLOSED");
      const following = chat.messages().next();
      await until(() => world.rpc.hanging > 0);
      await device.close();
      await waiting;
      await following;
      expect(timers()).to.be.at.most(before);
      world.rpc.honest(); // the calls that hung fail now
      await new Promise(setImmediate);
      process.off("unhandledRejection", note);
      expect(unhandled).to.deep.equal([]);
    });

    it("after a lock says LOCKED to what waits", async () => {
      const device = await world.liedTo(alice);
      hang("getMultipleAccounts");
      const waiting = refused(device.requests(), "LOCKED");
      await until(() => world.rpc.hanging > 0);
      await device.lock();
      await waiting;
      await refused(device.requests(), "LOCKED");
    });
  });

  describe("of another cluster", () => {
    const moved = (): void => world.rpc.method("getGenesisHash", () => ({ result: toBase58(random(32)) }));

    it("than this connection was before is WRONG_CLUSTER", async () => {
      const connection = world.rpc.connection();
      await world.connect({ wallet: alice.wallet, connection });
      moved();
      await refused(world.connect({ wallet: alice.wallet, connection }), "WRONG_CLUSTER");
      world.rpc.honest();
      await world.connect({ wallet: alice.wallet, connection });
    });

    it("than this store belongs to is WRONG_CLUSTER", async () => {
      const store = memoryStore();
      await world.liedTo(alice, { store });
      moved();
      await refused(world.liedTo(alice, { store }), "WRONG_CLUSTER");
    });

    it("unlocks other keys, so that a true profile from there is ROOT_MISMATCH", async () => {
      moved();
      await refused(world.liedTo(alice), "ROOT_MISMATCH");
    });

    it("or with a genesis hash that is none is RPC_FAILED", async () => {
      for (const result of ["", "abc", "0OIl", toBase58(random(33)), 7]) {
        world.rpc.method("getGenesisHash", () => ({ result }));
        await refused(world.liedTo(alice), "RPC_FAILED");
      }
    });
  });

  describe("without the program", () => {
    it("is PROGRAM_NOT_FOUND, before any prompt, be it absent or not executable", async () => {
      let prompts = 0;
      const wallet = { publicKey: alice.wallet.publicKey, signMessage: async () => (prompts++, random(64)) };
      for (const lie of [hidden, (account: Parameters<typeof hidden>[0]) => account && { ...account, executable: false }]) {
        world.rpc.account(program, lie);
        await refused(world.liedTo(alice, { wallet }), "PROGRAM_NOT_FOUND");
      }
      await refused(world.liedTo(alice, { wallet, programId: bob.address }), "PROGRAM_NOT_FOUND");
      expect(prompts).to.equal(0);
    });

    it("but with another one at the address given: nobody is registered there, and registering is a coded error", async () => {
      const device = await world.liedTo(alice, { programId: SYSTEM_PROGRAM });
      expect(await device.isRegistered()).to.equal(false);
      const error = await device.register().then(() => expect.fail("registered with the System program"), (reason: unknown) => reason);
      expect(isPosternError(error)).to.equal(true);
      await refused(Promise.reject(error), (error as { code: string }).code);
    });

    it("at an address that is none is INVALID_ADDRESS", async () => {
      for (const programId of ["", "x", toBase58(random(31))]) await refused(world.liedTo(alice, { programId }), "INVALID_ADDRESS");
    });
  });

  it("that is no URL, or is nothing at all, is a coded error", async () => {
    for (const connection of ["", "ftp://x", "not a url"]) await refused(world.connect({ wallet: alice.wallet, connection }), "INVALID_ARGUMENT");
    for (const connection of [undefined, null, {}, 5]) await refused(Postern.connect({ wallet: alice.wallet, connection: connection as never }), "RPC_FAILED");
  });

  describe("in the end", () => itTellsNoSecret());
});
