/** How the client treats an endpoint that has too much to do. */
import { memoryStore, Postern } from "@postern/sdk";
import type { Connection } from "@solana/web3.js";
import { expect } from "chai";
import { refusal } from "../e2e/support/refusal.js";
import { open, stage, type Person } from "../e2e/support/stage.js";
import { FaultProxy } from "./support/fault-proxy.js";
import type { Reply } from "../hostile/support/lying-rpc.js";

const throttle = (seconds: string): Reply => ({ status: 429, body: "slow down", headers: { "retry-after": seconds } });

describe("an endpoint that throttles", () => {
  const on = stage();
  let proxy: FaultProxy;
  let alice: Person;
  let bob: Person;
  /** When (ms) each call arrived since the last {@link answering}. */
  let arrivals: number[] = [];

  before(async () => {
    proxy = await FaultProxy.start(on.net);
    [alice, bob] = await on.people(2);
    await open(alice, bob);
  });
  after(() => proxy.stop());
  afterEach(() => proxy.be(undefined));

  /** The first `count` calls get this reply, whatever they ask. */
  const answering = (count: number, reply: Reply): void => {
    arrivals = [];
    proxy.rpc.always = async (_, forward) => (arrivals.push(performance.now()) <= count ? reply : forward());
  };
  /** When (ms) the client began its calls, had its first 429, and had read in it what it says. */
  const hearing = (): { readonly begun: number[]; answeredAt: number; toldAt: number; stop(): void } => {
    const { fetch } = globalThis;
    const heard = { begun: [] as number[], answeredAt: Infinity, toldAt: Infinity, stop: () => void (globalThis.fetch = fetch) };
    globalThis.fetch = async (input, init) => {
      if (String(input).startsWith(proxy.url)) heard.begun.push(performance.now());
      const answer = await fetch(input, init);
      const { body, status } = answer;
      if (status !== 429 || body === null || heard.answeredAt < Infinity) return answer;
      heard.answeredAt = performance.now();
      const cancel = body.cancel.bind(body); // the client lets go of the body, and then heeds the head
      body.cancel = () => cancel().finally(() => setImmediate(() => (heard.toldAt = performance.now())));
      return answer;
    };
    return heard;
  };
  const device = (connection: string | Connection): Promise<Postern> => on.connect(bob.wallet, { connection, store: memoryStore() });

  it("is left alone for as long as its Retry-After says, by every call of the client", async () => {
    const postern = await device(proxy.url);
    answering(1, throttle("1"));
    const heard = hearing();
    try {
      await Promise.all([postern.balance(), postern.conversations(), postern.canMessage([alice.address])]);
    } finally {
      heard.stop();
    }
    const since = heard.begun.filter((at) => at > heard.toldAt); // what was on its way already does not count
    expect(since.filter((at) => at < heard.answeredAt + 990)).to.deep.equal([]); // a timer may fire a little early
    expect(since).to.not.be.empty;
    expect(arrivals.length).to.be.above(3);
  });

  it("is asked again a little later where it does not say when, or the app's own connection keeps it to itself", async () => {
    for (const [connection, reply] of [[proxy.url, { status: 429, body: "slow down" }], [proxy.connection(), throttle("0")]] as const) {
      const postern = await device(connection);
      answering(2, reply);
      await postern.balance();
      expect(arrivals[2]! - arrivals[1]!).to.be.at.least(240);
    }
  });

  it("and asks for a minute fails the call with RPC_FAILED that says how long, and is asked nothing meanwhile", async () => {
    const postern = await device(proxy.url);
    answering(1, throttle("60"));
    const { context } = await refusal(postern.balance(), "RPC_FAILED");
    expect(context["retryAfterMs"]).to.be.within(50_000, 61_000);
    await refusal(postern.balance(), "RPC_FAILED");
    expect(arrivals).to.have.length(1);
  });

  it("never has more than eight calls of a client on their way", async () => {
    const postern = await device(proxy.url);
    proxy.be(({ n }) => ({ kind: "delay", dice: new Uint8Array(16).fill(n) }));
    await Promise.all(Array.from({ length: 40 }, () => postern.canMessage([alice.address])));
    expect(proxy.mostInFlight).to.be.within(2, 8);
  });

  it("prints nothing on the console of an app that gave a URL", async () => {
    const { error, warn, log } = console;
    const printed: unknown[] = [];
    console.error = console.warn = console.log = (...words: unknown[]) => void printed.push(words);
    try {
      const postern = await device(proxy.url);
      answering(2, throttle("0"));
      await postern.balance();
    } finally {
      Object.assign(console, { error, warn, log });
    }
    expect(printed).to.deep.equal([]);
  });
});

describe("a client that was given a URL", () => {
  const on = stage();

  it("cuts the requests that hang when it is closed, and leaves no connection", async () => {
    const proxy = await FaultProxy.start(on.net);
    try {
      const { wallet } = await on.person();
      const postern = await Postern.connect({ connection: proxy.url, wallet });
      proxy.rpc.always = () => "hang";
      const waiting = refusal(postern.balance(), "CLOSED");
      while (proxy.rpc.hanging === 0) await new Promise(setImmediate);
      await postern.close();
      await waiting;
      while ((await proxy.connections()) > 0) await new Promise(setImmediate); // the test's own time is the limit
    } finally {
      await proxy.stop();
    }
  });
});
