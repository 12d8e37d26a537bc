/** Lets so many calls through at once, and none while the endpoint wants to be left alone. */
import { sleep } from "./abort.js";

export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #free: number;
  /** In `performance.now()`'s milliseconds. */
  #opensAt = 0;

  constructor(inFlight: number) {
    this.#free = inFlight;
  }

  /** How long it is still shut (ms). */
  get shutForMs(): number {
    return Math.max(0, this.#opensAt - performance.now());
  }

  /** Lets nobody through for this long; never opens earlier than it was told before. */
  shut(forMs: number): void {
    this.#opensAt = Math.max(this.#opensAt, performance.now() + forMs);
  }

  /** Does `work` when it is its turn. What `signal` aborts leaves the queue. @throws PosternError ABORTED */
  async pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const stop = AbortSignal.any([signal]); // for one use, as Node warns of many listeners on one
    await this.#enter(stop);
    try {
      while (this.shutForMs > 0) await sleep(this.shutForMs, stop);
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal.reason);
      };
      const enter = (): void => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(enter);
    });
  }
}
