/** Where a device keeps what the ledger does not hold: pins of keys, read marks, the cluster it belongs to. */
import { PosternError } from "../errors.js";

/** A map from short text keys to bytes. Calls may be concurrent; a `get` after a `set` has resolved sees its value. */
export interface Store {
  readonly kind: string;
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

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
  return {
    kind: "memory",
    get: async (key) => values.get(key)?.slice(),
    set: async (key, value) => {
      values.set(key, value.slice());
    },
    delete: async (key) => {
      values.delete(key);
    },
  };
}

/** A store whose keys belong to one wallet and whose failures are STORE_FAILED. */
export function scopedStore(store: Store, scope: string): Store {
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new PosternError("STORE_FAILED", "The store failed. Check that it can be read and written, then try again.", { cause });
    }
  };
  return {
    kind: store.kind,
    get: (key) => run(async () => {
      const value: unknown = await store.get(`${scope}/${key}`);
      if (value === undefined || value === null) return undefined;
      if (!ArrayBuffer.isView(value)) throw new TypeError("a value of the store is no Uint8Array");
      return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    }),
    set: (key, value) => run(() => store.set(`${scope}/${key}`, value)),
    delete: (key) => run(() => store.delete(`${scope}/${key}`)),
  };
}
