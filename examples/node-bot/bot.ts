/** An echo bot: answers every message with its own words. `RPC_URL` and `KEYPAIR` (a file as Solana's CLI makes it) say where and who. */
import { readFileSync } from "node:fs";
import { keypairWallet, Postern } from "@postern/sdk";
import { fileStore } from "@postern/sdk/node";

const { RPC_URL = "http://127.0.0.1:8899", KEYPAIR = "id.json", STORE = "./bot-store" } = process.env;
const ending = new AbortController();
process.once("SIGINT", () => ending.abort());
const [{ signal }, talking] = [ending, new Set<string>()];

async function echo(postern: Postern, peer: string): Promise<void> {
  if (talking.size === talking.add(peer).size) return; // asked twice
  const chat = await postern.conversation(peer);
  for await (const message of chat.messages({ after: (await chat.history()).findLast(({ mine }) => mine)?.cursor, signal })) {
    if (message.mine || message.kind !== "content") continue;
    await chat.send(`You said: ${message.text}`).catch((error: unknown) => signal.aborted || console.error(error)); // one peer stops nobody else's
  }
}
async function main(): Promise<void> {
  const wallet = keypairWallet(Uint8Array.from(JSON.parse(readFileSync(KEYPAIR, "utf8")) as number[]));
  const postern = await Postern.connect({ connection: RPC_URL, wallet, store: fileStore(STORE), session: "device" });
  await postern.register();
  console.log(`Write to ${postern.address}.`);
  for (const { peer } of await postern.conversations()) void echo(postern, peer);
  for (const { from } of await postern.requests()) void echo(postern, from);
  for await (const event of postern.events({ signal })) if (event.kind === "request") void echo(postern, event.from);
  await postern.close();
}

main().catch(({ message, context = "" }: Error & { readonly context?: unknown }) => {
  console.error(message, context);
  process.exitCode = 1;
});
