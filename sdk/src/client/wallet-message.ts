/** A wallet's signature over a message: one prompt. */
import { verify } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { walletBytes, type Address } from "../program/index.js";
import type { WalletLike } from "./wallet-like.js";

export function cannotSignMessages(): PosternError {
  return new PosternError("WALLET_CANNOT_SIGN_MESSAGES", "This wallet cannot sign messages, from which walletKeys() derive its keys. One that is not registered yet can connect with vaultKeys(), which keep random keys under a passphrase; one that is needs the keys that it registered with.", {
    context: { recommended: "vaultKeys" },
  });
}

/**
 * The wallet's signature (64 bytes) over a message, verified.
 * @throws PosternError WALLET_CANNOT_SIGN_MESSAGES, REJECTED_BY_WALLET, WALLET_SIGNATURE_INVALID
 */
export async function signMessageWith(wallet: WalletLike, address: Address, message: Uint8Array): Promise<Uint8Array> {
  const { signMessage } = wallet;
  if (typeof signMessage !== "function") throw cannotSignMessages();
  const answer: unknown = await ask(() => signMessage.call(wallet, message.slice()));
  const signature = signatureBytes(answer);
  if (signature === undefined || !verify(signature, message, walletBytes(address))) {
    throw new PosternError("WALLET_SIGNATURE_INVALID", "What the wallet returned is no signature of exactly this text by this account. Use one that signs messages as they are; one that is not registered yet can connect with vaultKeys() and without signMessage.");
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
