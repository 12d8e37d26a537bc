import type { Conversation } from "../../client/conversation.js";
import { decodeCursor, type Cursor } from "../../sync/cursor.js";
import type { Message } from "../../sync/message.js";
import { COMMON, countOf, wordsOf } from "../options.js";
import { printable, type Output } from "../output.js";
import { interruption, withPostern } from "../session.js";
import { warnOfKeys } from "./keys.js";

export async function read(args: string[]): Promise<void> {
  const { values, positionals } = wordsOf(args, { ...COMMON, limit: { type: "string" }, after: { type: "string" }, follow: { type: "boolean" } }, ["<address>"]);
  const limit = countOf("--limit", values.limit);
  await withPostern(values, async (postern, out) => {
    const chat = await postern.conversation(positionals[0] as string);
    const signal = values.follow === true ? interruption() : undefined; // from before anything is shown: who has seen it may leave
    let after = values.after;
    if (after === undefined) {
      const messages = await out.during("Reading", chat.history(limit === undefined ? {} : { limit }));
      if (messages.length === 0) out.aside(values.follow === true ? "No messages yet. Waiting for the first, until Ctrl-C." : "No messages yet.");
      for (const message of messages) show(message, out);
      after = messages.at(-1)?.cursor;
      if (after !== undefined) await chat.markRead(after);
    }
    await warnOfKeys(chat, out);
    if (values.follow !== true && (values.after === undefined || (await isLast(chat, values.after)))) return;
    for await (const message of chat.messages({ ...(signal && { signal }), ...(after !== undefined && { after }) })) {
      show(message, out);
      await chat.markRead(message.cursor);
      if (values.follow !== true && (await isLast(chat, message.cursor))) return;
    }
  });
}

/** True where nothing stands behind a position. @throws PosternError INVALID_CURSOR */
async function isLast(chat: Conversation, cursor: Cursor): Promise<boolean> {
  const positions = decodeCursor(cursor);
  const [newest] = await chat.history({ limit: 1 });
  return newest === undefined || [...decodeCursor(newest.cursor)].every(([inbox, next]) => next <= (positions.get(inbox) ?? 0));
}

function show(message: Message, out: Output): void {
  const { id, seq, cursor, from, mine, sentAt, postedAt } = message;
  const [said, line] = saidIn(message);
  out.result({ id, seq, cursor, from, mine, sentAt, postedAt, ...said }, `${postedAt.toISOString()}  ${mine ? "you" : from}\n  ${line}`);
}

/** For scripts, and for people. */
function saidIn(message: Message): [Record<string, unknown>, string] {
  if (message.kind === "content") return [{ text: message.content.text }, printable(message.content.text)];
  const { reason, missing, unfetched } = message;
  const range = missing ?? unfetched;
  const line = range ? `(${range.lastSeq - range.firstSeq + 1} messages that are not here: ${reason})` : `(unreadable: ${reason})`;
  return [{ unreadable: reason, ...(missing && { missing }), ...(unfetched && { unfetched }) }, line];
}
