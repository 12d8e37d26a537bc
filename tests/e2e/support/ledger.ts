/** What stands on the ledger, read without the client. */
import {
  addressBytes, decodeInbox, decodeProfile, inboxAddress, profileAddress, PROGRAM_ADDRESS as PROGRAM, type Address, type Inbox, type Profile,
} from "@postern/sdk/program";
import { PublicKey, SYSVAR_CLOCK_PUBKEY, type Connection } from "@solana/web3.js";

const key = (address: Address): PublicKey => new PublicKey(addressBytes(address));

/** Unix seconds by the network's clock, which goes its own way: by it inboxes are opened. */
export async function chainSeconds(connection: Connection): Promise<number> {
  return Number((await connection.getAccountInfo(SYSVAR_CLOCK_PUBKEY, "confirmed"))!.data.readBigInt64LE(32));
}

export async function lamportsOf(connection: Connection, address: Address): Promise<bigint> {
  return BigInt(await connection.getBalance(key(address), "confirmed"));
}

export async function profileOf(connection: Connection, wallet: Address): Promise<Profile> {
  const account = await connection.getAccountInfo(key(profileAddress(wallet, PROGRAM)), "confirmed");
  if (account === null) throw new Error("no profile");
  return decodeProfile({ owner: account.owner.toBase58(), lamports: BigInt(account.lamports), data: account.data }, PROGRAM);
}

/** The address of the inbox that a registered wallet's delegate writes at an index. */
export async function inboxAddressOf(connection: Connection, wallet: Address, index = 0): Promise<Address> {
  return inboxAddress((await profileOf(connection, wallet)).delegate, index, PROGRAM);
}

/** The inbox that a registered wallet's delegate writes at an index. */
export async function inboxOf(connection: Connection, wallet: Address, index = 0): Promise<Inbox | undefined> {
  const account = await connection.getAccountInfo(key(await inboxAddressOf(connection, wallet, index)), "confirmed");
  return account === null ? undefined : decodeInbox({ owner: account.owner.toBase58(), lamports: BigInt(account.lamports), data: account.data }, PROGRAM);
}

/** Signatures of all transactions that name an address, newest first. */
export async function signaturesOf(connection: Connection, address: Address): Promise<string[]> {
  return (await connection.getSignaturesForAddress(key(address), {}, "confirmed")).map(({ signature }) => signature);
}
