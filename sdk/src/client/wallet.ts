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
