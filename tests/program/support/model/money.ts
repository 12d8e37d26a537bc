/** Every lamport there is, but for fees. */
import type { Address } from "../../../../sdk/src/program/index.js";
import { rent } from "../ledger.js";

export type Move = { readonly from: Address; readonly to: Address; readonly lamports: bigint };

export const TOO_POOR = "Custom(1)";
export const BELOW_RENT = "InsufficientFundsForRent";

export class Money {
  readonly #balances: Map<Address, bigint>;

  constructor(balances: ReadonlyMap<Address, bigint>) {
    this.#balances = new Map(balances);
  }

  of(address: Address): bigint {
    return this.#balances.get(address) ?? 0n;
  }

  /** Who has any, and how much. */
  all(): ReadonlyMap<Address, bigint> {
    return new Map([...this.#balances].filter(([, lamports]) => lamports > 0n));
  }

  /** Moves all of it or, with the error, nothing: nobody may be left with less than an empty account's rent, unless with nothing. */
  move(moves: readonly Move[]): string | undefined {
    const after = new Map<Address, bigint>();
    const balance = (address: Address): bigint => after.get(address) ?? this.of(address);
    for (const { from, to, lamports } of moves) {
      if (balance(from) < lamports) return TOO_POOR;
      after.set(from, balance(from) - lamports);
      after.set(to, balance(to) + lamports);
    }
    if ([...after.values()].some((lamports) => lamports > 0n && lamports < rent(0))) return BELOW_RENT;
    for (const [address, lamports] of after) this.#balances.set(address, lamports);
    return undefined;
  }
}
