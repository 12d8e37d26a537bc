import { Keypair, type Connection, type PublicKey } from "@solana/web3.js";

import { keypairWallet, type KeypairWallet } from "../client/keypair-wallet.js";
import { PosternError } from "../errors.js";
import { waitUntil } from "./rpc.js";

/** A wallet with a fresh key and SOL of the local network. Its key is worth nothing anywhere else. */
export type LocalnetWallet = KeypairWallet & {
  readonly address: string;
  /** 64 bytes, as `Keypair.fromSecretKey` takes them. Not enumerable, so that logging a wallet does not print it. */
  readonly secretKey: Uint8Array;
};

const LAMPORTS_PER_SOL = 1_000_000_000;
const FUNDED_WITHIN_MS = 20_000;
const POLL_INTERVAL_MS = 20;

/** Who pays, and the eyes that must see it. */
export interface Faucet {
  readonly connection: Connection;
  pay(address: string, lamports: number): Promise<void>;
  /** Aborted when the network stops. */
  readonly stopped: AbortSignal;
}

/**
 * @throws PosternError `INVALID_ARGUMENT` for an amount that is no number of lamports; `RPC_FAILED` when the faucet does not
 * pay; `CLOSED` when the network stops.
 */
export async function fundedWallet(faucet: Faucet, sol: number): Promise<LocalnetWallet> {
  const lamports = Math.round(sol * LAMPORTS_PER_SOL);
  if (!Number.isSafeInteger(lamports) || lamports < 0) {
    throw new PosternError("INVALID_ARGUMENT", "The SOL of a wallet is a number from 0 to 9,007,199.", { context: { sol } });
  }
  const { publicKey, secretKey } = Keypair.generate();
  if (lamports > 0) await fund(faucet, publicKey, lamports);
  const wallet = { ...keypairWallet(secretKey), address: publicKey.toBase58() };
  return Object.freeze(Object.defineProperty(wallet, "secretKey", { value: secretKey })) as LocalnetWallet;
}

/** Resolves when a reader at "confirmed" sees the balance. */
async function fund({ connection, pay, stopped }: Faucet, publicKey: PublicKey, lamports: number): Promise<void> {
  const timing = { timeoutMs: FUNDED_WITHIN_MS, intervalMs: POLL_INTERVAL_MS, signal: stopped };
  if (!stopped.aborted) await pay(publicKey.toBase58(), lamports);
  if (await waitUntil(async () => (await connection.getBalance(publicKey)) >= lamports, timing)) return;
  throw stopped.aborted
    ? new PosternError("CLOSED", "This local network was stopped; start another.")
    : new PosternError("RPC_FAILED", "The local network's faucet did not pay; ask for less SOL or start the network anew.", { context: { lamports } });
}
