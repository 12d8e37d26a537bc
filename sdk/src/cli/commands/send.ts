import { text as textOf } from "node:stream/consumers";
import { COMMON, lamportsOf, wordsOf } from "../options.js";
import { sol } from "../output.js";
import { withPostern } from "../session.js";
import { warnOfKeys } from "./keys.js";

export async function send(args: string[]): Promise<void> {
  const { values, positionals } = wordsOf(args, { ...COMMON, "max-postage": { type: "string" } }, ["<address>", "<text>"]);
  const [peer, given] = positionals as [string, string];
  const maxPostageLamports = lamportsOf("--max-postage", values["max-postage"]) ?? 0n;
  const text = given === "-" ? await textOf(process.stdin) : given;
  await withPostern(values, async (postern, out) => {
    const chat = await postern.conversation(peer);
    const { id, seq, cursor, signature, feeLamports, status } = await out.during("Sending", chat.send(text, { maxPostageLamports }));
    const keysChanged = await warnOfKeys(postern, peer, out).catch(() => undefined); // it is sent: nothing that fails now may say otherwise
    out.result({ id, seq, cursor, signature, feeLamports, status, state: chat.state, keysChanged }, `${status}, for ${sol(feeLamports)}: ${signature}${chat.state === "requested" ? "\nIt waits to be accepted." : ""}`);
  });
}
