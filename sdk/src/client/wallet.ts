/** What Postern asks of a wallet: its address, a signature over a text, a signature under a transaction. Each call is one prompt. */
import type { VersionedTransaction } from "@solana/web3.js";
import { verify } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { walletBytes, type Address } from "../program/index.js";
import type { WalletLike } from "./wallet-like.js";

/** @throws PosternError WALLET_NOT_CONNECTED */
export function walletAddress(wallet: WalletLike): Address {
  const address = (wallet as WalletLike | null | undefined)?.publicKey?.toBase58();
  if (address === undefined) throw new PosternError("WALLET_NOT_CONNECTED", "The wallet is not connected. Connect it first.");
  walletBytes(address);
  return address;
}

/** @throws PosternError WALLET_CANNOT_SIGN_MESSAGES */
export function requireMessageSigning(wallet: WalletLike): asserts wallet is WalletLike & Required<Pick<WalletLike, "signMessage">> {
  if (typeof wallet.signMessage !== "function") {
    throw new PosternError("WALLET_CANNOT_SIGN_MESSAGES", "This wallet cannot sign messages. Publishing keys needs that with any key source, and unlocking with walletKeys(). Use a wallet that can.");
  }
}

/**
 * The wallet's signature (64 bytes) over a text, verified.
 * @throws PosternError WALLET_CANNOT_SIGN_MESSAGES, REJECTED_BY_WALLET, WALLET_SIGNATURE_INVALID
 */
export async function signText(wallet: WalletLike, address: Address, text: string): Promise<Uint8Array> {
  requireMessageSigning(wallet);
  const message = new TextEncoder().encode(text);
  const answer: unknown = await ask(() => wallet.signMessage(message.slice()));
  const signature = signatureBytes(answer);
  if (signature === undefined || !verify(signature, message, walletBytes(address))) {
    throw new PosternError("WALLET_SIGNATURE_INVALID", "What the wallet returned is no signature of exactly this text by this account. Use a wallet that signs messages as they are.");
  }
  return signature;
}

/**
 * A transaction that the wallet pays for, with its signature (64 bytes) verified. Wallets may add instructions of their own.
 * @throws PosternError REJECTED_BY_WALLET, also for a wallet that cannot sign transactions; WALLET_SIGNATURE_INVALID
 */
export async function signTransactionWith(wallet: WalletLike, address: Address, transaction: VersionedTransaction): Promise<{ wire: Uint8Array; signature: Uint8Array }> {
  const { signTransaction } = wallet;
  if (typeof signTransaction !== "function") throw new PosternError("REJECTED_BY_WALLET", "This wallet cannot sign transactions. Use another wallet.");
  const answer: unknown = await ask(() => signTransaction.call(wallet, transaction));
  const wire = wireBytes(answer);
  const signature = wire?.slice(1, 65);
  if (!wire || !signature || !verify(signature, wire.subarray(1 + 64 * (wire[0] ?? 0)), walletBytes(address))) {
    throw new PosternError("WALLET_SIGNATURE_INVALID", "What the wallet returned is no transaction signed by this account. Use another wallet.");
  }
  return { wire, signature };
}

/** A signed transaction's bytes: the count of signatures (one byte, for there are fewer than 128), these, the message. */
function wireBytes(answer: unknown): Uint8Array | undefined {
  try {
    const wire = (answer as VersionedTransaction).serialize();
    return ArrayBuffer.isView(wire) && wire.byteLength > 65 ? Uint8Array.from(wire) : undefined;
  } catch {
    return undefined; // no transaction, or one that lacks signatures
  }
}

async function ask<T>(prompt: () => Promise<T>): Promise<T> {
  try {
    return await prompt();
  } catch (cause) {
    throw new PosternError("REJECTED_BY_WALLET", "The wallet did not sign. Ask its user to approve, and try again.", { cause });
  }
}

/** Some wallets wrap the signature in an object, as the wallet standard does in a list of one. */
function signatureBytes(answer: unknown): Uint8Array | undefined {
  const output: unknown = Array.isArray(answer) && answer.length === 1 ? answer[0] : answer;
  const value = typeof output === "object" && output !== null && "signature" in output ? output.signature : output;
  if (!ArrayBuffer.isView(value) || value.byteLength !== 64) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, 64).slice();
}
