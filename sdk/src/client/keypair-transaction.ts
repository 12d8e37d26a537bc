/** Signing web3.js's transactions with a key in memory, whichever copy of the library they come from. */
import { PosternError } from "../errors.js";

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
 * Adds one account's signature to a transaction.
 * @throws PosternError INVALID_ARGUMENT for what is no web3.js transaction, or does not want this signature
 */
export function signWithKey<T>(transaction: T, address: string, sign: (message: Uint8Array) => Uint8Array): T {
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
