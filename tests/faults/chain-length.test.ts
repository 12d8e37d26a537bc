import { memoryStore, type Message } from "@postern/sdk";
import { expect } from "chai";
import { shown, World, type Person } from "../hostile/support/world.js";
import { until } from "../hostile/support/until.js";
import { serveHistory } from "./support/long-history.js";
import { lengthenLog, textAt } from "./support/long-log.js";

/** What an app's call has set off goes on behind it; it has ended once nothing was asked, and nothing waited for an answer, at so many looks in a row, and nobody follows anything. */
const STILL_LOOKS = 20;
/** Posts that the accounts count, and as many transactions in the history that the endpoint lists for each of them. */
const COUNTS = [100, 100_000] as const;
const UNREAD = 2;
const NEXT = textAt(1e9).replace("1", "n");
const STEPS = ["open", "page", "send", "follow", "restart"] as const;

type Cost = { readonly calls: Record<string, number>; readonly bytes: number };
type Costs = Record<(typeof STEPS)[number], Cost>;

describe("an inbox with a hundred thousand posts", function () {
  this.timeout(120_000);
  let world: World;
  let few: Costs;
  let many: Costs;

  before(async () => {
    world = await World.start();
    few = await costsWith(COUNTS[0]);
    many = await costsWith(COUNTS[1]);
  });
  after(() => world.stop());

  /** What work costs in calls, by method, and in bytes of answers. */
  async function costOf(work: () => Promise<unknown>): Promise<Cost> {
    await untilStill();
    const { calls } = world.rpc;
    const [before, bytesBefore] = [calls.length, world.rpc.sentBytes];
    await work();
    const counts: Record<string, number> = {};
    const looks = new Set<string>(); // who follows looks at the same accounts again and again while work takes its time: that counts once
    for (const { method, params } of calls.slice(before)) {
      const look = method === "getMultipleAccounts" ? JSON.stringify(params) : undefined;
      if (look === undefined || !looks.has(look)) counts[method] = (counts[method] ?? 0) + 1;
      if (look !== undefined) looks.add(look);
    }
    return { calls: counts, bytes: world.rpc.sentBytes - bytesBefore };
  }

  /** What goes on behind a call belongs to no later one's cost. */
  async function untilStill(): Promise<void> {
    let [asked, looks] = [-1, 0];
    await until(() => {
      looks = world.rpc.calls.length === asked && world.rpc.inFlight === 0 ? looks + 1 : 0;
      asked = world.rpc.calls.length;
      return looks >= STILL_LOOKS;
    });
  }

  /** What is given before a text comes, from a cursor on. */
  async function followed(messages: (signal: AbortSignal) => AsyncIterable<Message>, upTo: string): Promise<Message[]> {
    const ending = new AbortController();
    const got: Message[] = [];
    for await (const message of messages(ending.signal)) {
      got.push(message);
      if (shown([message])[0] === upTo) ending.abort();
    }
    return got;
  }

  async function costsWith(count: number): Promise<Costs> {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    const since = (await bob.raw.own(0)).inbox.openedTime;
    const [ofAlice, ofBob] = await Promise.all([alice, bob].map(({ raw }) => lengthenLog(world.net.rpcUrl, raw, { count, unread: UNREAD, since })));
    const logs = [ofAlice!, ofBob!] as const;
    await serveHistory(world.rpc, logs, world.connection);
    const connect = (person: Person, store = memoryStore()): ReturnType<World["connect"]> =>
      world.connect({ wallet: person.wallet, connection: world.rpc.connection({ notifications: false }), store });

    const device = await connect(alice);
    const open = await costOf(async () => {
      const newest = shown(await (await device.conversation(bob.address)).history({ limit: 4 }));
      expect(newest, "what is in the rings is shown to the end").to.include(textAt(count - 1));
    });
    const chat = await device.conversation(bob.address);
    const page = await costOf(async () => {
      const read = await chat.history();
      expect(read.every(({ kind }) => kind === "content")).to.equal(true);
      expect(read.length, "from history too").to.equal(50);
      const unproven = read.filter(({ mine, seq }) => seq < (mine ? logs[0] : logs[1]).first).map((message) => message.unproven);
      expect(new Set(unproven), "from where the chain's beginning has not been read").to.deep.equal(new Set([true]));
    });
    const send = await costOf(() => chat.send(NEXT));

    const store = memoryStore();
    const reader = await connect(bob, store);
    const talk = await reader.conversation(alice.address);
    let got: Message[] = [];
    const follow = await costOf(async () => (got = await followed((signal) => talk.messages({ signal }), NEXT)));
    expect(shown(got).at(-1)).to.equal(NEXT);
    for (const [log, mine] of [[logs[0], false], [logs[1], true]] as const) {
      const numbers = got.filter((message) => message.mine === mine && message.kind === "content" && message.text !== NEXT).map(({ seq }) => seq);
      const rest = got.flatMap((message) => (message.mine === mine && message.kind === "unreadable" ? [message] : []));
      expect(numbers, "to the end, without a hole").to.deep.equal(Array.from({ length: numbers.length }, (_, i) => count - numbers.length + i));
      expect(numbers[0], "with some of what the ring has let go of").to.be.below(log.first);
      expect(rest.map(({ reason, unfetched, missing }) => ({ reason, unfetched, missing })), "and one entry for the rest").to.deep.equal(
        [{ reason: "HISTORY_NOT_FETCHED", unfetched: { firstSeq: mine ? 0 : 2, lastSeq: numbers[0]! - 1 }, missing: undefined }]);
      const before = (await talk.history({ before: rest[0]!.cursor, limit: 10 })).filter((message) => message.mine === mine).map(({ seq }) => seq);
      expect(before.at(-1), "which is read when it is asked for").to.equal(numbers[0]! - 1);
    }
    await reader.close();
    const again = await connect(bob, store);
    const restart = await costOf(async () => {
      const last = got.at(-1)!;
      await (await again.conversation(alice.address)).markRead(last.cursor);
      expect(await again.unread()).to.equal(0);
      await (await again.conversation(alice.address)).history({ limit: 4 });
    });
    await Promise.all([device.close(), again.close()]);
    world.rpc.honest();
    return { open, page, send, follow, restart };
  }

  for (const step of STEPS) {
    it(`costs no more calls and no more bytes to ${step} than one with a hundred`, () => {
      // how often a transaction's status is asked for depends on when it lands, and whether the last blockhash is still good on how old it is
      const steady = ({ calls: { getSignatureStatuses, sendTransaction, getBlockHeight, getEpochInfo, getLatestBlockhash, ...calls } }: Cost): Record<string, number> => calls;
      expect(many[step].calls["getLatestBlockhash"] ?? 0, `blockhashes to ${step}`).to.be.at.most(1);
      expect(Object.keys(steady(few[step])), `calls to ${step}`).to.not.be.empty;
      for (const [method, calls] of Object.entries(steady(many[step]))) expect(calls, `${method} to ${step}`).to.be.at.most(few[step].calls[method] ?? 0);
      expect(many[step].bytes, `bytes to ${step}`).to.be.at.most(1.5 * few[step].bytes);
    });
  }

  it("is opened, sent to and met again without a look at history", () => {
    for (const step of ["open", "send", "restart"] as const) expect(many[step].calls).to.not.have.any.keys("getTransaction", "getSignaturesForAddress");
  });
});
