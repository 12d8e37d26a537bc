import { expect } from "chai";
import { logHead0, nextLogHead } from "../../sdk/src/crypto/index.js";
import type { PastFrame } from "../../sdk/src/sync/log-history.js";
import { LogProof } from "../../sdk/src/sync/log-proof.js";

const PAYLOAD_BYTES = 942;
/** What a proof keeps: sdk/src/sync/log-proof.ts. */
const KEPT_BYTES = 4_000_000;

/** A log of so many frames, one a second unless told otherwise, and the head in front of each. */
function logOf(count: number, timeOf = (seq: number): number => 100 + seq, bytes = PAYLOAD_BYTES): { readonly frames: PastFrame[]; readonly heads: Uint8Array[] } {
  const frames = Array.from({ length: count }, (_, seq) => ({ seq, time: timeOf(seq), payload: new Uint8Array(bytes).fill(seq) }));
  const heads = [logHead0(new Uint8Array(32), new Uint8Array(16))];
  for (const { seq, time, payload } of frames) heads.push(nextLogHead(heads[seq]!, seq, time, payload));
  return { frames, heads };
}

/** How many frames are proven when a log is read from its end to its beginning, with the heads in front of these known. */
function proven({ frames, heads }: ReturnType<typeof logOf>, known: readonly number[], earliest = 0): number[] {
  const proof = new LogProof(earliest);
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

  it("is not attempted across a hole: what stands on either side of it stays unproven, and none is called false", () => {
    const { frames, heads } = logOf(10);
    expect(proven({ frames: frames.filter(({ seq }) => seq !== 5), heads }, [0, 10])).to.deep.equal([]);
    expect(proven({ frames: frames.filter(({ seq }) => seq !== 5), heads }, [0, 4, 10]), "below a head that is known").to.deep.equal([0, 1, 2, 3]);
  });

  it("goes by the later of a block's time and the last one, as the program does", () => {
    const log = logOf(10, (seq) => (seq === 5 ? 104 : 100 + seq)); // the clock went back by a second
    const told = log.frames.map((frame) => (frame.seq === 5 ? { ...frame, time: 99 } : frame));
    expect(proven({ ...log, frames: told }, [0, 10])).to.have.length(10);
  });

  it("is given up where too many times, or too long ones, would have to be searched for: those frames stay unproven, and none is called false", () => {
    const untold = (log: ReturnType<typeof logOf>, count: number): ReturnType<typeof logOf> => ({ ...log, frames: log.frames.map((frame) => (frame.seq < count ? { ...frame, time: undefined } : frame)) });
    const many = logOf(110, () => 100);
    expect(proven(untold(many, 101), [0, 110], 100)).to.deep.equal([]);
    expect(proven(untold(many, 100), [0, 110], 100), "fewer are found").to.have.length(110);
    const long = logOf(2, () => 200_000, 1);
    expect(proven(untold(long, 1), [0, 2], 0)).to.deep.equal([]);
    expect(proven(untold(long, 1), [0, 2], 190_000), "a shorter time is found").to.have.length(2);
  });
});
