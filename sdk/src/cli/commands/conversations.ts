import { COMMON, wordsOf } from "../options.js";
import { withPostern } from "../session.js";
import { warnOfKeys } from "./keys.js";

export async function conversations(args: string[]): Promise<void> {
  const { values } = wordsOf(args, COMMON, []);
  await withPostern(values, async (postern, out) => {
    const all = await out.during("Reading", postern.conversations());
    if (all.length === 0) out.aside("No conversations yet. Begin one with postern send, or see postern requests.");
    for (const chat of all) {
      const unread = await chat.unread();
      const keysChanged = await warnOfKeys(postern, chat.peer, out);
      out.result({ peer: chat.peer, state: chat.state, canSend: chat.canSend, unread, keysChanged }, `${chat.peer}  ${chat.state}${unread > 0 ? `, ${unread} unread` : ""}`);
    }
  });
}
