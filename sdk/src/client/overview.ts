/** Everything that a list of conversations shows, from one read: nothing is handed over, so nothing is acknowledged. */
import type { Address } from "../program/index.js";
import { acceptKeys, unacceptedKeys } from "../sync/accepted-keys.js";
import type { Message } from "../sync/message.js";
import type { Conversation } from "./conversation.js";
import { internalsOf } from "./internals.js";
import { conversationsOf, refreshAll, requestsOf } from "./listing.js";
import type { MessageRequest } from "./message-request.js";
import type { Postern } from "./postern.js";
import { unreadCount } from "./read-marks.js";

export type Overview = {
  readonly registered: boolean;
  readonly balanceLamports: bigint;
  /** Latest message first. `latest` is undefined where no message can be read. */
  readonly conversations: readonly { readonly conversation: Conversation; readonly latest: Message | undefined; readonly unread: number }[];
  readonly requests: readonly MessageRequest[];
  /** Of every peer: the keys that took the place of those that the user of this device accepted. */
  readonly unaccepted: ReadonlyMap<Address, Uint8Array | undefined>;
};

/** @throws PosternError RPC_FAILED, STORE_FAILED, KEYS_ROTATED, LOCKED, CLOSED */
export async function readOverview(postern: Postern): Promise<Overview> {
  const { session } = internalsOf(postern);
  return session.run(async () => {
    const all = await refreshAll(session);
    const { channels, context } = session.send;
    const conversations = await conversationsOf(session, all);
    return {
      registered: channels.directory.profile?.currentGeneration !== undefined,
      balanceLamports: channels.directory.balanceLamports,
      conversations: await Promise.all(conversations.map(async (conversation) => {
        const channel = channels.channel(conversation.peer);
        return { conversation, latest: channel.timeline.messages.at(-1), unread: await unreadCount(context.store, channel) };
      })),
      requests: requestsOf(session, all),
      unaccepted: new Map(await Promise.all(all.map(async ({ peer }) => [peer, await unacceptedKeys(context.store, peer)] as const))),
    };
  });
}

/** What {@link Overview} says in `unaccepted`, of one wallet that need be no peer yet. @throws PosternError STORE_FAILED, LOCKED, CLOSED */
export function unacceptedKeysOf(postern: Postern, peer: Address): Promise<Uint8Array | undefined> {
  const { session } = internalsOf(postern);
  return session.run(() => unacceptedKeys(session.send.context.store, peer));
}

/** The user has accepted those. @throws PosternError STORE_FAILED, LOCKED, CLOSED */
export function acceptKeysOf(postern: Postern, peer: Address, keys: Uint8Array): Promise<void> {
  const { session } = internalsOf(postern);
  return session.run(() => acceptKeys(session.send.context.store, peer, keys));
}
