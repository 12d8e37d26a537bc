/** What Solana's own command line has been told: its endpoint and its keypair file. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Names that Solana's command line takes for endpoints. */
const MONIKERS: Readonly<Record<string, string>> = {
  localhost: "http://127.0.0.1:8899",
  devnet: "https://api.devnet.solana.com",
  testnet: "https://api.testnet.solana.com",
  "mainnet-beta": "https://api.mainnet-beta.solana.com",
};
const FOLDER = join(homedir(), ".config", "solana");

export type SolanaConfig = { readonly url: string; readonly keypairFile: string };

/** `solana config get`, where there is such a file. Two settings of a flat YAML file are read, and nothing else. */
export async function solanaConfig(): Promise<SolanaConfig> {
  const text = await readFile(join(FOLDER, "cli", "config.yml"), "utf8").catch(() => "");
  const setting = (name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(['"]?)(.+?)\\1[ \\t]*$`, "m").exec(text)?.[2];
  return { url: endpointOf(setting("json_rpc_url") ?? "localhost"), keypairFile: setting("keypair_path") ?? join(FOLDER, "id.json") };
}

/** A moniker's endpoint, or the text itself. */
export function endpointOf(text: string): string {
  return MONIKERS[text] ?? text;
}
