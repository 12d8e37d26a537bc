/** What Postern asks of a wallet to publish anything: its signature under a transaction, and its certificate. Each call is one prompt. */
import type { VersionedTransaction } from "@solana/web3.js";
import { CERTIFICATE_KIND, verify, type CertificateKind } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { transactionOf } from "../net/transaction.js";
import { walletBytes, type Address } from "../program/index.js";
import { ask, signMessageWith } from "./wallet-message.js";
import type { WalletLike } from "./wallet-like.js";

/** How this wallet certifies a card: by signing a text, or, where it signs nothing but transactions, one that is never sent. */
export function certificateKindOf(wallet: WalletLike): CertificateKind {
  return typeof wallet.signMessage === "function" ? CERTIFICATE_KIND.text : CERTIFICATE_KIND.transaction;
}

/**
 * The wallet's certificate (64 bytes) over the message of a card of that kind, verified: a signature of anything else is never published.
 * @throws PosternError REJECTED_BY_WALLET, WALLET_SIGNATURE_INVALID
 */
export async function signCertificate(wallet: WalletLike, address: Address, kind: CertificateKind, message: Uint8Array): Promise<Uint8Array> {
  if (kind === CERTIFICATE_KIND.text) return signMessageWith(wallet, address, message);
  const { signature } = await signTransactionWith(wallet, address, transactionOf(message));
  if (verify(signature, message, walletBytes(address))) return signature;
  throw new PosternError("WALLET_SIGNATURE_INVALID", "The wallet changed the transaction that certifies the keys before it signed. Turn off what adds to transactions, or use another wallet; nothing was published.");
}

/** @throws PosternError REJECTED_BY_WALLET */
export function requireTransactionSigning(wallet: WalletLike): asserts wallet is WalletLike & Required<Pick<WalletLike, "signTransaction">> {
  if (typeof wallet.signTransaction !== "function") throw new PosternError("REJECTED_BY_WALLET", "This wallet cannot sign transactions. Use another wallet.");
}

/**
 * A transaction that the wallet pays for, with its signature (64 bytes) verified. Wallets may add instructions of their own.
 * @throws PosternError REJECTED_BY_WALLET, also for a wallet that cannot sign transactions; WALLET_SIGNATURE_INVALID
 */
export async function signTransactionWith(wallet: WalletLike, address: Address, transaction: VersionedTransaction): Promise<{ wire: Uint8Array; signature: Uint8Array }> {
  requireTransactionSigning(wallet);
  const answer: unknown = await ask(() => wallet.signTransaction(transaction));
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
