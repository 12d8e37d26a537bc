/** Wallets of the local network: keys in the page, which ask as a wallet would. Never do this with keys that own anything. */
import { keypairWallet, type WalletLike } from "@postern/sdk";
import { WALLETS } from "./settings.js";

export type Prompt = { readonly what: string; readonly text: string; approve(): void; reject(): void };
export type LocalWallet = { readonly name: string; readonly wallet: WalletLike; onPrompt: (prompt: Prompt | undefined) => void };

export const LOCAL_WALLETS: readonly LocalWallet[] = WALLETS.map(({ name, secretKey }) => {
  const keypair = keypairWallet(Uint8Array.from(secretKey));
  const ask = (what: string, text: string): Promise<void> => new Promise((resolve, reject) => {
    const answer = (then: () => void) => (): void => (person.onPrompt(undefined), then());
    person.onPrompt({ what, text, approve: answer(resolve), reject: answer(() => reject(new Error("The user rejected the request."))) });
  });
  const person: LocalWallet = {
    name,
    onPrompt: () => undefined,
    wallet: {
      publicKey: keypair.publicKey,
      signMessage: async (message) => (await ask("Sign a message", new TextDecoder().decode(message)), keypair.signMessage(message)),
      signTransaction: async (transaction) => (await ask("Sign a transaction", "Publishes keys, or pays into the balance for messages."), keypair.signTransaction(transaction)),
    },
  };
  return person;
});
