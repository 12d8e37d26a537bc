import { expect } from "chai";
import { toBase58 } from "../../sdk/src/crypto/index.js";
import { Unasked, type UnaskedKeys } from "../../sdk/src/send/unasked.js";

const HOUR_MS = 3_600_000;
const [PEER, OTHER] = [1, 2].map((fill) => toBase58(new Uint8Array(32).fill(fill))) as [string, string];
const keys = (fill: number, generation = 0): UnaskedKeys => ({ hash: new Uint8Array(32).fill(fill), generation });

describe("what a client opens without being asked", () => {
  const clock = Date.now;
  let atMs: number;
  beforeEach(() => {
    atMs = clock();
    Date.now = () => atMs;
  });
  afterEach(() => void (Date.now = clock));

  const taken = (unasked: Unasked, peer: string, many: readonly (UnaskedKeys | undefined)[]): boolean[] => many.map((one) => unasked.takes(peer, one));

  it("is three inboxes for the same keys of both sides, however much later", () => {
    const unasked = new Unasked();
    expect(taken(unasked, PEER, [keys(1), keys(1), keys(1), keys(1)])).to.deep.equal([true, true, true, false]);
    atMs += 2 * HOUR_MS;
    expect(taken(unasked, PEER, [keys(1), keys(2), keys(1, 1)]), "other keys of either side are others").to.deep.equal([false, true, true]);
    expect(unasked.takes(OTHER, keys(1)), "and so is another peer").to.equal(true);
  });

  it("is six in an hour for a peer, however often it changes its keys, and as many in the next one", () => {
    const unasked = new Unasked();
    const many = Array.from({ length: 7 }, (_, i) => (i === 0 ? undefined : keys(i)));
    expect(taken(unasked, PEER, many)).to.deep.equal([true, true, true, true, true, true, false]);
    expect(unasked.takes(OTHER, keys(7))).to.equal(true);
    atMs += HOUR_MS - 1;
    expect(unasked.takes(PEER, keys(7))).to.equal(false);
    atMs += 1;
    expect(unasked.takes(PEER, keys(7))).to.equal(true);
  });

  it("does not count where nothing was opened after all", () => {
    const unasked = new Unasked();
    for (let i = 0; i < 10; i++) {
      expect(unasked.takes(PEER, keys(1))).to.equal(true);
      unasked.giveBack(PEER, keys(1));
    }
    unasked.giveBack(PEER, keys(1)); // never below nothing
    expect(taken(unasked, PEER, [keys(1), keys(1), keys(1), keys(1)])).to.deep.equal([true, true, true, false]);
  });
});
