import { expect } from "chai";
import { logHead0, nextLogHead } from "../../sdk/src/crypto/index.js";
import { LogProof } from "../../sdk/src/sync/log-proof.js";

const PAYLOAD_BYTES = 942;
/** What a proof keeps: sdk/src/sync/log-proof.ts. */
const KEPT_BYTES = 4_000_000;

/** A log of so many frames, one a second, and the head in front of each. */
function logOf(count: number): { readonly frames: { seq: number; time: number; payload: Uint8Array }[]; readonly heads: Uint8Array[] } {
  const frames = Array.from({ length: count }, (_, seq) => ({ seq, time: 100 + seq, payload: new Uint8Array(PAYLOAD_BYTES).fill(seq) }));
  const heads = [logHead0(new Uint8Array(32), new Uint8Array(16))];
  for (const { seq, time, payload } of frames) heads.push(nextLogHead(heads[seq]!, seq, time, payload));
  return { frames, heads };
}

/** How many frames are proven when a log is read from its end to its beginning, with the heads in front of these known. */
function proven({ frames, heads }: ReturnType<typeof logOf>, known: readonly number[]): number[] {
  const proof = new LogProof(0);
  for (const seq of known) proof.know(seq, heads[seq]!);
  return [...frames].reverse().flatMap((frame) => {
    const told = proof.add(frame);
    expect(told).to.not.equal("contradicted");
    return told === "contradicted" || told === undefined ? [] : told.map(({ seq }) => seq);
  });
}

describe("the proof of a log that is read from its end", () => {
  it("holds for every frame once its beginning is reached", () => {
    const log = logOf(100);
    expect(proven(log, [0, 100]).sort((a, b) => a - b)).to.deep.equal(log.frames.map(({ seq }) => seq));
  });

  it("is given up where it would keep more than four megabytes: those frames stay unproven, and none is called false", () => {
    const count = Math.ceil(KEPT_BYTES / PAYLOAD_BYTES) + 10;
    expect(proven(logOf(count), [0, count])).to.deep.equal([]);
    expect(proven(logOf(count - 20), [0, count - 20]), "less is proven").to.have.length(count - 20);
  });

  it("begins anew below, at the next head that is known: what was kept with one is proven however long the log is", () => {
    const count = Math.ceil(KEPT_BYTES / PAYLOAD_BYTES) + 200;
    expect(proven(logOf(count), [0, 100, count]).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 100 }, (_, seq) => seq));
  });

  it("contradicts a frame that was altered, exchanged, or is of another time", () => {
    const { frames, heads } = logOf(10);
    for (const change of [{ payload: new Uint8Array(PAYLOAD_BYTES) }, { time: 107 }]) {
      const proof = new LogProof(0);
      for (const seq of [0, 10]) proof.know(seq, heads[seq]!);
      const told = [...frames].reverse().map((frame) => proof.add(frame.seq === 5 ? { ...frame, ...change } : frame));
      expect(told.at(-1)).to.equal("contradicted");
    }
  });
});
