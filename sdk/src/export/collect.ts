/** Everything that a session can read, history included, with its gaps. Nothing counts as handed to the app by it. */
import type { Internals } from "../client/internals.js";
import { toBase58 } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import type { Channel } from "../sync/channel.js";
import type { Message } from "../sync/message.js";
import type { ExportContent, ExportedConversation, ExportedGap, ExportedKeys } from "./content.js";

/** @throws PosternError RPC_FAILED; NOT_REGISTERED when the keys are asked for and none are published */
export async function collect(internals: Internals, { keys }: { keys: boolean }): Promise<ExportContent> {
  const { channels, context: { cluster, program, wallet } } = internals.session.send;
  await channels.refresh();
  const conversations: ExportedConversation[] = [];
  for (const peer of channels.directory.peers()) conversations.push(await conversationOf(channels.channel(peer)));
  return {
    wallet, program, cluster: toBase58(cluster.genesisHash), scope: cluster.scope, exportedAt: new Date(),
    conversations: conversations.filter(({ messages, gaps }) => messages.length + gaps.length > 0),
    keys: keys ? publishedKeys(internals) : undefined,
  };
}

async function conversationOf(channel: Channel): Promise<ExportedConversation> {
  const all = await channel.everything();
  return {
    peer: channel.peer, state: channel.state,
    messages: all.filter((message) => missingIn(message) === undefined),
    gaps: all.flatMap((message) => missingIn(message) ?? []),
  };
}

function missingIn(message: Message): ExportedGap | undefined {
  if (message.kind !== "unreadable" || message.missing === undefined) return undefined;
  return { inbox: message.id.slice(0, message.id.lastIndexOf(".")), from: message.from, ...message.missing };
}

/** The secrets of every generation that is or was published, as far as this device holds them; copies. */
function publishedKeys({ keys, session }: Internals): ExportedKeys {
  const { channels, context: { keyring } } = session.send;
  const current = channels.directory.profile?.currentGeneration;
  if (current === undefined) throw new PosternError("NOT_REGISTERED", "This wallet is not registered yet, so it has no keys to export. Call register() once.");
  const generations = new Map<number, Uint8Array>();
  for (const generation of keyring.generations.filter((k) => k <= current)) {
    const secret = keyring.secret(generation);
    if (secret) generations.set(generation, secret);
  }
  return { kind: keys.kind, generations };
}
