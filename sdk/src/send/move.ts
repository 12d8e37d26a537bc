/** Leaving an inbox whose keys were replaced: the peer is told where the conversation goes on, and it is closed when all is read. */
import { MESSAGE_KIND } from "../crypto/index.js";
import { addressBytes } from "../program/index.js";
import { announced } from "../sync/care.js";
import type { Channel } from "../sync/channel.js";
import type { Outbox } from "../sync/peer-view.js";
import { replacedSince } from "../sync/succession.js";
import { closing, isAlreadySmallest } from "./close.js";
import { submitAsDelegate, type SendContext } from "./context.js";
import { Draft } from "./draft.js";
import { requireFunds } from "./funds.js";

/**
 * Another device of the peer's may have signed a message for the old pair before it saw the new one. A transaction lives 150 blocks; the
 * rest is for slots without a block, and for what that device had not read yet.
 */
const IN_FLIGHT_SLOTS = 200n;

/** `moved` (PROTOCOL.md, section 8): the inbox in which this conversation goes on, 32 bytes. */
export function announcement(outbox: Outbox, channel: Channel): Draft {
  return new Draft(MESSAGE_KIND.moved, addressBytes(announced(channel, outbox).own.address));
}

/**
 * Closes an inbox of ours that is read to its end, once nothing can be on its way any more into the one that answers it; its rent
 * goes to the recorded refund address. False when that has to wait, or it has to stay.
 */
export async function closeOutbox(send: SendContext, channel: Channel, outbox: Outbox, signal: AbortSignal): Promise<boolean> {
  const since = replacedSince(outbox, channel.view.outboxes);
  if (since === undefined || isAlreadySmallest(send, outbox) || (await send.context.rpc.slot()) < since + IN_FLIGHT_SLOTS) return false;
  await requireFunds(send, { rentLamports: 0n, signatures: 2 });
  const { instructions, generation } = closing(send, outbox);
  await submitAsDelegate(send, instructions, { generations: [generation], signal });
  return true;
}
