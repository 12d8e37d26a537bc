/**
 * What a transaction asks of the runtime: compute units, account data, and how much it bids for each unit. Leaders rank by what is paid
 * for what is asked, and the defaults ask two hundred times what a message needs: so limits are set wherever they fit, bid or not.
 */
import type { SimulatedTransaction } from "../net/rpc.js";
import { fitsTransaction } from "../net/transaction.js";
import type { Address, Instruction } from "../program/index.js";

const COMPUTE_BUDGET_PROGRAM = "ComputeBudget111111111111111111111111111111" as Address;
/** What each of these instructions takes itself. */
const UNITS_PER_INSTRUCTION = 150;
/** A frame more to evict, or a longer walk through the ring, when the transaction lands than when it was simulated. */
const SPARE_UNITS = 3_000;
const MAX_UNITS = 1_400_000;
/** Loaded data is charged by the page; one is kept spare. */
const PAGE_BYTES = 32_768;
const MAX_LOADED_BYTES = 67_108_864;

export type Budgeted = { readonly instructions: readonly Instruction[]; readonly priorityLamports: bigint };

/**
 * The instructions with a budget behind them, so that the place of each stays what it was. One that does not fit the transaction is
 * left out: the limit of loaded data (40 bytes with the program, 8 more without), the bid (12), then all.
 */
export function withBudget(instructions: readonly Instruction[], feePayer: Address, simulated: SimulatedTransaction, microLamportsPerUnit: bigint): Budgeted {
  const { units, loadedBytes } = simulated;
  if (units === undefined) return { instructions, priorityLamports: 0n };
  const limit = Math.min(MAX_UNITS, Math.ceil(1.25 * units) + SPARE_UNITS + 3 * UNITS_PER_INSTRUCTION);
  const unitLimit = setting(2, BigInt(limit), 4);
  const loadedLimit = loadedBytes === undefined ? [] : [setting(4, BigInt(Math.min(MAX_LOADED_BYTES, (Math.ceil(loadedBytes / PAGE_BYTES) + 1) * PAGE_BYTES)), 4)];
  const bid = microLamportsPerUnit > 0n ? [setting(3, microLamportsPerUnit, 8)] : [];
  const chosen = [[unitLimit, ...bid, ...loadedLimit], [unitLimit, ...bid]].find((budget) => fitsTransaction([...instructions, ...budget], feePayer)) ?? [];
  const priorityLamports = chosen.length > 0 ? (BigInt(limit) * microLamportsPerUnit + 999_999n) / 1_000_000n : 0n;
  return { instructions: [...instructions, ...chosen], priorityLamports };
}

/** An instruction of the compute budget program: its number, and a little-endian integer. */
function setting(discriminator: number, value: bigint, bytes: number): Instruction {
  const data = new Uint8Array(1 + bytes);
  data[0] = discriminator;
  for (let i = 0; i < bytes; i++) data[1 + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return { programAddress: COMPUTE_BUDGET_PROGRAM, accounts: [], data };
}
