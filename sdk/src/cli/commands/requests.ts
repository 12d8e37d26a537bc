import type { MessageRequest } from "../../client/message-request.js";
import type { Postern } from "../../client/postern.js";
import { PosternError } from "../../errors.js";
import { walletBytes } from "../../program/index.js";
import { COMMON, wordsOf } from "../options.js";
import { printable } from "../output.js";
import { withPostern } from "../session.js";
import { UsageError } from "../usage.js";
import { warnOfKeys } from "./keys.js";

export async function requests(args: string[]): Promise<void> {
  const { values } = wordsOf(args, { ...COMMON, accept: { type: "string" }, decline: { type: "string" } }, []);
  const { accept, decline } = values;
  if (accept !== undefined && decline !== undefined) throw new UsageError("Pass --accept or --decline, not both.");
  await withPostern(values, async (postern, out) => {
    if (accept !== undefined) {
      await out.during("Accepting", (await requestOf(postern, accept)).accept());
      const keysChanged = await warnOfKeys(postern, accept, out).catch(() => undefined); // it is accepted, whatever fails now
      out.result({ accepted: accept, keysChanged }, `Accepted ${accept}.`);
    } else if (decline !== undefined) {
      await out.during("Declining", (await requestOf(postern, decline)).decline());
      out.result({ declined: decline }, `Declined ${decline}.`);
    } else {
      const waiting = await out.during("Looking for requests", postern.requests());
      if (waiting.length === 0) out.aside("Nobody waits for an answer.");
      for (const { from, firstMessage } of waiting) {
        const said = firstMessage.kind === "content" ? { text: firstMessage.content.text } : { unreadable: firstMessage.reason };
        const keysChanged = await warnOfKeys(postern, from, out);
        out.result({ from, postedAt: firstMessage.postedAt, ...said, keysChanged }, `${firstMessage.postedAt.toISOString()}  ${from}\n  ${printable(said.text ?? `(unreadable: ${said.unreadable ?? ""})`)}`);
      }
    }
  });
}

/** @throws PosternError INVALID_ADDRESS; NOT_A_REQUEST where that wallet does not wait for an answer */
async function requestOf(postern: Postern, from: string): Promise<MessageRequest> {
  walletBytes(from);
  const found = (await postern.requests()).find((request) => request.from === from);
  if (found === undefined) throw new PosternError("NOT_A_REQUEST", "This wallet does not wait for an answer. See postern requests.", { context: { from } });
  return found;
}
