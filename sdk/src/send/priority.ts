/** How much is bid for a compute unit: what others have paid lately for the same accounts, up to what the app allows. */
import type { Rpc } from "../net/rpc.js";
import type { Address, Instruction } from "../program/index.js";

/** So that a message costs 0.000005 SOL more at the very most: it asks for some 4,000 units. */
export const DEFAULT_MAX_MICRO_LAMPORTS_PER_COMPUTE_UNIT = 1_000_000;
/** For what is estimated before it can be simulated. */
const TYPICAL_UNITS = 5_000n;
/** The network's own window is 150 slots. */
const FRESH_MS = 10_000;
/** Three of four recent blocks would have been had for less. */
const QUANTILE = 0.75;
const MAX_KEPT = 256;

type Known = { readonly atMs: number; readonly bid: Promise<number> };

export class PriorityFees {
  readonly #rpc: Rpc;
  readonly #max: number;
  readonly #known = new Map<string, Known>();
  #last = 0n;

  /** @param max micro-lamports per compute unit; with 0 nothing is asked and nothing is bid */
  constructor(rpc: Rpc, max: number) {
    this.#rpc = rpc;
    this.#max = max;
  }

  /**
   * Micro-lamports per compute unit for instructions. After a transaction has run out unconfirmed (`attempt` 2) at least a tenth of
   * the limit is bid, after the next one all of it.
   */
  async bid(instructions: readonly Instruction[], attempt: number): Promise<bigint> {
    if (this.#max === 0) return 0n;
    const written = [...new Set(instructions.flatMap(({ accounts }) => accounts.filter(({ writable }) => writable).map(({ address }) => address)))].sort();
    const floor = attempt === 1 ? 0 : attempt === 2 ? Math.ceil(this.#max / 10) : this.#max;
    this.#last = BigInt(Math.min(this.#max, Math.max(floor, await this.#recent(written))));
    return this.#last;
  }

  /** What the last bid comes to in a typical transaction: to be set aside before the next one is known. */
  get typicalLamports(): bigint {
    return (this.#last * TYPICAL_UNITS + 999_999n) / 1_000_000n;
  }

  #recent(accounts: readonly Address[]): Promise<number> {
    const name = accounts.join();
    const known = this.#known.get(name);
    if (known !== undefined && performance.now() - known.atMs < FRESH_MS) return known.bid;
    const bid = this.#rpc.recentPriorityFees(accounts).then(
      (fees) => fees.sort((a, b) => a - b)[Math.floor(QUANTILE * (fees.length - 1))] ?? 0,
      () => 0, // an endpoint that does not tell is no reason not to send
    );
    this.#known.delete(name);
    this.#known.set(name, { atMs: performance.now(), bid });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KEPT) break;
      this.#known.delete(oldest);
    }
    return bid;
  }
}
