import type { Store } from "./store.js";

/**
 * A store that lives as long as the process. Pass the same one to two connects to share pins and read marks.
 *
 * @example
 * ```ts
 * import { memoryStore, Postern } from "@postern/sdk";
 *
 * const postern = await Postern.connect({ connection, wallet, store: memoryStore() });
 * ```
 */
export function memoryStore(): Store {
  const values = new Map<string, Uint8Array>();
  const put = (key: string, value: Uint8Array | undefined): void => {
    if (value === undefined) values.delete(key);
    else values.set(key, value.slice());
  };
  const sealingKey = crypto.getRandomValues(new Uint8Array(32));
  return {
    kind: "memory",
    get: async (key) => values.get(key)?.slice(),
    set: async (key, value) => put(key, value),
    delete: async (key) => put(key, undefined),
    keys: async (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
    replace: async (key, expected, next) => {
      if (!sameBytes(values.get(key), expected)) return false;
      put(key, next);
      return true;
    },
    sealingKey: async () => sealingKey.slice(),
  };
}

/** Whether two values of a store are alike; undefined is like undefined alone. Values are no secrets to their store. */
export function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.length === b.length && a.every((byte, i) => byte === b[i]);
}
