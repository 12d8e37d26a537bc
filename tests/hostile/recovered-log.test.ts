/** Frames that a ring has let go of, from an endpoint that hides, alters, forgets or mislabels the transactions that posted them. */
import type { Message, PosternEvent } from "@postern/sdk";
import { fromBase58, readU32 } from "@postern/sdk/crypto";
import { expect } from "chai";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import type { Call, Reply } from "./support/lying-rpc.js";
import { listen, World, type Person } from "./support/world.js";

type Compiled = { programIdIndex: number; accounts: number[]; data: string; stackHeight?: number | null };
type Transaction = {
  version: unknown;
  blockTime: number | null;
  meta: { innerInstructions: { index: number; instructions: Compiled[] }[] | null };
  transaction: { message: { instructions: Compiled[]; transactionConfig?: unknown } };
};
type Listed = { signature: string; blockTime: number | null };

describe("a log from transaction history", function () {
  this.timeout(60_000);
  let world: World;
  let alice: Person;
  let bob: Person;
  const sent = ["answer"];

  before(async () => {
    world = await World.start();
    [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    const [toBob, toAlice] = [await alice.postern.conversation(bob.address), await bob.postern.conversation(alice.address)];
    for (let i = 1; i <= 14; i++) {
      await toAlice.send(`${i} ${"x".repeat(300)}`);
      sent.push(String(i));
      await toBob.history();
      if (i % 2 === 0) await toBob.send("read");
    }
    expect((await bob.raw.own(0)).inbox.first, "frames that are gone").to.be.at.least(10);
  });
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  /** What another device of Alice's shows of Bob's, by the first word. */
  async function read(): Promise<{ words: string[]; messages: Message[]; differs: number }> {
    const device = await world.liedTo(alice, { notifications: false });
    const { events, stop } = listen(device);
    const messages = (await (await device.conversation(bob.address)).history({ limit: 1_000 })).filter(({ mine }) => !mine);
    stop();
    const differs = events.filter(({ kind }: PosternEvent) => kind === "viewDiffers").length;
    return { messages, differs, words: messages.map((message) => (message.kind === "content" ? (message.text ?? "").split(" ")[0]! : `[${message.reason}]`)) };
  }

  /** Has every transaction told through `change`. */
  function transactions(change: (transaction: Transaction) => Transaction | null): void {
    world.rpc.method("getTransaction", async (_, forward) => {
      const reply = (await forward()) as { result: Transaction | null };
      return reply.result === null ? reply : { result: change(reply.result) };
    });
  }

  function listed(change: (page: Listed[], call: Call) => Listed[]): void {
    world.rpc.method("getSignaturesForAddress", async (call, forward) => ({ result: change(((await forward()) as { result: Listed[] }).result, call) }));
  }

  it("told truly is complete, in order, proven, with the times of the chain", async () => {
    const { words, messages, differs } = await read();
    expect(words).to.deep.equal(sent);
    expect(messages.filter(({ unproven }) => unproven)).to.deep.equal([]);
    expect(differs).to.equal(0);
    const seen = await (await alice.postern.conversation(bob.address)).history({ limit: 1_000 });
    const times = new Map(seen.map(({ id, postedAt }) => [id, postedAt.getTime()])); // read from the ring, one by one
    for (const { id, postedAt } of messages) expect(postedAt.getTime(), id).to.equal(times.get(id));
  });

  it("without block times gets them from the hash chain", async () => {
    listed((page) => page.map((one) => ({ ...one, blockTime: null })));
    transactions((transaction) => ({ ...transaction, blockTime: null }));
    const { words, messages } = await read();
    expect(words).to.deep.equal(sent);
    const seen = new Map((await (await alice.postern.conversation(bob.address)).history({ limit: 1_000 })).map(({ id, postedAt }) => [id, postedAt.getTime()]));
    for (const { id, postedAt, unproven } of messages) expect([unproven, postedAt.getTime()], id).to.deep.equal([undefined, seen.get(id)]);
  });

  it("with other block times is shown as not proven, and the app is told once that views differ", async () => {
    listed((page) => page.map((one) => ({ ...one, blockTime: (one.blockTime ?? 0) - 3_600 })));
    const { words, messages, differs } = await read();
    expect(words).to.deep.equal(sent);
    expect(messages.filter(({ unproven }) => unproven)).to.have.length.above(8);
    expect(differs).to.equal(1);
  });

  it("without one of its transactions has one entry for it, and everything else", async () => {
    const postsFourth = ({ data }: Compiled): boolean => {
      const bytes = fromBase58(data);
      return bytes[0] === 0 && readU32(bytes, 1) === 4 && bytes.length > 300;
    };
    transactions((transaction) => (transaction.transaction.message.instructions.some(postsFourth) ? null : transaction));
    const { words, messages } = await read();
    const missing = messages.filter((message) => message.kind === "unreadable");
    expect(missing).to.have.lengthOf(1);
    const [gap] = missing;
    expect(gap?.kind === "unreadable" && gap.missing).to.deep.equal({ firstSeq: 4, lastSeq: 4 });
    expect(words).to.deep.equal(sent.map((word, seq) => (seq === 4 ? "[HISTORY_UNAVAILABLE]" : word)));
    expect(messages.slice(0, 4).every(({ unproven }) => unproven), "nothing ties them to the chain").to.equal(true);
  });

  it("with altered texts never passes them off as messages: they are unreadable and unproven", async () => {
    transactions((transaction) => {
      for (const instruction of transaction.transaction.message.instructions) if (instruction.data.length > 400) instruction.data = `${instruction.data.slice(0, -4)}${instruction.data.endsWith("2222") ? "3333" : "2222"}`;
      return transaction;
    });
    const { words, messages, differs } = await read();
    const { first } = (await bob.raw.own(0)).inbox;
    expect(words.slice(first)).to.deep.equal(sent.slice(first));
    for (const message of messages.slice(1, first)) expect([message.kind, message.kind === "unreadable" && message.reason, message.unproven]).to.deep.equal(["unreadable", "MESSAGE_FORGED", true]);
    expect(differs).to.equal(1);
  });

  it("in short pages, with cursors that the endpoint forgets or takes for none, is complete all the same", async () => {
    for (const lost of [{ error: { code: -32_020, message: "Transaction not found" } }, { result: [] }] as Reply[]) {
      const forgotten = new Set<unknown>();
      world.rpc.method("getSignaturesForAddress", (call, forward) => {
        const [address, options] = call.params as [string, { limit?: number; before?: string }];
        if (options.before !== undefined && forgotten.size < 3 && !forgotten.has(options.before)) {
          forgotten.add(options.before);
          return lost;
        }
        return forward({ method: call.method, params: [address, { ...options, limit: Math.min(4, options.limit ?? 4) }] });
      });
      expect((await read()).words).to.deep.equal(sent);
      expect(forgotten.size).to.be.above(0);
      world.rpc.honest();
    }
  });

  it("is found in inner instructions, and in transactions of every version", async () => {
    for (const [version, extra] of [["legacy", {}], [0, {}], [1, { transactionConfig: { computeUnitLimit: null, heapSize: null, loadedAccountsDataSizeLimit: null, priorityFee: null } }]] as const) {
      transactions((transaction) => {
        const { message } = transaction.transaction;
        const posts = message.instructions;
        const [{ programIdIndex }] = posts as [Compiled];
        message.instructions = [{ programIdIndex, accounts: [], data: "" }];
        transaction.meta.innerInstructions = [{ index: 0, instructions: posts.map((post) => ({ ...post, stackHeight: 2 })) }];
        Object.assign(message, extra);
        return { ...transaction, version };
      });
      const { words, messages } = await read();
      expect(words, String(version)).to.deep.equal(sent);
      expect(messages.filter(({ unproven }) => unproven)).to.deep.equal([]);
    }
  });

  it("of failed transactions holds nothing", async () => {
    transactions((transaction) => ({ ...transaction, meta: { ...transaction.meta, err: { InstructionError: [0, { Custom: 1 }] } } as never }));
    const { messages } = await read();
    const { first } = (await bob.raw.own(0)).inbox;
    expect(messages[0]?.kind === "unreadable" && messages[0].missing).to.deep.equal({ firstSeq: 0, lastSeq: first - 1 });
  });

  it("made long by strangers ends in an entry for what was not reached, after a bounded number of calls", async function () {
    const { signature } = (await world.connection.getSignaturesForAddress(alice.wallet.publicKey as never, { limit: 1 }, "confirmed"))[0]!;
    listed(() => Array.from({ length: 1_000 }, () => ({ signature, blockTime: 1, slot: 1, err: null, memo: null })));
    world.rpc.method("getTransaction", () => ({ result: null }));
    const before = world.rpc.calls.length;
    const { messages } = await read();
    expect(messages[0]?.kind === "unreadable" && messages[0].missing?.firstSeq).to.equal(0);
    expect(world.rpc.calls.length - before).to.be.below(8_000);
  });

  describe("in the end", () => {
    it("refuses a position that is none", async () => {
      await refused((await alice.postern.conversation(bob.address)).history({ before: "x" }), "INVALID_CURSOR");
    });
    itTellsNoSecret();
  });
});
