// Reads a conversation page by page, from its end to its beginning and again, until it is killed; keeps what it reads in a file store.
// node reader.mjs RPC_URL SECRET_KEY_HEX FOLDER PEER
// Tells the id of each message that it was given, a line each: those are kept for certain.
import { writeSync } from "node:fs";
import { Connection } from "@solana/web3.js";
import { keypairWallet, Postern } from "../../../sdk/dist/esm/index.js";
import { fileStore } from "../../../sdk/dist/esm/node/index.js";

const [rpcUrl, secretKey, folder, peer] = process.argv.slice(2);
const postern = await Postern.connect({
  connection: new Connection(rpcUrl, "confirmed"),
  wallet: keypairWallet(Uint8Array.from(Buffer.from(secretKey, "hex"))),
  store: fileStore(folder),
});
const chat = await postern.conversation(peer);
for (;;) {
  for (let before; ; ) {
    const page = await chat.history({ limit: 1 + Math.floor(Math.random() * 4), ...(before && { before }) });
    if (page.length === 0) break;
    for (const { id, kind } of page) if (kind === "content") writeSync(1, `${id}\n`);
    before = page[0].cursor;
  }
}
