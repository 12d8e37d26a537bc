/** Pins: what a device has seen of a wallet's keys, while another session of the same store sees more. */
import { expect } from "chai";
import { concat, toBase58, u32 } from "../../sdk/src/crypto/index.js";
import { isPosternError } from "../../sdk/src/errors.js";
import type { Context } from "../../sdk/src/sync/context.js";
import type { PosternEvent } from "../../sdk/src/sync/events.js";
import { pinKeys } from "../../sdk/src/sync/peer-keys.js";

const [SELF, PEER] = [1, 2].map((fill) => toBase58(new Uint8Array(32).fill(fill))) as [string, string];
const hashOf = (generation: number): Uint8Array => new Uint8Array(32).fill(generation);
const pinOf = (generation: number): Uint8Array => concat(u32(100 + generation), u32(generation), hashOf(generation));
const keysOf = (generation: number, hash = hashOf(generation)): Parameters<typeof pinKeys>[2] => ({ card: { validFrom: 100 + generation, generation }, hash }) as Parameters<typeof pinKeys>[2];

/** A store in which another session writes a pin between the first look at it and its update. */
function between(first: Uint8Array | undefined, then: Uint8Array): { context: Context; events: PosternEvent[]; pin: () => Uint8Array | undefined } {
  const records = new Map<string, Uint8Array | undefined>([[`pin/${PEER}`, first]]);
  const events: PosternEvent[] = [];
  const store = {
    get: async (name: string) => {
      const found = records.get(name);
      if (name === `pin/${PEER}`) records.set(name, then);
      return found;
    },
    update: async (name: string, change: (stored: Uint8Array | undefined) => Uint8Array | undefined) => void records.set(name, change(records.get(name))),
  };
  return { context: { wallet: SELF, store, emit: (event: PosternEvent) => void events.push(event) } as unknown as Context, events, pin: () => records.get(`pin/${PEER}`) };
}
const outcome = (pinned: Promise<void>): Promise<string> => pinned.then(() => "pinned", (error: unknown) => (isPosternError(error) ? error.code : String(error)));

describe("the pin of a wallet's keys", () => {
  for (const first of [undefined, pinOf(0)]) {
    const before = first ? "older ones" : "none";
    it(`is not turned back to keys that another session has seen replaced meanwhile (${before} before)`, async () => {
      const { context, events, pin } = between(first, pinOf(2));
      expect(await outcome(pinKeys(context, PEER, keysOf(1)))).to.equal("KEYS_ROLLED_BACK");
      expect([pin(), events]).to.deep.equal([pinOf(2), []]);
    });

    it(`is not exchanged for other keys of the generation that another session has pinned meanwhile (${before} before)`, async () => {
      const { context, events, pin } = between(first, pinOf(1));
      expect(await outcome(pinKeys(context, PEER, keysOf(1, hashOf(9))))).to.equal("KEYS_CONFLICT");
      expect([pin(), events]).to.deep.equal([pinOf(1), []]);
    });

    it(`is not told as changed twice where another session has seen the same keys meanwhile (${before} before)`, async () => {
      const { context, events, pin } = between(first, pinOf(1));
      expect(await outcome(pinKeys(context, PEER, keysOf(1)))).to.equal("pinned");
      expect([pin(), events]).to.deep.equal([pinOf(1), []]);
    });
  }
});
