/** Leaving an inbox whose keys were replaced: the peer is told where the conversation goes on, and it is closed when all is read. */
import { MESSAGE_KIND } from "../crypto/index.js";
import { addressBytes } from "../program/index.js";
import type { Channel } from "../sync/channel.js";
import type { Outbox } from "../sync/peer-view.js";
import { closing } from "./close.js";
import { submitAsDelegate, type SendContext } from "./context.js";
import { Draft } from "./draft.js";
import { requireFunds } from "./funds.js";

/** `moved` (PROTOCOL.md, section 8): the inbox in which this conversation goes on, 32 bytes. */
export function announcement(outbox: Outbox, channel: Channel): Draft {
  return new Draft(MESSAGE_KIND.moved, addressBytes(channel.announced(outbox).own.address));
}

/** Closes an inbox of ours that is read to its end; its rent goes to the recorded refund address. */
export async function closeOutbox(send: SendContext, outbox: Outbox, signal: AbortSignal): Promise<void> {
  await requireFunds(send, { rentLamports: 0n, signatures: 2 });
  const { instructions, generation } = closing(send, outbox);
  await submitAsDelegate(send, instructions, { generations: [generation], signal });
}
