/** Content → lines. */
import { toHex, utf8 } from "../crypto/index.js";
import type { Message } from "../sync/message.js";
import { CONTENT_VERSION, type ExportContent, type ExportedKeys } from "./content.js";

/** JSON lines in UTF-8. */
export function writeContent(content: ExportContent): Uint8Array {
  return utf8(`${[...linesOf(content)].map((line) => JSON.stringify(line)).join("\n")}\n`);
}

function* linesOf({ wallet, program, cluster, scope, exportedAt, conversations, keys }: ExportContent): Generator<Record<string, unknown>> {
  yield { type: "postern", version: CONTENT_VERSION, wallet, program, cluster, scope, exportedAt: exportedAt.toISOString() };
  if (keys) yield keysLine(keys);
  for (const { peer, state, messages, gaps } of conversations) {
    yield { type: "conversation", peer, state };
    for (const message of messages) yield messageLine(message);
    for (const { inbox, from, firstSeq, lastSeq } of gaps) yield { type: "gap", inbox, from, firstSeq, lastSeq };
  }
  const count = (of: "messages" | "gaps"): number => conversations.reduce((sum, conversation) => sum + conversation[of].length, 0);
  yield { type: "end", conversations: conversations.length, messages: count("messages"), gaps: count("gaps") };
}

function keysLine({ kind, generations }: ExportedKeys): Record<string, unknown> {
  return { type: "keys", kind, generations: [...generations].map(([generation, secret]) => ({ generation, secret: toHex(secret) })) };
}

function messageLine(message: Message): Record<string, unknown> {
  const { id, cursor, from, seq, sentAt, postedAt } = message;
  const body = message.kind === "content" ? { content: message.content } : { unreadable: message.reason };
  return { type: "message", id, cursor, from, seq, sentAt: sentAt.toISOString(), postedAt: postedAt.toISOString(), ...(message.unproven && { unproven: true }), ...body };
}
