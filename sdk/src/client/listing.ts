/** What this wallet has: conversations, requests, and whom it could write to. */
import { isPosternError } from "../errors.js";
import type { Address } from "../program/index.js";
import type { SendContext } from "../send/context.js";
import { HANDSHAKE_FRAMES } from "../sync/incoming.js";
import type { Channel } from "../sync/channel.js";
import { Conversation } from "./conversation.js";
import { MessageRequest } from "./message-request.js";
import { unreadCount } from "./read-marks.js";
import type { Session } from "./session.js";

/** Reads everything of every peer, and answers the requests that crossed ours. */
export async function refreshAll(session: Session): Promise<Channel[]> {
  const { channels } = session.send;
  await channels.refresh();
  const all = channels.directory.peers().map((peer) => channels.channel(peer));
  for (const channel of all) await session.settle(channel);
  return all;
}

export const listConversations = async (session: Session): Promise<Conversation[]> => conversationsOf(session, await refreshAll(session));

export async function conversationsOf(session: Session, channels: readonly Channel[]): Promise<Conversation[]> {
  const all = channels.filter(({ view }) => view.outboxes.length > 0);
  const { send } = session;
  const unknown = all.map(({ peer }) => peer).filter((peer) => send.channels.takesRequests(peer) === undefined);
  const reachable = await whoCanBeWritten(send, unknown);
  return all
    .sort((a, b) => latest(b) - latest(a) || (a.peer < b.peer ? -1 : 1))
    .map((channel) => new Conversation(session, channel, (send.channels.takesRequests(channel.peer) ?? reachable.get(channel.peer)) === true));
}

/** Messages that are not marked as read in the conversations that {@link listConversations} lists. */
export async function countUnread(session: Session): Promise<number> {
  let count = 0;
  for (const channel of await refreshAll(session)) if (channel.view.outboxes.length > 0) count += await unreadCount(session.send.context.store, channel);
  return count;
}

/** Unix time (seconds) of the last frame in either direction. */
function latest({ view }: Channel): number {
  return Math.max(0, ...[...view.outboxes, ...view.inbounds].map(({ inbox }) => inbox.lastTime));
}

export const listRequests = async (session: Session): Promise<MessageRequest[]> => requestsOf(session, await refreshAll(session));

export function requestsOf(session: Session, channels: readonly Channel[]): MessageRequest[] {
  const waiting = channels.flatMap((channel) => {
    const requests = channel.view.requests.filter(({ inbox }) => inbox.next > HANDSHAKE_FRAMES);
    const firstIndex = channel.timeline.messages.findIndex((message, i) => !message.mine && requests.some(({ key }) => key === channel.timeline.keyAt(i)));
    const first = channel.timeline.messages[firstIndex];
    const openedSlot = requests.map(({ inbox }) => inbox.openedSlot).reduce((a, b) => (b < a ? b : a), 2n ** 64n);
    return first ? [{ openedSlot, request: new MessageRequest(session, channel, first) }] : [];
  });
  return waiting.sort((a, b) => (a.openedSlot < b.openedSlot ? -1 : a.openedSlot > b.openedSlot ? 1 : 0)).map(({ request }) => request);
}

/** Per wallet: active keys and a policy that is not closed. An account that is not what it should be is a no. */
export async function whoCanBeWritten({ context, peers }: SendContext, wallets: readonly Address[]): Promise<Map<Address, boolean>> {
  const unique = [...new Set(wallets)];
  const profiles = await peers.profiles(unique).catch(async (error: unknown) => {
    if (!isPosternError(error, "ACCOUNT_INVALID")) throw error;
    return Promise.all(unique.map((wallet) => peers.profile(wallet).catch((reason: unknown) => {
      if (!isPosternError(reason, "ACCOUNT_INVALID")) throw reason;
      return undefined;
    })));
  });
  return new Map(unique.map((wallet, i) => {
    const profile = profiles[i];
    return [wallet, wallet !== context.wallet && profile?.currentGeneration !== undefined && profile.policy.kind !== "closed"];
  }));
}
