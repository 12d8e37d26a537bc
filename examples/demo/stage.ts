/** Who takes part: three wallets on one local network, and an observer of its ledger. */
import { Postern, type Conversation, type WalletLike } from "@postern/sdk";
import type { Localnet } from "@postern/sdk/localnet";
import { PublicKey, type Connection } from "@solana/web3.js";
import type { Line } from "./claims.js";
import { Observer } from "./observer.js";

export type Wallet = WalletLike & { readonly address: string };
export type Person = { readonly name: string; readonly wallet: Wallet; /** How often the wallet was asked for a signature. */ prompts(): number };

export type Stage = {
  readonly net: Localnet;
  readonly ledger: Connection;
  /** Watches Alice and Bob. */
  readonly observer: Observer;
  readonly alice: Person;
  readonly bob: Person;
  readonly mallory: Person;
  /** Alice's or Bob's name; the address itself for anyone else. */
  nameOf(wallet: string): string;
  balance(address: string): Promise<bigint>;
  /** A device that knows nothing but the wallet. */
  connect(person: Person): Promise<Postern>;
  /** The whole conversation as this side reads it. */
  read(chat: Conversation): Promise<Line[]>;
};

export async function setUp(net: Localnet): Promise<Stage> {
  const [alice, bob, mallory] = await Promise.all([person(net, "Alice"), person(net, "Bob"), person(net, "Mallory")]);
  const ledger = net.connection();
  const watched = [alice, bob];
  const nameOf = (wallet: string): string => watched.find((each) => each.wallet.address === wallet)?.name ?? wallet;
  return {
    net, ledger, alice, bob, mallory, nameOf,
    observer: new Observer(ledger, net.programId, watched.map(({ wallet }) => wallet.address), () => alice.prompts() + bob.prompts()),
    balance: async (address) => BigInt(await ledger.getBalance(new PublicKey(address))),
    connect: ({ wallet }) => Postern.connect({ connection: net.connection(), wallet }),
    read: async (chat) => (await chat.history()).map((message) => ({
      from: nameOf(message.from), text: message.kind === "content" ? (message.text ?? "") : `unreadable: ${message.reason}`,
    })),
  };
}

async function person(net: Localnet, name: string): Promise<Person> {
  const { address, publicKey, signMessage, signTransaction } = await net.wallet();
  let count = 0;
  const wallet: Wallet = {
    address, publicKey,
    signMessage: (message) => (count++, signMessage(message)),
    signTransaction: (transaction) => (count++, signTransaction(transaction)),
  };
  return { name, wallet, prompts: () => count };
}
