import type { Conversation } from "../../client/conversation.js";
import { decodeCursor, isBehind, type Cursor } from "../../sync/cursor.js";
import type { Message } from "../../sync/message.js";
import { COMMON, countOf, wordsOf } from "../options.js";
import { printable, type Output } from "../output.js";
import { interruption, withPostern } from "../session.js";
import { warnOfKeys } from "./keys.js";

const PAGE_MESSAGES = 500;

export async function read(args: string[]): Promise<void> {
  const { values, positionals } = wordsOf(args, { ...COMMON, limit: { type: "string" }, after: { type: "string" }, follow: { type: "boolean" } }, ["<address>"]);
  const limit = countOf("--limit", values.limit);
  const { after, follow = false } = values;
  await withPostern(values, async (postern, out) => {
    const chat = await postern.conversation(positionals[0] as string);
    const asked = after === undefined ? chat.history(limit === undefined ? {} : { limit }) : follow ? Promise.resolve([]) : newer(chat, after);
    const messages = await out.during("Reading", asked);
    const signal = follow ? interruption() : undefined; // from before anything is shown: who has seen it may leave
    if (messages.length === 0) out.aside(follow ? "Nothing yet. Waiting for what comes, until Ctrl-C." : after === undefined ? "No messages yet." : "Nothing newer.");
    let keysChanged = await warnOfKeys(postern, chat.peer, out);
    for (const message of messages) show(message, keysChanged, out);
    const last = messages.at(-1)?.cursor;
    if (last !== undefined) await chat.markRead(last);
    if (signal === undefined) return;
    const from = last ?? after;
    for await (const message of chat.messages({ signal, ...(from !== undefined && { after: from }) })) {
      keysChanged ||= await warnOfKeys(postern, chat.peer, out);
      show(message, keysChanged, out);
      await chat.markRead(message.cursor);
    }
  });
}

/** All that stands behind a position, oldest first. @throws PosternError INVALID_CURSOR */
async function newer(chat: Conversation, after: Cursor): Promise<Message[]> {
  const positions = decodeCursor(after);
  const found: Message[] = [];
  for (let before: Cursor | undefined; ;) {
    const page = await chat.history({ limit: PAGE_MESSAGES, ...(before !== undefined && { before }) });
    const news = page.filter((message) => isBehind(message, positions));
    found.unshift(...news);
    before = page[0]?.cursor;
    if (news.length === 0 || page.length < PAGE_MESSAGES) return found;
  }
}

function show(message: Message, keysChanged: boolean, out: Output): void {
  const { id, seq, cursor, from, mine, sentAt, postedAt } = message;
  const [said, line] = saidIn(message);
  out.result({ id, seq, cursor, from, mine, sentAt, postedAt, ...said, ...(keysChanged && { keysChanged }) }, `${postedAt.toISOString()}  ${mine ? "you" : from}\n  ${line}`);
}

/** For scripts, and for people. */
function saidIn(message: Message): [Record<string, unknown>, string] {
  if (message.kind === "content") return [{ text: message.content.text }, printable(message.content.text)];
  const { reason, missing, unfetched } = message;
  const range = missing ?? unfetched;
  const line = range ? `(${range.lastSeq - range.firstSeq + 1} messages that are not here: ${reason})` : `(unreadable: ${reason})`;
  return [{ unreadable: reason, ...(missing && { missing }), ...(unfetched && { unfetched }) }, line];
}
