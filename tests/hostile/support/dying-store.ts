/** A real store that stops working after so many operations, as when its process is killed, and what lies in a store. */
import type { Store } from "@postern/sdk";

export function dyingStore(inner: Store): { readonly store: Store; operations(): number; dieAfter(operations: number): void } {
  let done = 0;
  let last = Infinity;
  const living = <A extends unknown[], T>(work: (...args: A) => Promise<T>) => async (...args: A): Promise<T> => {
    if (done >= last) throw new Error("the store is gone");
    done++;
    return work(...args);
  };
  const store = { ...inner, get: living(inner.get), set: living(inner.set), delete: living(inner.delete), keys: living(inner.keys), replace: living(inner.replace) };
  return { store, operations: () => done, dieAfter: (operations) => void (last = done + operations) };
}

/** How many records lie in each wallet's part of a store. */
export async function scopesIn(store: Store): Promise<Map<string, number>> {
  const counted = new Map<string, number>();
  for (const key of await store.keys("postern/")) {
    const scope = /^postern\/([0-9a-f]{32})\//.exec(key)?.[1];
    if (scope) counted.set(scope, (counted.get(scope) ?? 0) + 1);
  }
  return counted;
}
