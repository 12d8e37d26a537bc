/** What Postern asks of a wallet: its address, a signature over a text, a signature under a transaction. Each call is one prompt. */
import { verify } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { walletBytes, type Address } from "../program/index.js";
import type { WalletLike } from "./wallet-like.js";

/** @throws PosternError WALLET_NOT_CONNECTED */
export function walletAddress(wallet: WalletLike): Address {
  const address = wallet.publicKey?.toBase58();
  if (address === undefined) throw new PosternError("WALLET_NOT_CONNECTED", "The wallet is not connected. Connect it first.");
  walletBytes(address);
  return address;
}

/** @throws PosternError WALLET_CANNOT_SIGN_MESSAGES */
export function requireMessageSigning(wallet: WalletLike): asserts wallet is WalletLike & Required<Pick<WalletLike, "signMessage">> {
  if (typeof wallet.signMessage !== "function") {
    throw new PosternError("WALLET_CANNOT_SIGN_MESSAGES", "This wallet cannot sign messages, which unlocking needs. Use another wallet, or other keys.");
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
 * The wallet's signature under a transaction.
 * @throws PosternError REJECTED_BY_WALLET, also for a wallet that cannot sign transactions
 */
export async function signTransactionWith<T>(wallet: WalletLike, transaction: T): Promise<T> {
  const { signTransaction } = wallet;
  if (typeof signTransaction !== "function") throw new PosternError("REJECTED_BY_WALLET", "This wallet cannot sign transactions. Use another wallet.");
  const signed = await ask(() => signTransaction.call(wallet, transaction) as Promise<T>);
  if (typeof signed !== "object" || signed === null) throw new PosternError("REJECTED_BY_WALLET", "The wallet returned no transaction. Use another wallet.");
  return signed;
}

async function ask<T>(prompt: () => Promise<T>): Promise<T> {
  try {
    return await prompt();
  } catch (cause) {
    throw new PosternError("REJECTED_BY_WALLET", "The wallet did not sign. Ask its user to approve, and try again.", { cause });
  }
}

/** Some wallets wrap the signature in an object. */
function signatureBytes(answer: unknown): Uint8Array | undefined {
  const value = typeof answer === "object" && answer !== null && "signature" in answer ? answer.signature : answer;
  if (!ArrayBuffer.isView(value) || value.byteLength !== 64) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, 64).slice();
}
