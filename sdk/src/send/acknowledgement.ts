/** Telling a peer's inbox what has been read, so that its ring may reuse the room. */
import { isPosternError } from "../errors.js";
import { acknowledge, FRAME_HEAD_BYTES, type Instruction } from "../program/index.js";
import type { Channel } from "../sync/channel.js";
import type { Inbound } from "../sync/peer-view.js";
import type { SendContext } from "./context.js";
import { submitAsDelegate } from "./context.js";
import { missingLamports } from "./funds.js";

export type Acknowledgements = { readonly instructions: readonly Instruction[]; readonly generations: readonly number[] };

/** Acknowledgements that are due in a channel; each is signed by the delegate that the inbox names as its reader. */
export function acknowledgements({ context }: SendContext, channel: Channel): Acknowledgements {
  const instructions: Instruction[] = [];
  const generations: number[] = [];
  for (const inbound of channel.view.inbounds) {
    const upto = channel.acknowledgeable(inbound);
    const generation = context.keyring.generationOf(inbound.inbox.reader);
    if (upto === undefined || generation === undefined) continue;
    instructions.push(acknowledge({ program: context.program, reader: inbound.inbox.reader, inbox: inbound.address, upto }));
    generations.push(generation);
  }
  return { instructions, generations };
}

/**
 * True when what was handed over fills half of a ring of the peer's, from where on it could stop the peer from writing, and for
 * one that the peer has moved out of.
 */
export function isAcknowledgementDue(channel: Channel): boolean {
  return channel.view.inbounds.some((inbound) =>
    channel.acknowledgeable(inbound) !== undefined && (handedBytes(channel, inbound) >= inbound.inbox.capacity / 2 || channel.isFinished(inbound)));
}

/** Bytes of the peer's ring that have been handed over and not acknowledged. */
function handedBytes(channel: Channel, { inbox, key }: Inbound): number {
  const handed = channel.handedIn(key);
  return inbox.frames.filter(({ seq }) => seq >= inbox.acknowledged && seq < handed).reduce((sum, { payload }) => sum + FRAME_HEAD_BYTES + payload.length, 0);
}

/** Sends the acknowledgements alone, if the balance pays for it; one that another device was quicker with is no error. */
export async function sendAcknowledgements(send: SendContext, channel: Channel): Promise<void> {
  const { instructions, generations } = acknowledgements(send, channel);
  if (instructions.length === 0 || (await missingLamports(send, { rentLamports: 0n, signatures: 1 })) > 0n) return;
  try {
    await submitAsDelegate(send, instructions, { generations });
  } catch (error) {
    if (!isPosternError(error, "BAD_ACKNOWLEDGE")) throw error;
  }
}
