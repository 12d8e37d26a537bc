/** The cluster and the wallet that Anchor.toml names, as Anchor's own tools read them. */
import { Connection, type Keypair } from "@solana/web3.js";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { readKeypair } from "./keypair.js";

/** What of Anchor's provider is used; `wallet.payer` is there in `AnchorProvider` with a wallet of a key file. */
export type Provider = { readonly connection: Connection; readonly wallet: { readonly payer?: Keypair } };

const URLS: Readonly<Record<string, string>> = {
  localnet: "http://127.0.0.1:8899",
  devnet: "https://api.devnet.solana.com",
  testnet: "https://api.testnet.solana.com",
  mainnet: "https://api.mainnet-beta.solana.com",
};

const GENESIS: Readonly<Record<string, string>> = {
  EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG: "devnet",
  "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d": "mainnet",
};

/**
 * From the text of Anchor.toml, `[provider]`: a cluster by name or URL, and a key file. As with Anchor, the environment
 * variables ANCHOR_PROVIDER_URL and ANCHOR_WALLET come first.
 */
export function providerSettings(anchorToml: string, env: Readonly<Record<string, string | undefined>> = process.env): { url: string; walletFile: string } {
  const section = /^\[provider\]\s*$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(anchorToml)?.[1] ?? "";
  const value = (name: string): string | undefined => new RegExp(`^${name}\\s*=\\s*"([^"]*)"`, "m").exec(section)?.[1];
  const cluster = env["ANCHOR_PROVIDER_URL"] ?? value("cluster") ?? "localnet";
  const url = URLS[cluster.toLowerCase().replace(/-beta$/, "")] ?? cluster;
  if (!/^https?:\/\//.test(url)) throw new Error(`Anchor.toml's provider names the cluster ${cluster}. Use localnet, devnet, testnet, mainnet or a URL.`);
  const wallet = env["ANCHOR_WALLET"] ?? value("wallet") ?? "~/.config/solana/id.json";
  return { url, walletFile: wallet.replace(/^~(?=[\\/])/, homedir()) };
}

export function openProvider(anchorTomlFile: string): Provider {
  const { url, walletFile } = providerSettings(readFileSync(anchorTomlFile, "utf8"));
  const payer = readKeypair(walletFile, "Set [provider] wallet in Anchor.toml, or ANCHOR_WALLET, to the key file of the wallet that pays.");
  return { connection: new Connection(url, "confirmed"), wallet: { payer } };
}

/** devnet, mainnet, or "another cluster", by its genesis block. */
export async function clusterName(connection: Connection): Promise<string> {
  return GENESIS[await connection.getGenesisHash()] ?? "another cluster";
}
