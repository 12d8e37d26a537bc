// Puts messages into the outbox of a file store until it is killed, or, with `drain`, goes on with what is there until nothing is left.
// node sender.mjs RPC_URL SECRET_KEY_HEX FOLDER PEER PREFIX | node sender.mjs RPC_URL SECRET_KEY_HEX FOLDER PEER drain
// Tells, a line each: `rpc METHOD` before each call, `+` after each message that is in the outbox for certain.
import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Connection } from "@solana/web3.js";
import { keypairWallet, Postern } from "../../../sdk/dist/esm/index.js";
import { fileStore } from "../../../sdk/dist/esm/node/index.js";

const [rpcUrl, secretKey, folder, peer, prefix] = process.argv.slice(2);
const tellingFetch = (url, init) => {
  writeSync(1, `rpc ${JSON.parse(init.body).method}\n`);
  return fetch(url, init);
};
const postern = await Postern.connect({
  connection: new Connection(rpcUrl, { commitment: "confirmed", fetch: tellingFetch }),
  wallet: keypairWallet(Uint8Array.from(Buffer.from(secretKey, "hex"))),
  store: fileStore(folder),
});
const chat = await postern.conversation(peer);

/** A full inbox has room again once the peer has read. */
async function retryFailed() {
  for (const message of await chat.outgoing()) {
    if (message.status !== "failed") continue;
    if (message.error.code !== "INBOX_FULL") throw message.error;
    await message.retry().catch((error) => { if (error.code !== "INVALID_ARGUMENT") throw error; }); // the other process was quicker
  }
}

for (let i = 0; prefix !== "drain"; i++) {
  while ((await chat.outgoing()).length > 5) {
    await retryFailed();
    await wait(20);
  }
  await chat.enqueue(`${prefix}.${i} ${"x".repeat((i * 97) % 400)}`);
  writeSync(1, "+\n");
}
while ((await chat.outgoing()).length > 0) {
  await retryFailed();
  await wait(50);
}
await postern.close();
