/** Wallets that tests look at, or that stand in the way. */
import type { WalletLike } from "@postern/sdk";

export type Prompts = { readonly messages: number; readonly transactions: number };

export type CountingWallet = Required<WalletLike> & {
  readonly publicKey: { toBase58(): string };
  readonly prompts: Prompts;
  /** Calls so far, of either kind. */
  readonly total: number;
  /** From then on every signature of this kind is refused; undefined ends it. */
  refuse(kind: "messages" | "transactions" | undefined): void;
};

/** Counts what a user would be asked. Asking for several transactions at once is one prompt. */
export function countingWallet(wallet: Required<WalletLike>): CountingWallet {
  const prompts = { messages: 0, transactions: 0 };
  let refused: "messages" | "transactions" | undefined;
  const prompt = (kind: "messages" | "transactions"): void => {
    if (refused === kind) throw new Error("User rejected the request.");
    prompts[kind]++;
  };
  const { publicKey } = wallet;
  if (publicKey === null) throw new Error("not connected");
  return {
    publicKey,
    prompts,
    get total() {
      return prompts.messages + prompts.transactions;
    },
    refuse: (kind) => void (refused = kind),
    signMessage: async (message) => {
      prompt("messages");
      return wallet.signMessage(message);
    },
    signTransaction: async (transaction) => {
      prompt("transactions");
      return wallet.signTransaction(transaction);
    },
    signAllTransactions: async (transactions) => {
      prompt("transactions");
      return wallet.signAllTransactions(transactions);
    },
  };
}
