/** Everything that whoever has the whole ledger can look through. */
import { toBase58, toHex, utf8 } from "@postern/sdk/crypto";
import { PublicKey, type Connection } from "@solana/web3.js";
import { program } from "./raw-device.js";

/** Every account of the program, and every transaction that names one or one of these addresses, as bytes. */
export async function everything(connection: Connection, addresses: readonly string[]): Promise<Uint8Array[]> {
  const accounts = await connection.getProgramAccounts(new PublicKey(program), "confirmed");
  const found: Uint8Array[] = accounts.map(({ account }) => account.data);
  for (const address of [...accounts.map(({ pubkey }) => pubkey), ...addresses.map((one) => new PublicKey(one))]) {
    for (const { signature } of await connection.getSignaturesForAddress(address, {}, "confirmed")) {
      const transaction = await connection.getTransaction(signature, { commitment: "confirmed", maxSupportedTransactionVersion: 0 });
      if (transaction === null) throw new Error("a transaction cannot be had");
      found.push(transaction.transaction.message.serialize(), utf8((transaction.meta?.logMessages ?? []).join("\n")), ...transaction.transaction.signatures.map((text) => utf8(text)));
    }
  }
  return found;
}

/** Whether these bytes stand anywhere in others, as they are or as text. */
export function holds(haystack: readonly Uint8Array[], needle: Uint8Array): boolean {
  const spellings = [Buffer.from(needle), ...[toHex(needle), toBase58(needle), Buffer.from(needle).toString("base64")].map((text) => Buffer.from(text))];
  return haystack.some((bytes) => spellings.some((spelling) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(spelling)));
}
