import { ed25519 } from "@noble/curves/ed25519.js";
import { PublicKey } from "@solana/web3.js";

import { PosternError } from "../errors.js";
import type { WalletLike } from "./wallet-like.js";

/** What `keypairWallet` returns: a wallet that is always connected and can sign everything. */
export type KeypairWallet = WalletLike & Required<Pick<WalletLike, "signMessage" | "signTransaction" | "signAllTransactions">> & {
  readonly publicKey: { toBase58(): string };
};

interface KeyLike {
  toBase58(): string;
}

/** web3.js's `Transaction`: signatures stand beside their keys once the message is compiled. */
interface LegacyTransactionLike {
  readonly signatures: readonly { readonly publicKey: KeyLike }[];
  serializeMessage(): Uint8Array;
  addSignature(publicKey: KeyLike, signature: Uint8Array): void;
}

/** web3.js's `VersionedTransaction`: the first `numRequiredSignatures` static keys sign. */
interface VersionedTransactionLike {
  readonly message: {
    readonly header: { readonly numRequiredSignatures: number };
    readonly staticAccountKeys: readonly KeyLike[];
    serialize(): Uint8Array;
  };
  addSignature(publicKey: KeyLike, signature: Uint8Array): void;
}

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

  const signTransaction = async <T>(transaction: T): Promise<T> => {
    if (isVersioned(transaction)) {
      const { header, staticAccountKeys } = transaction.message;
      const own = ownKey(staticAccountKeys.slice(0, header.numRequiredSignatures), address);
      transaction.addSignature(own, sign(transaction.message.serialize()));
    } else if (isLegacy(transaction)) {
      const message = transaction.serializeMessage();
      const own = ownKey(transaction.signatures.map((pair) => pair.publicKey), address);
      transaction.addSignature(own, sign(message));
    } else {
      throw new PosternError("INVALID_ARGUMENT", "This is no transaction of @solana/web3.js 1.x; pass a Transaction or a VersionedTransaction.");
    }
    return transaction;
  };

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

function ownKey(signers: readonly KeyLike[], address: string): KeyLike {
  const own = signers.find((key) => key.toBase58() === address);
  if (own === undefined) {
    throw new PosternError("INVALID_ARGUMENT", "This transaction does not want this wallet's signature; name the wallet as its fee payer or as a signer.", {
      context: { wallet: address, signers: signers.map((key) => key.toBase58()) },
    });
  }
  return own;
}

function isVersioned(transaction: unknown): transaction is VersionedTransactionLike {
  const message = property(transaction, "message");
  return isFunction(property(message, "serialize")) && isFunction(property(transaction, "addSignature"));
}

function isLegacy(transaction: unknown): transaction is LegacyTransactionLike {
  return isFunction(property(transaction, "serializeMessage")) && isFunction(property(transaction, "addSignature"));
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}
