import { ed25519 } from "@noble/curves/ed25519.js";
import { PublicKey } from "@solana/web3.js";

import { PosternError } from "../errors.js";
import type { WalletLike } from "./wallet-like.js";

/** What `keypairWallet` returns: a wallet that is always connected and can sign everything. */
export type KeypairWallet = WalletLike & Required<Pick<WalletLike, "signMessage" | "signTransaction" | "signAllTransactions">> & {
  readonly publicKey: { toBase58(): string };
};

/**
 * A wallet from a key in memory: for servers, scripts and tests. What it returns holds the key in a closure, where neither
 * `JSON.stringify` nor `util.inspect` sees it, and its own copy, so the caller may wipe the array that was passed.
 *
 * @param secretKey - 64 bytes, seed and public key, as in a Solana key file and `Keypair.secretKey`; or the 32-byte seed.
 * @throws PosternError `INVALID_ARGUMENT` for another length, for halves that do not belong together, and when asked to sign
 * what is no web3.js transaction or does not want this wallet's signature.
 * @see RFC 8032, section 5.1.6: signatures are deterministic.
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { keypairWallet } from "@postern/sdk";
 *
 * const wallet = keypairWallet(Uint8Array.from(JSON.parse(readFileSync("id.json", "utf8"))));
 * ```
 */
export function keypairWallet(secretKey: Uint8Array): KeypairWallet {
  const seed = seedOf(secretKey);
  const publicKey = new PublicKey(ed25519.getPublicKey(seed));
  const address = publicKey.toBase58();
  const sign = (message: Uint8Array): Uint8Array => ed25519.sign(Uint8Array.from(message), seed);

  const signTransaction = async <T>(transaction: T): Promise<T> => (await import("./keypair-transaction.js")).signWithKey(transaction, address, sign);

  return Object.freeze({
    publicKey,
    signMessage: async (message: Uint8Array) => sign(message),
    signTransaction,
    signAllTransactions: async <T>(transactions: T[]): Promise<T[]> => {
      const signed: T[] = [];
      for (const transaction of transactions) signed.push(await signTransaction(transaction));
      return signed;
    },
  });
}

/** The 32-byte seed, copied. The public half of a 64-byte key is checked: signing under a wrong one can give the seed away. */
function seedOf(secretKey: Uint8Array): Uint8Array {
  if (!(secretKey instanceof Uint8Array) || (secretKey.length !== 32 && secretKey.length !== 64)) {
    throw new PosternError("INVALID_ARGUMENT", "A secret key is a Uint8Array of 64 bytes (seed and public key) or 32 bytes (seed).");
  }
  const seed = Uint8Array.from(secretKey.subarray(0, 32));
  if (secretKey.length === 64) {
    const publicKey = ed25519.getPublicKey(seed);
    if (!publicKey.every((byte, i) => byte === secretKey[32 + i])) {
      throw new PosternError("INVALID_ARGUMENT", "The halves of this secret key do not belong together; check where it was read from.");
    }
  }
  return seed;
}
