import { equal } from "../crypto/bytes.js";
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
      const current = values.get(key);
      if (current !== expected && !(current && expected && equal(current, expected))) return false;
      put(key, next);
      return true;
    },
    sealingKey: async () => sealingKey.slice(),
  };
}
