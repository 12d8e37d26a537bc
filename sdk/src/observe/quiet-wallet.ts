/** The wallet as it is now, whichever object the app's wallet library has for it, and whether it may be asked. */
import type { WalletLike } from "../client/wallet-like.js";

export type WalletAccess = {
  /** Passed to `connect`: asks the current wallet, or refuses on its own while it is quiet. */
  readonly wallet: WalletLike;
  /** Until this is called the wallet's user is asked nothing. */
  allow(): void;
  /** True once something would have been asked. */
  readonly refused: boolean;
};

/** @param current the wallet now; wallet libraries make a new object for one account again and again */
export function quietWallet(current: () => WalletLike): WalletAccess {
  const { publicKey } = current();
  let quiet = true;
  let refused = false;
  const ask = <T>(prompt: () => Promise<T> | undefined): Promise<T> => {
    refused ||= quiet;
    return (quiet ? undefined : prompt()) ?? Promise.reject(new Error(quiet ? "The wallet was not asked." : "The wallet cannot do this any more."));
  };
  const wallet: WalletLike = {
    publicKey,
    ...(current().signMessage && { signMessage: (message: Uint8Array) => ask(() => current().signMessage?.(message)) }),
    ...(current().signTransaction && { signTransaction: <T>(transaction: T) => ask(() => current().signTransaction?.(transaction)) }),
  };
  return {
    wallet,
    allow: () => {
      quiet = false;
    },
    get refused() {
      return refused;
    },
  };
}
