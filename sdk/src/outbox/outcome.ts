/** Whether a frame that was signed has landed, when no endpoint tells by the signature any more. */
import { equal, readU32 } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { DISCRIMINATOR, type Address } from "../program/index.js";
import type { SendContext } from "../send/context.js";
import type { SignedFrame } from "../send/draft.js";
import type { Channel } from "../sync/channel.js";
import { instructionsOf } from "../sync/posts.js";

const PAGE = 1_000;
/** Posts after the one that is looked for, and whatever else names the inbox. */
const MAX_LOOKED_AT = 2_000;
/** `post`: discriminator 1, sequence number 4, length 4, payload. */
const POST_HEAD_BYTES = 9;

/**
 * Where a frame stands, as of the channel's last read. there: in the ring; taken: another frame has its number; free: nothing has yet;
 * evicted: the ring has let go of that number; closed: the inbox is gone, or was never opened.
 */
export type Whereabouts = "there" | "taken" | "free" | "evicted" | "closed";

export function whereaboutsOf({ view }: Channel, { place, frame }: SignedFrame): Whereabouts {
  const inbox = view.outboxes.find(({ own }) => own.key === place.key)?.inbox;
  if (inbox === undefined) return "closed";
  if (inbox.next <= place.seq) return "free";
  const standing = inbox.frames.find(({ seq }) => seq === place.seq);
  if (standing === undefined) return "evicted";
  return equal(standing.payload, frame) ? "there" : "taken";
}

/**
 * For a frame whose transaction can no longer land and of whose signature nothing is known. The ring decides where it still holds
 * that number; transaction history, by the frame's own bytes, where it does not.
 * @throws PosternError OUTCOME_UNKNOWN when history does not reach back, RPC_FAILED
 */
export async function hasLanded(send: SendContext, channel: Channel, signedFrame: SignedFrame): Promise<boolean> {
  const found = whereaboutsOf(channel, signedFrame);
  const { place, frame, signed } = signedFrame;
  const address = place.key.split(":")[0] as Address;
  if (found === "closed") return (await send.context.rpc.signatures(address, { limit: PAGE })).some(({ signature, err }) => signature === signed.signature && err === null);
  if (found !== "evicted") return found === "there";
  const posted = await postedAt(send, address, place.seq);
  if (posted !== undefined) return equal(posted, frame);
  throw new PosternError("OUTCOME_UNKNOWN", "Whether this message was delivered before the app stopped can no longer be told: the ring has moved on, and the RPC endpoint's history does not reach back. Ask the peer, then cancel it and send it anew, or retry with another endpoint.", {
    context: { signature: signed.signature, inbox: address, seq: place.seq },
  });
}

/** The payload that took a number in the life of an inbox that stands now, newest transactions first. */
async function postedAt({ context }: SendContext, address: Address, seq: number): Promise<Uint8Array | undefined> {
  let before: string | undefined;
  for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT;) {
    const batch = await context.rpc.signatures(address, { limit: PAGE, ...(before !== undefined && { before }) });
    for (const { signature } of batch.filter(({ err }) => err === null)) {
      lookedAt++;
      const transaction = await context.rpc.transaction(signature);
      for (const { program, accounts, data } of transaction ? instructionsOf(transaction) : []) {
        if (program !== context.program || data[0] !== DISCRIMINATOR.post || accounts[1] !== address || data.length < POST_HEAD_BYTES) continue;
        if (readU32(data, 1) === seq) return data.slice(POST_HEAD_BYTES, POST_HEAD_BYTES + readU32(data, 5));
      }
    }
    if (batch.length < PAGE) return undefined;
    before = batch.at(-1)?.signature;
  }
  return undefined;
}
