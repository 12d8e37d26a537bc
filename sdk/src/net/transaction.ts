/** Version 0 transactions from plain instructions. */
import { PublicKey, TransactionInstruction, TransactionMessage, VersionedMessage, VersionedTransaction } from "@solana/web3.js";
import { PosternError } from "../errors.js";
import { addressBytes, type Address, type Instruction } from "../program/index.js";

/** Bytes of a legacy or version 0 transaction on the wire (IPv6 minimum MTU less headers). */
export const TRANSACTION_BYTES = 1_232;

/** A key that signs transactions: the delegate's, never the wallet's. */
export type TransactionSigner = { readonly address: Address; sign(message: Uint8Array): Uint8Array };

export function toTransactionInstruction({ programAddress, accounts, data }: Instruction): TransactionInstruction {
  return new TransactionInstruction({
    programId: new PublicKey(addressBytes(programAddress)),
    keys: accounts.map(({ address, signer, writable }) => ({ pubkey: new PublicKey(addressBytes(address)), isSigner: signer, isWritable: writable })),
    data: Uint8Array.from(data) as Buffer, // web3.js asks for a type that browsers lack, and reads bytes
  });
}

/** An unsigned version 0 transaction. */
export function compileTransaction(instructions: readonly Instruction[], feePayer: Address, blockhash: string): VersionedTransaction {
  const message = new TransactionMessage({
    payerKey: new PublicKey(addressBytes(feePayer)),
    recentBlockhash: blockhash,
    instructions: instructions.map(toTransactionInstruction),
  });
  return new VersionedTransaction(message.compileToV0Message());
}

/** An unsigned transaction of one signer from its message. */
export function transactionOf(message: Uint8Array): VersionedTransaction {
  return new VersionedTransaction(VersionedMessage.deserialize(message));
}

/** Any 32 bytes serve to measure with. */
const SOME_BLOCKHASH = new PublicKey(new Uint8Array(32)).toBase58();

/** True when the instructions fit one transaction; signatures of all signers are counted. */
export function fitsTransaction(instructions: readonly Instruction[], feePayer: Address): boolean {
  try {
    return compileTransaction(instructions, feePayer, SOME_BLOCKHASH).serialize().length <= TRANSACTION_BYTES;
  } catch (error) {
    if (error instanceof RangeError) return false; // web3.js writes into a buffer of the largest size
    throw error;
  }
}

/**
 * Signs with every key that the message wants.
 * @throws PosternError MISSING_SIGNATURE when a needed key is not among `signers`.
 */
export function signTransaction(transaction: VersionedTransaction, signers: readonly TransactionSigner[]): { wire: Uint8Array; signature: Uint8Array } {
  const { message } = transaction;
  const bytes = message.serialize();
  for (const wanted of message.staticAccountKeys.slice(0, message.header.numRequiredSignatures)) {
    const signer = signers.find(({ address }) => address === wanted.toBase58());
    if (!signer) throw new PosternError("MISSING_SIGNATURE", "A key that this transaction needs is not unlocked.", { context: { address: wanted.toBase58() } });
    transaction.addSignature(wanted, signer.sign(bytes));
  }
  return { wire: transaction.serialize(), signature: transaction.signatures[0] as Uint8Array };
}
