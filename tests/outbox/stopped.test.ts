/**
 * A process that stops at each of its steps: from its n-th call on, for every n, neither the store nor the endpoint answers any more,
 * the n-th being carried out or not. Another one goes on with the store.
 */
import { memoryStore, type OutgoingMessage, type Store } from "@postern/sdk";
import type { Connection } from "@solana/web3.js";
import { expect } from "chai";
import { open, stage, type Person } from "../e2e/support/stage.js";
import { collect, textsOf, until } from "../e2e/support/waiting.js";

const LANES = 8;
/** Before a call is where the one before it was carried out, but for calls side by side: a long run (`POSTERN_KILL_RUNS`) tries both. */
const MOMENTS = [["after", true], ...(process.env["POSTERN_KILL_RUNS"] === undefined ? [] : [["before", false] as const])] as const;

/** Counts the calls of everything that it wraps, and answers none from the n-th on. */
class Stopper {
  readonly stopped: Promise<void>;
  readonly #at: number;
  readonly #isCarriedOut: boolean;
  #tell!: () => void;
  #calls = 0;
  isCounting = false;

  constructor(at: number, isCarriedOut: boolean) {
    this.#at = at;
    this.#isCarriedOut = isCarriedOut;
    this.stopped = new Promise((resolve) => (this.#tell = resolve));
  }

  wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          const pass = (): unknown => Reflect.apply(value, target, args) as unknown;
          if (!this.isCounting || ++this.#calls < this.#at) return pass();
          const last = this.#calls === this.#at && this.#isCarriedOut ? Promise.resolve(pass()).catch(() => undefined) : Promise.resolve();
          void last.then(this.#tell);
          return new Promise(() => undefined);
        };
      },
    });
  }
}

describe("the outbox of a process that stops", function () {
  this.timeout(300_000);
  const on = stage();

  /** Whether it stopped before everything was done, and how many messages it had put in for certain. */
  async function stopAt(step: number, isCarriedOut: boolean, alice: Person, bob: Person, texts: readonly string[]): Promise<{ isStopped: boolean; put: number }> {
    const stopper = new Stopper(step, isCarriedOut);
    const kept: Store = memoryStore();
    const first = await on.device(alice, { store: stopper.wrap(kept), connection: stopper.wrap<Connection>(on.connection) });
    const chat = await first.postern.conversation(bob.address);
    stopper.isCounting = true;
    let put = 0;
    const queued = (async () => {
      const messages: OutgoingMessage[] = [];
      for (const text of texts) {
        messages.push(await chat.enqueue(text));
        put++;
      }
      await Promise.all(messages.map(({ done }) => done));
      return false;
    })();
    const isStopped = await Promise.race([queued, stopper.stopped.then(() => true)]);
    queued.catch(() => undefined); // CLOSED
    await first.postern.close();
    const later = await on.device(alice, { store: kept });
    const rest = await later.postern.conversation(bob.address);
    for (const message of await rest.outgoing()) await message.done;
    await later.postern.close();
    return { isStopped, put };
  }

  for (const [how, isCarriedOut] of MOMENTS) {
    it(`${how} any call to the store or the endpoint has delivered each message that was put in once, in order, when another goes on`, async () => {
      let next = 1;
      let isOver = false;
      const lane = async (): Promise<void> => {
        const [alice, bob] = await on.people(2);
        await open(alice, bob, "start");
        const reader = await bob.postern.conversation(alice.address);
        const seen = collect((signal) => reader.messages({ signal }));
        const puts = new Map<number, number>();
        while (!isOver) {
          const step = next++;
          const { isStopped, put } = await stopAt(step, isCarriedOut, alice, bob, [`${step}.1`, `${step}.2`]);
          puts.set(step, put);
          if (!isStopped) isOver = true;
        }
        await (await alice.postern.conversation(bob.address)).send("end");
        await until(() => textsOf(seen.items).at(-1) === "end", "the last message");
        const texts = textsOf(await seen.stop());
        expect(texts[0]).to.equal("start");
        // One may have been put in though the process stopped before it was told so.
        const wanted = [...puts].flatMap(([step, put]) => Array.from({ length: texts.includes(`${step}.${put + 1}`) ? put + 1 : put }, (_, n) => `${step}.${n + 1}`));
        expect(texts.slice(1, -1)).to.deep.equal(wanted);
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      expect(next).to.be.above(30);
    });
  }
});
