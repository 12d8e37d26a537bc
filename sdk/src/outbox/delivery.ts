/** Delivers one message of the outbox, or finds that it has been delivered. */
import { bucketFor, MESSAGE_OVERHEAD } from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import { throwIfAborted } from "../net/abort.js";
import type { Address } from "../program/index.js";
import type { SendContext } from "../send/context.js";
import type { Deliveries, Delivered } from "../send/deliver.js";
import { isRace } from "../send/races.js";
import { Draft, type SignedFrame } from "../send/draft.js";
import { sentMessage } from "../send/sent.js";
import type { Outgoing } from "./message.js";
import { Superseded, type OutboxMessages } from "./messages.js";
import { hasLanded } from "./outcome.js";
import { failureOf } from "./record.js";

/** What passes by itself: tried again, ever more slowly. */
const PASSING: readonly string[] = ["RPC_FAILED", "ENDPOINTS_DISAGREE", "TRANSACTION_EXPIRED", "STORE_FAILED", "KEYS_ROTATED", "ABORTED", "CLOSED", "LOCKED"];

export type Courier = { readonly send: SendContext; readonly deliveries: Deliveries; readonly messages: OutboxMessages };

/**
 * Afterwards the message is confirmed, or has failed, or has left the outbox.
 * @throws PosternError what stands in the way of it for now
 */
export async function deliver(courier: Courier, message: Outgoing, signal: AbortSignal): Promise<void> {
  const { messages } = courier;
  messages.inHand.add(message);
  try {
    for (;;) {
      throwIfAborted(signal);
      await messages.reread(message);
      if (!messages.has(message) || (message.status !== "queued" && message.status !== "sent")) return;
      try {
        await tryOnce(courier, message, signal);
      } catch (error) {
        if (!(error instanceof Superseded)) throw error; // else it was changed elsewhere, and is looked at again
      }
    }
  } finally {
    messages.inHand.delete(message);
  }
}

async function tryOnce(courier: Courier, message: Outgoing, signal: AbortSignal): Promise<void> {
  const { send, deliveries, messages } = courier;
  const { peer, kind, body, frames, maxPostageLamports } = message.stored.record;
  const channel = send.channels.channel(peer);
  const draft = new Draft(kind, body, { kept: frames, keep: (frame) => keep(messages, message, frame) });
  const messageBytes = (bucketFor(body.length) ?? 0) + MESSAGE_OVERHEAD;
  try {
    const delivered = (await resumed(send, message, signal)) ?? (await deliveries.deliver(channel, draft, { maxPostageLamports, messageBytes, signal }));
    const sent = await sentMessage(send, channel, delivered);
    await messages.change(message, { status: sent.status, sent });
  } catch (error) {
    if (error instanceof Superseded) throw error;
    const coded = isPosternError(error) ? error : new PosternError("UNEXPECTED", "Something went wrong that should not. Try again.", { cause: error });
    if (PASSING.includes(coded.code) || isRace(coded)) throw coded;
    await messages.change(message, { status: "failed", failure: failureOf(coded) });
  }
}

/** The frame goes into the store before the network hears of it. */
async function keep(messages: OutboxMessages, message: Outgoing, frame: SignedFrame): Promise<void> {
  const { place } = frame;
  const others = message.stored.record.frames.filter((other) => other.place.key !== place.key || other.place.seq !== place.seq);
  await messages.change(message, { status: "sent", frames: [...others, frame] });
}

/** What became of the last transaction that was signed, perhaps by a process that was killed: it is followed to its end. */
async function resumed(send: SendContext, { stored }: Outgoing, signal: AbortSignal): Promise<Delivered | undefined> {
  const { peer, frames } = stored.record;
  const last = frames.at(-1);
  if (last === undefined) return undefined;
  const { place: { key, seq }, signed: { signature, feeLamports } } = last;
  const address = key.split(":")[0] as Address;
  try {
    return { address, key, seq, landed: await send.submitter.follow(last.signed, signal) };
  } catch (error) {
    if (!isPosternError(error)) throw error;
    if (error.code !== "TRANSACTION_EXPIRED") {
      if (PASSING.includes(error.code)) throw error;
      return undefined; // the network has refused it: it is certain not to land
    }
  }
  const channel = send.channels.channel(peer);
  await send.channels.refresh([peer]);
  return (await hasLanded(send, channel, last)) ? { address, key, seq, landed: { signature, feeLamports, status: send.context.rpc.commitment } } : undefined;
}
