import { expect } from "chai";
import { sealMessage, toBase58, utf8 } from "../../sdk/src/crypto/index.js";
import { Doubts } from "../../sdk/src/sync/doubts.js";
import type { Source } from "../../sdk/src/sync/timeline.js";

const KEY = new Uint8Array(64).fill(3);
const ADDRESS = toBase58(new Uint8Array(32).fill(3));
const readable = (seq: number): Uint8Array => sealMessage(KEY, { seq, inner: { kind: 0, sent: 0, seen: 0, body: utf8(`${seq}`) }, r32: new Uint8Array(32).fill(9) });
const damaged = (seq: number, at = 40): Uint8Array => readable(seq).map((byte, i) => (i === at ? byte ^ 1 : byte));

/** As decoded from an answer: every time new bytes. */
function source(payloads: readonly Uint8Array[], next = payloads.length): Source {
  const frames = payloads.map((payload, seq) => ({ seq, time: 0, payload: payload.slice() }));
  return {
    key: `${ADDRESS}:${"07".repeat(16)}`, address: ADDRESS, openSalt: new Uint8Array(16).fill(7), from: "peer", mine: false, inboxKey: KEY,
    start: 0, first: 0, next, frames, openedSlot: 0n, openedTime: 0, lastTime: 0, head: new Uint8Array(32),
  };
}

describe("a frame that cannot be read", () => {
  it("is left out, with all behind it, until a second answer says the same: read twice, one answer says it once", () => {
    const doubts = new Doubts();
    const payloads = [readable(0), damaged(1), readable(2)];
    const answer = {};
    for (let pass = 0; pass < 3; pass++) {
      const { next, frames } = doubts.settled(source(payloads), 0, answer);
      expect([next, frames.length]).to.deep.equal([1, 1]);
      expect(doubts.open).to.deep.equal([ADDRESS]);
    }
    expect(doubts.settled(source(payloads), 0, {}).next).to.equal(3);
    expect(doubts.open).to.deep.equal([]);
  });

  it("is taken as the second answer has it where that can be read, and doubted anew where it is damaged elsewhere", () => {
    const doubts = new Doubts();
    expect(doubts.settled(source([damaged(0)]), 0, {}).next).to.equal(0);
    expect(doubts.settled(source([damaged(0, 41)]), 0, {}).next).to.equal(0);
    expect(doubts.settled(source([readable(0)]), 0, {}).next).to.equal(1);
    expect(doubts.open).to.deep.equal([]);
  });

  it("is doubted the same where a ring holds fewer frames than its header counts", () => {
    const doubts = new Doubts();
    const answer = {};
    expect([1, 2].map(() => doubts.isDamaged(source([readable(0)], 2), answer))).to.deep.equal([true, true]);
    expect(doubts.isDamaged(source([readable(0)], 2), {})).to.equal(false);
  });
});
