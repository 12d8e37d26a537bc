/** Key files as Solana's tools write them: the 64 bytes as a JSON array, readable by their owner alone. */
import { Keypair } from "@solana/web3.js";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** @throws with a sentence that says what to do when there is no key in the file. */
export function readKeypair(file: string, whatToDo: string): Keypair {
  try {
    return Keypair.fromSecretKey(Uint8Array.from(JSON.parse(readFileSync(file, "utf8")) as number[]));
  } catch {
    throw new Error(`${file} holds no key. ${whatToDo}`); // without the cause, which may quote what is in the file
  }
}

/** The key in a file, made when there is none. */
export function readOrMakeKeypair(file: string): Keypair {
  if (existsSync(file)) return readKeypair(file, "Delete it, if it is worth nothing, and run this again.");
  const keypair = Keypair.generate();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify([...keypair.secretKey]), { mode: 0o600, flag: "wx" });
  return keypair;
}
