/** What Postern asks of a wallet before anything else: its address, and a signature over a message, which is one prompt. */
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
    throw new PosternError("WALLET_CANNOT_SIGN_MESSAGES", "This wallet cannot sign messages, from which walletKeys() derive its keys. Connect with vaultKeys() instead, which keep random keys under a passphrase.", {
      context: { recommended: "vaultKeys" },
    });
  }
}

/**
 * The wallet's signature (64 bytes) over a message, verified.
 * @throws PosternError WALLET_CANNOT_SIGN_MESSAGES, REJECTED_BY_WALLET, WALLET_SIGNATURE_INVALID
 */
export async function signMessageWith(wallet: WalletLike, address: Address, message: Uint8Array): Promise<Uint8Array> {
  requireMessageSigning(wallet);
  const answer: unknown = await ask(() => wallet.signMessage(message.slice()));
  const signature = signatureBytes(answer);
  if (signature === undefined || !verify(signature, message, walletBytes(address))) {
    throw new PosternError("WALLET_SIGNATURE_INVALID", "What the wallet returned is no signature of exactly this text by this account. Use a wallet that signs messages as they are.");
  }
  return signature;
}

/** @throws PosternError REJECTED_BY_WALLET */
export async function ask<T>(prompt: () => Promise<T>): Promise<T> {
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
