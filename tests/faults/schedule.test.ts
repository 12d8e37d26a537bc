import { expect } from "chai";
import { concerns, either, first, HTTP_FAULTS, roll, seeded, SOCKET_CONNECTION, SOCKET_FAULTS, SOCKET_MESSAGE, type Fault, type Rates } from "./support/faults.js";

const RATES: Rates = Object.fromEntries([...HTTP_FAULTS, ...SOCKET_FAULTS].map((kind) => [kind, 2_000]));
const METHODS = ["getMultipleAccounts", "sendTransaction", "getSignaturesForAddress", SOCKET_MESSAGE, SOCKET_CONNECTION];

/** The faults that the first `count` occasions of each kind meet. */
function plan(seed: string, count: number): (Fault | undefined)[] {
  const schedule = seeded(seed, RATES);
  return METHODS.flatMap((what) => Array.from({ length: count }, (_, n) => schedule({ what, n })));
}

describe("a schedule of faults", () => {
  it("is the same for the same seed, in whatever order calls come, and another for another seed", () => {
    const forwards = plan("one", 200);
    const schedule = seeded("one", RATES);
    const backwards = [...METHODS].reverse().flatMap((what) => Array.from({ length: 200 }, (_, i) => schedule({ what, n: 199 - i }))).reverse();
    expect(backwards).to.deep.equal(forwards);
    expect(plan("two", 200)).to.not.deep.equal(forwards);
  });

  it("holds every kind, each about as often as its rate, and only where it can happen", () => {
    const schedule = seeded("rates", RATES);
    for (const what of METHODS) {
      const met = Array.from({ length: 20_000 }, (_, n) => schedule({ what, n })).flatMap((fault) => (fault ? [fault.kind] : []));
      for (const kind of [...HTTP_FAULTS, ...SOCKET_FAULTS]) {
        const share = met.filter((other) => other === kind).length / 20_000;
        if (concerns(kind, what)) expect(share, `${kind} of ${what}`).to.be.within(0.015, 0.025);
        else expect(share, `${kind} of ${what}`).to.equal(0);
      }
    }
    const anywhere = [...HTTP_FAULTS, ...SOCKET_FAULTS].filter((kind) => METHODS.some((what) => concerns(kind, what)));
    expect(anywhere).to.deep.equal([...HTTP_FAULTS, ...SOCKET_FAULTS]);
  });

  it("rolls dice that reach every side", () => {
    const rolls = plan("dice", 2_000).flatMap((fault) => (fault ? [roll(fault, 0, 6)] : []));
    expect(new Set(rolls)).to.deep.equal(new Set([0, 1, 2, 3, 4, 5]));
  });

  it("may be made of single faults, one after the other", () => {
    const schedule = either(first(1, "cutRequest", "getMultipleAccounts"), first(2, "delay"));
    const met = ["sendTransaction", "getMultipleAccounts", "getMultipleAccounts", "getMultipleAccounts"].map((what, n) => schedule({ what, n })?.kind);
    expect(met).to.deep.equal(["delay", "cutRequest", "delay", undefined]);
  });
});
