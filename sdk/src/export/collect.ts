/** Everything that a session can read now, with its gaps. Nothing counts as handed to the app by it. */
import type { Internals } from "../client/internals.js";
import { toBase58 } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import type { Channel } from "../sync/channel.js";
import type { ExportContent, ExportedConversation, ExportedGap, ExportedKeys } from "./content.js";

/** @throws PosternError RPC_FAILED; NOT_REGISTERED when the keys are asked for and none are published */
export async function collect(internals: Internals, { keys }: { keys: boolean }): Promise<ExportContent> {
  const { channels, context: { cluster, program, wallet } } = internals.session.send;
  await channels.refresh();
  const conversations = channels.directory.peers().map((peer) => conversationOf(channels.channel(peer)));
  return {
    wallet, program, cluster: toBase58(cluster.genesisHash), scope: cluster.scope, exportedAt: new Date(),
    conversations: conversations.filter(({ messages, gaps }) => messages.length + gaps.length > 0),
    keys: keys ? publishedKeys(internals) : undefined,
  };
}

function conversationOf({ peer, state, timeline }: Channel): ExportedConversation {
  return { peer, state, messages: [...timeline.messages], gaps: timeline.gaps.flatMap((gap) => stillMissing(gap, timeline.messages.map(({ id }) => id))) };
}

/** What of a gap has not turned up since. */
function stillMissing({ inbox, from, firstSeq, lastSeq }: ExportedGap, ids: readonly string[]): ExportedGap[] {
  const found = ids.filter((id) => id.startsWith(`${inbox}.`)).map((id) => Number(id.slice(inbox.length + 1))).filter((seq) => seq >= firstSeq && seq <= lastSeq).sort((a, b) => a - b);
  const missing: ExportedGap[] = [];
  let at = firstSeq;
  for (const seq of [...found, lastSeq + 1]) {
    if (seq > at) missing.push({ inbox, from, firstSeq: at, lastSeq: seq - 1 });
    at = seq + 1;
  }
  return missing;
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
