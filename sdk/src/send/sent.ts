/** What an app is told of a message that stands on the ledger. */
import { fromHex } from "../crypto/index.js";
import type { Channel } from "../sync/channel.js";
import { encodeCursor, type Cursor } from "../sync/cursor.js";
import { messageId } from "../sync/message.js";
import type { SendContext } from "./context.js";
import type { Delivered } from "./deliver.js";
import { unreadBytes } from "./ring-plan.js";

/** `id`, `seq` and `cursor` are those of the {@link Message} that `messages()` yields. */
export type SentMessage = {
  readonly id: string;
  readonly seq: number;
  readonly cursor: Cursor;
  /** Base58, of the transaction that holds the message. */
  readonly signature: string;
  readonly feeLamports: bigint;
  readonly status: "confirmed" | "finalized";
  /** How full our inbox is now: unread are the bytes that the peer has not acknowledged. */
  readonly ring: { readonly capacityBytes: number; readonly unreadBytes: number };
};

/** Reads the conversation once more, if that can be done: the message stands, whether we see it now or later. */
export async function sentMessage({ channels }: SendContext, channel: Channel, { address, key, seq, landed }: Delivered): Promise<SentMessage> {
  await channels.refresh([channel.peer]).catch(() => undefined);
  const outbox = channel.view.outboxes.find(({ own }) => own.key === key);
  const id = messageId(address, fromHex(key.split(":")[1] ?? ""), seq);
  const seen = channel.timeline.find(id);
  const { signature, feeLamports, status } = landed;
  return {
    id,
    seq,
    cursor: seen?.cursor ?? encodeCursor(new Map([[key, seq + 1]])),
    signature,
    feeLamports,
    status,
    ring: outbox ? { capacityBytes: outbox.inbox.capacity, unreadBytes: unreadBytes(outbox.inbox) } : { capacityBytes: 0, unreadBytes: 0 },
  };
}
