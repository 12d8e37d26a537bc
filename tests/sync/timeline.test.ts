import { expect } from "chai";
import fc from "fast-check";
import { sealMessage, toBase58, utf8 } from "../../sdk/src/crypto/index.js";
import { Timeline, type Source } from "../../sdk/src/sync/timeline.js";

const side = (fill: number, mine: boolean): Omit<Source, "frames" | "first" | "next"> => ({
  key: `${toBase58(new Uint8Array(32).fill(fill))}:${"07".repeat(16)}`,
  address: toBase58(new Uint8Array(32).fill(fill)),
  openSalt: new Uint8Array(16).fill(7),
  from: mine ? "me" : "peer",
  mine,
  inboxKey: new Uint8Array(64).fill(fill),
  start: 0,
  openedSlot: BigInt(fill),
  openedTime: 0,
  lastTime: 0,
  head: new Uint8Array(32),
});

type Line = { readonly time: number; readonly seen: number; readonly text: string };

function source(parts: Omit<Source, "frames" | "first" | "next">, lines: readonly Line[]): Source {
  const frames = lines.map(({ time, seen, text }, seq) => ({
    seq, time, payload: sealMessage(parts.inboxKey, { seq, inner: { kind: 0, sent: time, seen, body: utf8(text) }, r32: new Uint8Array(32).fill(9) }),
  }));
  return { ...parts, first: 0, next: frames.length, frames };
}

function texts(...sources: Source[]): (string | undefined)[] {
  const timeline = new Timeline("peer", () => undefined);
  const counterpart = sources.find(({ mine }) => !mine)?.key;
  timeline.ingest(sources.map((one) => (one.mine ? { ...one, counterpart } : one)));
  return timeline.messages.map((message) => (message.kind === "content" ? message.text : undefined));
}

describe("the timeline of a conversation", () => {
  for (const [name, mine, theirs] of [["lower", 1, 2], ["higher", 2, 1]] as const) {
    it(`puts an answer behind what it answers within one second, whichever inbox has the ${name} address`, () => {
      const question = source(side(mine, true), [{ time: 100, seen: 0, text: "ask" }, { time: 100, seen: 1, text: "thanks" }]);
      const answer = source(side(theirs, false), [{ time: 100, seen: 1, text: "answer" }]);
      expect(texts(question, answer)).to.deep.equal(["ask", "answer", "thanks"]);
      expect(texts(answer, question)).to.deep.equal(["ask", "answer", "thanks"]);
    });
  }

  it("goes by the chain's time before it believes what a sender says to have seen", () => {
    const mine = source(side(1, true), [{ time: 101, seen: 0, text: "late" }]);
    const theirs = source(side(2, false), [{ time: 100, seen: 0xffff_ffff, text: "early" }]);
    expect(texts(mine, theirs)).to.deep.equal(["early", "late"]);
  });

  it("keeps each direction's order and loses nothing, whatever times and counts the frames carry", () => {
    const lines = fc.array(fc.record({ time: fc.integer({ min: 0, max: 3 }), seen: fc.nat({ max: 0xffff_ffff }) }), { maxLength: 12 });
    fc.assert(fc.property(lines, lines, (ours, peers) => {
      const a = ours.map((line, i) => ({ ...line, text: `a${i}` }));
      const b = peers.map((line, i) => ({ ...line, text: `b${i}` }));
      const merged = texts(source(side(1, true), a), source(side(2, false), b));
      expect(merged.filter((text) => text?.startsWith("a"))).to.deep.equal(a.map(({ text }) => text));
      expect(merged.filter((text) => text?.startsWith("b"))).to.deep.equal(b.map(({ text }) => text));
    }), { numRuns: 60 });
  });
});
