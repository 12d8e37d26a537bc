/**
 * The time that a comparison takes does not tell where two values differ. Wrong bytes of an attacker's come in two kinds, wrong
 * at the beginning and wrong at the end: an early exit would tell them apart.
 *
 * What it can see: one byte's worth in the helper, which compares tags (within the libraries), commitments, confirmations and hashes.
 * Through a whole function a few nanoseconds hide behind microseconds; there it sees work that is skipped.
 */
import { expect } from "chai";
import * as c from "../../sdk/src/crypto/index.js";
import { sodiumBackend } from "../../sdk/src/sodium/index.js";
import { fill } from "../crypto/fixture.js";
import { leak, type Race } from "./support/timing.js";

const wrongAt = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const ends = (bytes: Uint8Array, first = 0, last = bytes.length - 1): [Uint8Array, Uint8Array] => [wrongAt(bytes, first), wrongAt(bytes, last)];

const key = c.sha256(fill(7));
const box = c.seal(key, fill(3, 224));
const K = c.concat(key, c.sha256(key));
const frame = c.sealMessage(K, { seq: 2, inner: { kind: 0, sent: 1, seen: 1, body: fill(1, 200) }, r32: fill(9) });
const open = c.messageOpener(K);

function tried(act: () => unknown): void {
  try {
    act();
  } catch {
    // a refusal: how long it took is the question
  }
}

/** What everybody writes first, and what this test is against. */
function leaky(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const RACES: Readonly<Record<string, Race>> = {
  "the first or the last byte of a key of 32 bytes is wrong": { run: (given) => c.equal(given, key), inputs: ends(key), samples: 4_000, batch: 64 },
  "one byte or every byte of a key is wrong": { run: (given) => c.equal(given, key), inputs: [wrongAt(key, 0), key.map((byte) => byte ^ 0xff)], samples: 4_000, batch: 64 },
  "the first or the last byte of a commitment of 16 bytes is wrong": { run: (given) => c.equal(given, frame.subarray(14, 30)), inputs: ends(frame.slice(14, 30)), samples: 4_000, batch: 64 },
  "the first or the last byte of a message's commitment is wrong": { run: (given) => tried(() => open(2, given)), inputs: ends(frame, 14, 29), samples: 3_000, batch: 1 },
  "the first or the last byte of a box's tag is wrong": { run: (given) => c.open(key, given), inputs: ends(box, 0, 15), samples: 3_000, batch: 1 },
  "a box's tag is wrong, or the last byte of its text": { run: (given) => c.open(key, given), inputs: ends(box), samples: 3_000, batch: 1 },
};

describe("the time of a refusal", function () {
  this.timeout(240_000);
  afterEach(() => c.useCryptoBackend());

  for (const [difference, race] of Object.entries(RACES)) {
    it(`does not tell whether ${difference}`, () => expect(leak(race)).to.equal(undefined));
  }

  it("does not tell it with libsodium either", async () => {
    c.useCryptoBackend(await sodiumBackend());
    expect(leak({ run: (given) => c.open(key, given), inputs: ends(box, 0, 15), samples: 3_000, batch: 1 })).to.equal(undefined);
  });

  it("would tell it if a comparison stopped at the first difference, and this test would see that", () => {
    expect(leak({ run: (given) => leaky(given, key), inputs: ends(key), samples: 4_000, batch: 64 })).to.have.lengthOf(5);
  });

  it("would tell it if a tag were looked at before the work and not after, and this test would see that", () => {
    const tag = box.slice(0, 16);
    const run = (given: Uint8Array): unknown => (leaky(given.subarray(0, 8), tag.subarray(0, 8)) ? c.open(key, given) : null);
    expect(leak({ run, inputs: ends(box, 0, 15), samples: 1_000, batch: 1 })).to.have.lengthOf(5);
  });
});
