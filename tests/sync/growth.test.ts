import { expect } from "chai";
import { toBase58 } from "../../sdk/src/crypto/index.js";
import { isPosternError } from "../../sdk/src/errors.js";
import { FRAME_HEAD_BYTES } from "../../sdk/src/program/index.js";
import type { SendContext } from "../../sdk/src/send/context.js";
import { planGrowth } from "../../sdk/src/send/ring-plan.js";
import type { Outbox } from "../../sdk/src/sync/peer-view.js";

const ADDRESS = toBase58(new Uint8Array(32).fill(1));
const BUDGET = 4_096;
const send = {
  maxBytesPerInbox: BUDGET, context: { program: ADDRESS }, channels: { directory: { balanceLamports: 10n ** 9n } },
  submitter: { fees: { rentLamports: async (bytes: number) => BigInt(bytes), rentRate: async () => ({ emptyLamports: 0n }), signatureLamports: async () => 1n }, priority: { typicalLamports: 0n } },
} as unknown as SendContext;
/** A ring with one frame of so many bytes in it, head included. */
const outboxOf = (capacity: number, frameBytes: number, inbox: { state: "open" | "request"; acknowledged: number }): Outbox => {
  const frames = [{ seq: 0, time: 0, payload: new Uint8Array(frameBytes - FRAME_HEAD_BYTES) }];
  return { own: { address: ADDRESS }, inbox: { ...inbox, capacity, frames, next: 1, overwrite: false, writer: ADDRESS, refund: ADDRESS } } as unknown as Outbox;
};
/** What a ring grows to for a message of so many bytes, head included. */
const grownTo = async (outbox: Outbox, bytes: number): Promise<number | string | undefined> =>
  planGrowth(send, outbox, ADDRESS, bytes - FRAME_HEAD_BYTES).then((growth) => growth?.capacity, (error: unknown) => (isPosternError(error) ? error.code : String(error)));

describe("the ring of an inbox", () => {
  const unread = { state: "open", acknowledged: 0 } as const;

  it("does not grow for what it has room for, to the byte, and doubles for a byte more", async () => {
    expect(await grownTo(outboxOf(1_000, 400, unread), 600)).to.equal(undefined);
    expect(await grownTo(outboxOf(1_000, 400, unread), 601)).to.equal(2_000);
  });

  it("grows to the app's budget, to the byte, and is full behind it", async () => {
    expect(await grownTo(outboxOf(3_500, 3_400, unread), BUDGET - 3_400)).to.equal(BUDGET);
    expect(await grownTo(outboxOf(3_500, 3_400, unread), BUDGET - 3_399)).to.equal("INBOX_FULL");
  });

  it("has room again where it was acknowledged; in a request, whose frames stay, it has not", async () => {
    expect(await grownTo(outboxOf(1_000, 900, { state: "open", acknowledged: 1 }), 1_000)).to.equal(undefined);
    expect(await grownTo(outboxOf(1_000, 900, { state: "request", acknowledged: 1 }), 1_000)).to.equal(2_000);
  });
});
