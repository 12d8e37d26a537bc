import type { Conversation } from "../../client/conversation.js";
import { unacceptedKeysOf } from "../../client/overview.js";
import type { Postern } from "../../client/postern.js";
import { PosternError } from "../../errors.js";
import { COMMON, wordsOf } from "../options.js";
import type { Output } from "../output.js";
import { withPostern } from "../session.js";

export async function keys(args: string[]): Promise<void> {
  const { values, positionals } = wordsOf(args, { ...COMMON, accept: { type: "string" } }, ["<address>"]);
  await withPostern(values, async (postern, out) => {
    const chat = await postern.conversation(positionals[0] as string);
    const isAccepted = values.accept !== undefined && (await out.during("Reading keys", accept(chat, values.accept)));
    const number = await out.during("Reading keys", chat.safetyNumber()); // takes note of what is published now
    const keysChanged = await chat.keysChanged();
    const { peer } = chat;
    const more = keysChanged ? `\n${replaced(peer)}` : isAccepted ? "\nAccepted." : "";
    out.result({ peer, safetyNumber: number, keysChanged }, `${grouped(number)}\nThe same digits are to be shown at the other end.${more}`);
  });
}

/** True where the keys of a wallet were replaced since this device saw them, which people are told. */
export async function warnOfKeys(postern: Postern, peer: string, out: Output): Promise<boolean> {
  const keysChanged = (await unacceptedKeysOf(postern, peer)) !== undefined;
  if (keysChanged) out.aside(replaced(peer));
  return keysChanged;
}

/** Keys that are replaced once more in between are not those that were compared. True where there were any to accept. */
async function accept(chat: Conversation, given: string): Promise<boolean> {
  const before = await chat.safetyNumber();
  const keysChanged = await chat.keysChanged();
  const compared = given.replace(/\s/g, "");
  if (compared !== before || compared !== (await chat.safetyNumber())) {
    throw new PosternError("INVALID_ARGUMENT", "That is not the safety number as it is now. See it with postern keys, and compare it again.", { context: { peer: chat.peer } });
  }
  await chat.acceptKeys();
  return keysChanged;
}

const replaced = (peer: string): string =>
  `The keys of ${peer} were replaced since this device saw them. Compare the safety number over another channel: postern keys ${peer}, then --accept "<number>".`;

const grouped = (digits: string): string => digits.replace(/\d{5}(?=\d)/g, "$& ");
