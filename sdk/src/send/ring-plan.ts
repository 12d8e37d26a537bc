/** Whether a payload fits a ring as it stands, and how far the ring must grow when it does not. */
import { PosternError } from "../errors.js";
import { FRAME_HEAD_BYTES, INBOX_HEADER_BYTES, MAX_GROWTH_BYTES, resizeInbox, type Address, type Inbox, type Instruction } from "../program/index.js";
import type { Outbox } from "../sync/peer-view.js";
import type { SendContext } from "./context.js";
import { missingLamports } from "./funds.js";

/** Bytes of the ring that hold frames the reader has not acknowledged; in a request, all of them. */
export function unreadBytes(inbox: Inbox): number {
  const frames = inbox.state === "request" ? inbox.frames : inbox.frames.filter(({ seq }) => seq >= inbox.acknowledged);
  return frames.reduce((sum, { payload }) => sum + FRAME_HEAD_BYTES + payload.length, 0);
}

/** Ring bytes that are needed for a payload of this length behind everything unread. */
export function requiredBytes(inbox: Inbox, payloadBytes: number): number {
  return unreadBytes(inbox) + FRAME_HEAD_BYTES + payloadBytes;
}

export type Growth = { readonly capacity: number; readonly instructions: readonly Instruction[]; readonly rentLamports: bigint };

/**
 * The growth that a payload needs; undefined when it fits as it is. Doubles within the app's budget where the balance pays
 * for that, else takes what is needed.
 * @throws PosternError INBOX_FULL, with `context.missingLamports` when only the balance is in the way
 */
export async function planGrowth(send: SendContext, outbox: Outbox, payer: Address, payloadBytes: number): Promise<Growth | undefined> {
  const { inbox } = outbox;
  const required = requiredBytes(inbox, payloadBytes);
  if (inbox.overwrite ? FRAME_HEAD_BYTES + payloadBytes <= inbox.capacity : required <= inbox.capacity) return undefined;
  const context = { capacityBytes: inbox.capacity, unreadBytes: unreadBytes(inbox), neededBytes: FRAME_HEAD_BYTES + payloadBytes };
  if (required > send.maxBytesPerInbox) {
    throw new PosternError("INBOX_FULL", "The peer has not read what fills this inbox, and it may not grow further. Wait for the peer, or raise growth.maxBytesPerInbox.", { context });
  }
  const generous = Math.min(send.maxBytesPerInbox, Math.max(required, 2 * inbox.capacity));
  for (const capacity of new Set([generous, required])) {
    const rentLamports = await growthLamports(send, inbox.capacity, capacity);
    if ((await missingLamports(send, { rentLamports, signatures: 2 })) === 0n) return { capacity, rentLamports, instructions: steps(send, outbox, payer, capacity) };
  }
  const missing = await missingLamports(send, { rentLamports: await growthLamports(send, inbox.capacity, required), signatures: 2 });
  throw new PosternError("INBOX_FULL", "This inbox is full, and the delegate cannot pay for its growth. Call fund() with at least context.missingLamports.", {
    context: { ...context, missingLamports: missing },
  });
}

async function growthLamports(send: SendContext, from: number, to: number): Promise<bigint> {
  const { fees } = send.submitter;
  return (await fees.rentLamports(INBOX_HEADER_BYTES + to)) - (await fees.rentLamports(INBOX_HEADER_BYTES + from));
}

/** One instruction adds 10,240 bytes at most. */
function steps(send: SendContext, { own, inbox }: Outbox, payer: Address, capacity: number): Instruction[] {
  const common = { program: send.context.program, payer, writer: inbox.writer, inbox: own.address, refund: inbox.refund, expectedNext: inbox.next };
  const instructions: Instruction[] = [];
  for (let at = inbox.capacity; at < capacity;) {
    at = Math.min(capacity, at + MAX_GROWTH_BYTES);
    instructions.push(resizeInbox({ ...common, capacity: at }));
  }
  return instructions;
}
