/** What waits until something later has gone before it, or for a while where nothing comes. */
const AT_MOST_MS = 250;

export class Reordering {
  readonly #waiting = new Set<() => void>();
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Resolves behind the next {@link pass}. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#timers.delete(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, AT_MOST_MS);
      this.#timers.add(timer);
      this.#waiting.add(go);
    });
  }

  /** Something goes by: whatever waits follows it. */
  pass(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    setImmediate(() => waiting.forEach((go) => go()));
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#waiting.clear();
  }
}
