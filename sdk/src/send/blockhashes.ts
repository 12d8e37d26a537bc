/** The blockhash that transactions name: asked for once by all that are signed within a short time. */
import type { Rpc } from "../net/rpc.js";

/** Ten slots of 200 ms, of the 150 blocks that a transaction lives: what is left of them is still most. */
const MAX_AGE_MS = 2_000;

type Blockhash = Awaited<ReturnType<Rpc["latestBlockhash"]>>;

export class Blockhashes {
  readonly #rpc: Pick<Rpc, "latestBlockhash">;
  readonly #nowMs: () => number;
  #latest: { readonly answer: Promise<Blockhash>; readonly askedAtMs: number } | undefined;

  constructor(rpc: Pick<Rpc, "latestBlockhash">, nowMs: () => number = () => performance.now()) {
    this.#rpc = rpc;
    this.#nowMs = nowMs;
  }

  /** One that was asked for no longer than two seconds ago. @throws PosternError RPC_FAILED */
  recent(): Promise<Blockhash> {
    const { answer, askedAtMs } = this.#latest ?? { answer: undefined, askedAtMs: -Infinity };
    return answer !== undefined && this.#nowMs() - askedAtMs < MAX_AGE_MS ? answer : this.fresh();
  }

  /** One that is asked for now: for what must not be the same transaction as one before, or whose blockhash has run out. @throws PosternError RPC_FAILED */
  fresh(): Promise<Blockhash> {
    const answer = this.#rpc.latestBlockhash();
    const latest = (this.#latest = { answer, askedAtMs: this.#nowMs() });
    answer.catch(() => {
      if (this.#latest === latest) this.#latest = undefined;
    });
    return answer;
  }
}
