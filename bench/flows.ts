/** What a user pays and is asked: the SDK's own steps on a local network, in direct mode. */
import { isPosternError, Postern } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { PublicKey, type Connection } from "@solana/web3.js";
import { countingWallet, type CountingWallet } from "../tests/e2e/support/wallets.js";
import type { Figures } from "./figures.js";

/** Short slots, for speed. Nothing that is measured depends on them. */
const SLOT_TIME_MS = 50;
const MAINNET_LAMPORTS_PER_BYTE = 5_080n;

type Session = { readonly wallet: CountingWallet; postern: Postern };

/** Lamports and prompts of every step. Rent is what new accounts lock, and negative for what closed ones give back. */
export async function measureFlows(): Promise<Figures> {
  const net = await startLocalnet({ slotTimeMs: SLOT_TIME_MS });
  const sessions: Session[] = [];
  try {
    return await story(net, sessions);
  } finally {
    for (const { postern } of sessions) await postern.close();
    await net.stop();
  }
}

async function story(net: Localnet, sessions: Session[]): Promise<Figures> {
  const connection = net.connection();
  const wallets = [countingWallet(await net.wallet()), countingWallet(await net.wallet())] as const;
  const open = async (wallet: CountingWallet): Promise<Session> => {
    const session = { wallet, postern: await Postern.connect({ connection, wallet }) };
    sessions.push(session);
    return session;
  };
  const figures: Record<string, Figures> = {};
  const step = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    const before = await purse(net, connection, wallets, sessions);
    const result = await act();
    figures[name] = await cost(connection, before, await purse(net, connection, wallets, sessions));
    return result;
  };

  const alice = await step("register", async () => {
    const session = await open(wallets[0]);
    await session.postern.register();
    return session;
  });
  const bob = await open(wallets[1]);
  await bob.postern.register();
  const toBob = await alice.postern.conversation(bob.postern.address);
  await step("first contact, with a message", () => toBob.send("gm"));
  const toAlice = await bob.postern.conversation(alice.postern.address);
  await step("answer, with a message", () => toAlice.send("gm to you"));
  await step("message", () => toBob.send("How is the weather?"));
  await step("another session", async () => {
    await alice.postern.close();
    alice.postern = await Postern.connect({ connection, wallet: alice.wallet });
  });
  const again = await alice.postern.conversation(bob.postern.address);
  await step("reading everything", async () => {
    for (const chat of [again, toAlice]) if ((await chat.history()).length !== 3) throw new Error("not all three messages were there");
  });
  await step("restore on a new device, everything read", async () => {
    const device = await Postern.connect({ connection, wallet: alice.wallet }); // no session: it has the delegate of one
    const conversations = await device.conversations();
    const messages = await Promise.all(conversations.map((conversation) => conversation.history()));
    await device.close();
    if (messages.flat().length !== 3) throw new Error("not all three messages were restored");
  });
  await step("close, both sides", async () => {
    await again.close().catch(tooEarly); // it tells the peer's side that all was read
    await toAlice.close();
    await again.close();
  });
  await step("rotate", () => alice.postern.rotate()); // no conversation is left that would move
  await step("withdraw", () => alice.postern.withdraw());
  await step("unregister", async () => {
    await bob.postern.unregister(); // which ends the session, and leaves its delegate with nothing
    sessions.splice(sessions.indexOf(bob), 1);
  });
  return figures;
}

function tooEarly(error: unknown): void {
  if (!isPosternError(error, "CLOSE_TOO_EARLY")) throw error;
}

/** What the wallets and their delegates own, what lies in the program's accounts, and how often the wallets were asked. */
type Purse = { readonly owned: bigint; readonly locked: bigint; readonly prompts: number };

async function purse(net: Localnet, connection: Connection, wallets: readonly CountingWallet[], sessions: readonly Session[]): Promise<Purse> {
  const balances = wallets.map(async ({ publicKey }) => BigInt(await connection.getBalance(new PublicKey(publicKey.toBase58()))));
  const delegates = sessions.map(({ postern }) => postern.balance());
  const accounts = await connection.getProgramAccounts(new PublicKey(net.programId));
  return {
    owned: (await Promise.all([...balances, ...delegates])).reduce((sum, lamports) => sum + lamports, 0n),
    locked: accounts.reduce((sum, { account }) => sum + BigInt(account.lamports), 0n),
    prompts: wallets.reduce((sum, { total }) => sum + total, 0),
  };
}

async function cost(connection: Connection, before: Purse, after: Purse): Promise<Figures> {
  const rent = after.locked - before.locked;
  const spent = before.owned - after.owned;
  return {
    prompts: after.prompts - before.prompts,
    "fee lamports": Number(spent - rent),
    "rent lamports": Number(rent),
    "rent lamports at 5,080/B": Number((rent * MAINNET_LAMPORTS_PER_BYTE) / (await lamportsPerByte(connection))),
  };
}

/** What the network charges for a byte: the difference that one makes. */
async function lamportsPerByte(connection: Connection): Promise<bigint> {
  const [none, one] = await Promise.all([0, 1].map((bytes) => connection.getMinimumBalanceForRentExemption(bytes)));
  return BigInt((one ?? NaN) - (none ?? NaN));
}
