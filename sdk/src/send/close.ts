/** Leaving a conversation: what was read is acknowledged, and our inboxes are closed; rent and held postage return. */
import { isPosternError, PosternError } from "../errors.js";
import { closeInbox, INBOX_MIN_CAPACITY_BYTES, resizeInbox, type Instruction } from "../program/index.js";
import type { Channel } from "../sync/channel.js";
import { nowSeconds } from "../sync/context.js";
import { GAP_LIMIT } from "../sync/own-inboxes.js";
import { closableAt } from "../sync/closable.js";
import type { Outbox } from "../sync/peer-view.js";
import { acknowledgements, sendAcknowledgements } from "./acknowledgement.js";
import { currentDelegate, submitAsDelegate, type SendContext } from "./context.js";
import { requireFunds } from "./funds.js";

/** Another device posted, acknowledged or closed meanwhile: read again. */
const RACES: readonly string[] = ["SEQUENCE_MISMATCH", "BAD_ACKNOWLEDGE", "ACCOUNT_INVALID"];
const ATTEMPTS = 4;
/**
 * Closes every inbox of ours to the peer of a channel.
 * @returns lamports that went to the recorded refund addresses
 * @throws PosternError CLOSE_TOO_EARLY with `context.unreadByPeer` and `context.closableAt`; the acknowledgement is sent before
 */
export async function closeConversation(send: SendContext, channel: Channel): Promise<bigint> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await close(send, channel);
    } catch (error) {
      if (!isPosternError(error)) throw error;
      if (error.code === "CLOSE_TOO_EARLY" && error.context["closableAt"] === undefined) {
        await sendAcknowledgements(send, channel); // the cluster's clock is behind ours, and took them back with the closing
        throw tooEarly(channel.view.outboxes);
      }
      if (!RACES.includes(error.code) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function close(send: SendContext, channel: Channel): Promise<bigint> {
  await send.channels.refresh([channel.peer]);
  currentDelegate(send);
  const early = channel.view.outboxes.filter(({ inbox }) => closableAt(inbox) > nowSeconds());
  if (early.length > 0) {
    await sendAcknowledgements(send, channel);
    throw tooEarly(early);
  }
  const read = acknowledgements(send, channel);
  const closings = channel.view.outboxes.map((outbox) => closing(send, outbox));
  const steps = closings.length > 0 ? closings : read.instructions.length > 0 ? [{ instructions: [], generation: undefined, outbox: undefined }] : [];
  if (steps.length > 0) await requireFunds(send, { rentLamports: 0n, signatures: steps.length });
  let reclaimed = 0n;
  for (const [i, { instructions, generation, outbox }] of steps.entries()) {
    const generations = [...(generation === undefined ? [] : [generation]), ...(i === 0 ? read.generations : [])];
    const before = outbox && (await send.context.rpc.lamports(outbox.own.address));
    await submitAsDelegate(send, [...(i === 0 ? read.instructions : []), ...instructions], { generations });
    if (outbox && before !== undefined) reclaimed += before - (await send.context.rpc.lamports(outbox.own.address));
  }
  channel.leave();
  await send.channels.refresh([channel.peer]);
  return reclaimed;
}

function tooEarly(early: readonly Outbox[]): PosternError {
  const unreadByPeer = early.reduce((sum, { inbox }) => sum + inbox.next - inbox.acknowledged, 0);
  const at = new Date(Math.max(...early.map(({ inbox }) => closableAt(inbox))) * 1_000);
  return new PosternError("CLOSE_TOO_EARLY", "The peer has not read everything yet. Try again when it has, or after context.closableAt.", {
    context: { unreadByPeer, closableAt: at },
  });
}

/** One whose absence would end a later scan for our inboxes too early. */
function mustStay(send: SendContext, { own, inbox }: Outbox): boolean {
  return send.channels.directory.own.runIfClosed(own.generation, inbox.index) >= GAP_LIMIT;
}

/** One that must stay has given back already what it can. */
export function isAlreadySmallest(send: SendContext, outbox: Outbox): boolean {
  return outbox.inbox.capacity <= INBOX_MIN_CAPACITY_BYTES && mustStay(send, outbox);
}

/**
 * The instruction that gives an inbox up. One whose absence would end a later scan for our inboxes too early shrinks to the
 * smallest ring instead.
 */
export function closing(send: SendContext, outbox: Outbox): { instructions: Instruction[]; generation: number; outbox: Outbox } {
  const { own, inbox } = outbox;
  const { program } = send.context;
  const common = { program, inbox: own.address, refund: inbox.refund, expectedNext: inbox.next };
  const instruction = !mustStay(send, outbox)
    ? closeInbox({ ...common, closer: inbox.writer })
    : resizeInbox({ ...common, payer: inbox.writer, writer: inbox.writer, capacity: INBOX_MIN_CAPACITY_BYTES });
  return { instructions: [instruction], generation: own.generation, outbox };
}

