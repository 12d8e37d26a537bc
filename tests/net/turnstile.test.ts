import { expect } from "chai";
import { Turnstile } from "../../sdk/src/net/turnstile.js";

const never = new AbortController().signal;
/** Work that ends when it is told to. */
function work(): { run: () => Promise<string>; end: () => void; readonly begun: boolean } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let begun = false;
  return { run: async () => ((begun = true), await ended, "done"), end: () => end(), get begun() { return begun; } };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a turnstile", () => {
  it("lets so many through at once and the others in their order, whether work succeeds or fails", async () => {
    const turnstile = new Turnstile(2);
    const works = Array.from({ length: 4 }, work);
    const passed = works.map(({ run }) => turnstile.pass(run, never));
    const failed = turnstile.pass(async () => Promise.reject(new Error("no")), never).catch((error: Error) => error.message);
    await settled();
    expect(works.map(({ begun }) => begun)).to.deep.equal([true, true, false, false]);
    works[1]!.end();
    await passed[1];
    await settled();
    expect(works.map(({ begun }) => begun)).to.deep.equal([true, true, true, false]);
    for (const { end } of works) end();
    expect(await Promise.all(passed)).to.deep.equal(["done", "done", "done", "done"]);
    expect(await failed).to.equal("no");
    expect(await turnstile.pass(async () => "free again", never)).to.equal("free again");
  });

  it("takes who aborts out of the queue, and leaves nothing of it", async () => {
    const turnstile = new Turnstile(1);
    const [first, second, third] = [work(), work(), work()];
    const ending = new AbortController();
    const passing = turnstile.pass(first.run, never);
    const aborted = turnstile.pass(second.run, ending.signal).catch(() => "aborted");
    const after = turnstile.pass(third.run, never);
    ending.abort();
    expect(await aborted).to.equal("aborted");
    first.end();
    await passing;
    third.end();
    expect(await after).to.equal("done");
    expect(second.begun).to.equal(false);
  });

  it("that is shut lets nobody through until it opens, those in the queue neither; a shorter word does not open it earlier", async () => {
    const turnstile = new Turnstile(1);
    const first = work();
    const begunAt: number[] = [];
    const passing = turnstile.pass(first.run, never);
    const queued = turnstile.pass(async () => void begunAt.push(performance.now()), never);
    const shutAt = performance.now();
    turnstile.shut(120);
    turnstile.shut(10);
    const left = turnstile.shutForMs;
    expect(left).to.be.at.most(120);
    expect(left + performance.now() - shutAt, "with what has passed").to.be.at.least(120);
    const later = turnstile.pass(async () => void begunAt.push(performance.now()), never);
    first.end();
    await Promise.all([passing, queued, later]);
    for (const at of begunAt) expect(at - shutAt).to.be.at.least(118); // a timer may fire a little early
    expect(turnstile.shutForMs).to.equal(0);
  });

  it("that is shut lets go of who aborts", async () => {
    const turnstile = new Turnstile(1);
    turnstile.shut(60_000);
    const ending = new AbortController();
    const waiting = turnstile.pass(async () => "through", ending.signal).catch(() => "aborted");
    ending.abort();
    expect(await waiting).to.equal("aborted");
  });
});
