/** A value that can be watched: the shape that React's `useSyncExternalStore` takes, and from which any other is made. */

export interface Observable<T> {
  /** The same object until something in it has changed. */
  getSnapshot(): T;
  /** Calls `listener` after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

export class Cell<T> implements Observable<T> {
  readonly #listeners = new Set<() => void>();
  readonly #onWatched: (() => () => void) | undefined;
  #value: T;
  #unwatch: (() => void) | undefined;
  #ending: ReturnType<typeof setTimeout> | undefined;

  /** `onWatched` runs when the first listener comes; what it returns, once the last one has been gone for a moment. */
  constructor(value: T, onWatched?: () => () => void) {
    this.#value = value;
    this.#onWatched = onWatched;
  }

  getSnapshot = (): T => this.#value;

  subscribe = (listener: () => void): (() => void) => {
    const own = (): void => listener(); // one listener may subscribe twice
    this.#listeners.add(own);
    clearTimeout(this.#ending);
    this.#unwatch ??= this.#onWatched?.();
    return () => {
      if (!this.#listeners.delete(own) || this.#listeners.size > 0) return;
      // A component that is mounted anew (React's strict mode, a route that changes) leaves and comes back at once.
      this.#ending = setTimeout(() => {
        this.#unwatch?.();
        this.#unwatch = undefined;
      }, 0);
    };
  };

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Replaces fields; nothing happens where all are what they were. */
  patch(fields: Partial<T>): void {
    const current = this.#value as Record<string, unknown>;
    if (Object.entries(fields).some(([name, value]) => !Object.is(current[name], value))) this.set({ ...this.#value, ...fields });
  }
}
