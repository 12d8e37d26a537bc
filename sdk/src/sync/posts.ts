/** Posts and profile changes as transaction history holds them: instruction data, inner instructions included, of any version. */
import base58 from "bs58";
import type { HistoricTransaction } from "../net/connection.js";
import type { Address } from "../program/index.js";

/** Base58 of 4,096 bytes, which is more than any transaction holds. */
const MAX_DATA_CHARACTERS = 5_600;

/** An instruction of a transaction from history; accounts as addresses. */
export type HistoricInstruction = { readonly program: Address; readonly accounts: readonly Address[]; readonly data: Uint8Array };

/** Every instruction of a successful transaction, in order of execution, inner ones after the one that called them. */
export function instructionsOf({ meta, transaction }: HistoricTransaction): HistoricInstruction[] {
  if (meta === null || meta.err !== null) return [];
  const { message } = transaction;
  const keys = [
    ...(message.staticAccountKeys ?? message.accountKeys ?? []),
    ...(meta.loadedAddresses?.writable ?? []),
    ...(meta.loadedAddresses?.readonly ?? []),
  ].map((key) => key.toBase58());
  const plain = (compiled: CompiledInstruction): HistoricInstruction[] => {
    const program = keys[compiled.programIdIndex];
    const accounts = (compiled.accountKeyIndexes ?? compiled.accounts ?? []).map((index) => keys[index]);
    const data = bytesOf(compiled.data);
    if (program === undefined || data === undefined || accounts.includes(undefined)) return [];
    return [{ program, accounts: accounts.filter((address) => address !== undefined), data }];
  };
  return (message.compiledInstructions ?? message.instructions ?? []).flatMap((outer, index) => [
    ...plain(outer),
    ...(meta.innerInstructions ?? []).filter((inner) => inner.index === index).flatMap((inner) => inner.instructions.flatMap(plain)),
  ]);
}

type CompiledInstruction = NonNullable<HistoricTransaction["transaction"]["message"]["compiledInstructions"]>[number];

function bytesOf(data: Uint8Array | string): Uint8Array | undefined {
  if (typeof data !== "string") return Uint8Array.from(data);
  if (data.length > MAX_DATA_CHARACTERS) return undefined; // base58 takes the square of that
  try {
    return base58.decode(data);
  } catch {
    return undefined;
  }
}
