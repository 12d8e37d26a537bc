/** Does work now, whenever a hint comes, and every so often in case none does; for as long as someone wants it. */
import { sleep } from "../net/abort.js";
import type { Subscriptions } from "../net/subscriptions.js";
import type { Address } from "../program/index.js";

/** Between looks while notifications arrive, and while none can. */
const LIVE_INTERVAL_MS = 5_000;
const POLL_INTERVAL_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

export class Pulse {
  readonly #work: () => Promise<readonly Address[]>;
  readonly #subscriptions: Subscriptions;
  readonly #watched = new Map<Address, () => void>();
  #wanted = 0;
  #stop: AbortController | undefined;
  #wake: () => void = () => undefined;
  #hinted = false;

  /** `work` returns the accounts whose change is a reason to do it again. Its failures are tried again, ever more slowly. */
  constructor(subscriptions: Subscriptions, work: () => Promise<readonly Address[]>) {
    this.#subscriptions = subscriptions;
    this.#work = work;
  }

  /** Keeps the pulse going until the returned function is called. */
  hold(): () => void {
    if (this.#wanted++ === 0) {
      this.#stop = new AbortController();
      void this.#run(this.#stop.signal);
    }
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#wanted === 0) this.#end();
    };
  }

  /** Does the work soon. */
  nudge(): void {
    this.#hinted = true;
    this.#wake();
  }

  close(): void {
    this.#wanted = 0;
    this.#end();
  }

  #end(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    for (const unwatch of this.#watched.values()) unwatch();
    this.#watched.clear();
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      this.#hinted = false;
      try {
        const addresses = await this.#work();
        if (signal.aborted) return;
        this.#watch(addresses);
        failures = 0;
      } catch {
        failures++; // the endpoint's state is an event of its own
      }
      const intervalMs = failures === 0 && this.#subscriptions.live ? LIVE_INTERVAL_MS : POLL_INTERVAL_MS;
      const delayMs = Math.min(MAX_BACKOFF_MS, intervalMs * 2 ** Math.max(0, failures - 1));
      await this.#pause(delayMs * (0.75 + Math.random() / 2), signal); // many clients of one endpoint do not look all at once
    }
  }

  #watch(addresses: readonly Address[]): void {
    for (const address of addresses) {
      if (!this.#watched.has(address)) this.#watched.set(address, this.#subscriptions.watch(address, () => this.nudge()));
    }
    for (const [address, unwatch] of this.#watched) {
      if (addresses.includes(address)) continue;
      unwatch();
      this.#watched.delete(address);
    }
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    if (this.#hinted || signal.aborted) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(delayMs, AbortSignal.any([signal, woken.signal])).catch(() => undefined);
  }
}
