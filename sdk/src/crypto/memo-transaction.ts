import { type Address32, assertBytes, concat, fromBase58, invalidArgument, ZERO32 } from "./bytes.js";

/** SPL Memo, the second one: it takes any UTF-8. */
const MEMO_PROGRAM = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr";
/** One signer, which pays and is writable; of the two keys, the program's is read only. */
const HEADER = Uint8Array.of(1, 0, 1, 2);

/**
 * The message of a legacy transaction that does nothing but note a text (128 to 16,383 bytes), for wallets that sign transactions
 * and nothing else. It is never sent, and cannot be: its blockhash is 32 zero bytes, which no cluster has ever had, and a durable
 * nonce takes an instruction before all others. It begins with `01`, which no text of Postern's does, so a signature of one is
 * none of the other.
 *
 * @throws INVALID_ARGUMENT
 * @see https://solana.com/docs/core/transactions#message, compact-u16 for the length of the text
 */
export function memoTransactionMessage(wallet: Address32, text: Uint8Array): Uint8Array {
  assertBytes(wallet, "wallet", 32);
  const { length } = text;
  if (length < 128 || length > 16_383) throw invalidArgument("A memo's text has 128 to 16,383 bytes here.", { length });
  const instruction = Uint8Array.of(1, 1, 0, (length & 127) | 128, length >> 7); // one instruction: of key 1, without accounts
  return concat(HEADER, wallet, fromBase58(MEMO_PROGRAM, 32), ZERO32, instruction, text);
}
