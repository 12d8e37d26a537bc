/** A wallet from a keypair file, unlocked on a network, with what this device remembers. */
import { Connection } from "@solana/web3.js";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { keypairWallet, type KeypairWallet } from "../client/keypair-wallet.js";
import { Postern } from "../client/postern.js";
import { PosternError } from "../errors.js";
import { fileStore } from "../node/file-store.js";
import { memoryStore } from "../store/memory.js";
import type { Store } from "../store/store.js";
import { KeypairError } from "./exit-code.js";
import type { Common } from "./options.js";
import { endpointOf, solanaConfig } from "./solana-config.js";
import { UsageError } from "./usage.js";

/** @throws KeypairError, UsageError, PosternError as `Postern.connect` */
export async function connect({ url, witness, keypair, program, store }: Common): Promise<Postern> {
  const config = await solanaConfig();
  const wallet = await walletIn(keypair ?? config.keypairFile);
  const connection = connectionTo("--url", endpointOf(url ?? config.url));
  return Postern.connect({
    connection, wallet, store: await storeIn(store, connection), session: "memory",
    ...(program !== undefined && { programId: program }),
    ...(witness !== undefined && { witness: connectionTo("--witness", endpointOf(witness)) }),
  });
}

function connectionTo(option: string, url: string): Connection {
  try {
    return new Connection(url, "confirmed");
  } catch {
    throw new UsageError(`${option} takes an http:// or https:// address, or localhost, devnet, testnet, mainnet-beta; not ${url}.`);
  }
}

/** A JSON array of 64 bytes, as `solana-keygen` writes it. What is wrong with it is said without any of it. */
async function walletIn(file: string): Promise<KeypairWallet> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new KeypairError(`There is no keypair file at ${file}. Make one with solana-keygen new, or pass --keypair.`);
  });
  try {
    const bytes: unknown = JSON.parse(text);
    if (Array.isArray(bytes) && bytes.length === 64 && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)) return keypairWallet(Uint8Array.from(bytes as number[]));
  } catch {
    // said below, without what was in the file
  }
  throw new KeypairError(`${file} is no keypair file: a JSON array of 64 numbers, seed and public key.`);
}

/** By default a folder for each cluster: a store remembers which one it belongs to. */
async function storeIn(folder: string | undefined, connection: Connection): Promise<Store> {
  if (folder === "none") return memoryStore();
  if (folder !== undefined) return fileStore(resolve(folder));
  const data = process.env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share");
  const genesisHash = await connection.getGenesisHash().catch((cause: unknown) => {
    throw new PosternError("RPC_FAILED", "The RPC endpoint does not answer. Check --url, or run postern localnet.", { cause });
  });
  return fileStore(join(data, "postern", genesisHash));
}
