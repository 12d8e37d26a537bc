import type { Message } from "../../sync/message.js";
import { COMMON, countOf, wordsOf } from "../options.js";
import { printable, type Output } from "../output.js";
import { interruption, withPostern } from "../session.js";

export async function read(args: string[]): Promise<void> {
  const { values, positionals } = wordsOf(args, { ...COMMON, limit: { type: "string" }, after: { type: "string" }, follow: { type: "boolean" } }, ["<address>"]);
  const limit = countOf("--limit", values.limit);
  await withPostern(values, async (postern, out) => {
    const chat = await postern.conversation(positionals[0] as string);
    let after = values.after;
    if (after === undefined) {
      const messages = await out.during("Reading", chat.history(limit === undefined ? {} : { limit }));
      if (messages.length === 0) out.nothing(values.follow === true ? "No messages yet. Waiting for the first, until Ctrl-C." : "No messages yet.");
      for (const message of messages) show(message, out);
      after = messages.at(-1)?.cursor;
      if (after !== undefined) await chat.markRead(after);
      if (values.follow !== true) return;
    }
    const signal = interruption();
    for await (const message of chat.messages({ signal, ...(after !== undefined && { after }) })) {
      show(message, out);
      await chat.markRead(message.cursor);
      if (values.follow !== true && message.cursor === (await chat.history({ limit: 1 })).at(-1)?.cursor) return;
    }
  });
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
