/** Does work now, for what a hint is of whenever one comes, and for everything every so often; for as long as someone wants it. */
import { sleep } from "../net/abort.js";
import type { Subscriptions } from "../net/subscriptions.js";
import type { Address } from "../program/index.js";

/** Between looks while notifications arrive, and while none can. */
const LIVE_INTERVAL_MS = 5_000;
const POLL_INTERVAL_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

export class Pulse {
  readonly #work: (hinted: ReadonlySet<Address> | undefined) => Promise<readonly Address[]>;
  readonly #subscriptions: Subscriptions;
  readonly #watched = new Map<Address, () => void>();
  #wanted = 0;
  #stop: AbortController | undefined;
  #wake: () => void = () => undefined;
  #hints = new Set<Address>();

  /**
   * `work` hears which accounts may have changed, undefined for any, and returns those whose change is a reason to do it again. Its
   * failures are tried again, ever more slowly.
   */
  constructor(subscriptions: Subscriptions, work: (hinted: ReadonlySet<Address> | undefined) => Promise<readonly Address[]>) {
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

  /** Does the work for this account soon. */
  nudge(address: Address): void {
    this.#hints.add(address);
    this.#wake();
  }

  /** Takes hints of these accounts from now on, and of no others. */
  watch(addresses: readonly Address[]): void {
    if (this.#stop === undefined) return;
    const wanted = new Set(addresses);
    for (const address of wanted) {
      if (!this.#watched.has(address)) this.#watched.set(address, this.#subscriptions.watch(address, () => this.nudge(address)));
    }
    for (const [address, unwatch] of this.#watched) {
      if (wanted.has(address)) continue;
      unwatch();
      this.#watched.delete(address);
    }
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
    let allAtMs = 0; // of performance.now(): hints of one account put off the look at the others by nothing
    for (let failures = 0; !signal.aborted;) {
      const isForAll = performance.now() >= allAtMs;
      const hinted = isForAll ? undefined : this.#hints;
      this.#hints = new Set();
      try {
        const addresses = await this.#work(hinted);
        if (signal.aborted) return;
        this.watch(addresses);
        failures = 0;
      } catch {
        failures++; // the endpoint's state is an event of its own
      }
      if (isForAll || failures > 0) {
        const intervalMs = failures === 0 && this.#subscriptions.live ? LIVE_INTERVAL_MS : POLL_INTERVAL_MS;
        const delayMs = Math.min(MAX_BACKOFF_MS, intervalMs * 2 ** Math.max(0, failures - 1));
        allAtMs = performance.now() + delayMs * (0.75 + Math.random() / 2); // many clients of one endpoint do not look all at once
      }
      await this.#pause(allAtMs - performance.now(), signal);
    }
  }

  async #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    if (this.#hints.size > 0 || signal.aborted || delayMs <= 0) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(delayMs, AbortSignal.any([signal, woken.signal])).catch(() => undefined);
  }
}
