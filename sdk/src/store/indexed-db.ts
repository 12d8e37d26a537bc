import type { Store } from "./store.js";

/** A store in this origin's IndexedDB, for any number of tabs and workers at once. */
export type IndexedDbStore = Store & Required<Pick<Store, "sealingKey" | "close">>;

/**
 * Records in a database of this origin's IndexedDB. Tabs and workers may use one at once; nothing is opened before it is used.
 * What the browser refuses (a private window without storage, a full disk, a blocked upgrade) is STORE_FAILED.
 *
 * @param name of the database; one for each cluster
 * @example
 * ```ts
 * import { indexedDbStore } from "@postern/sdk";
 *
 * const store = indexedDbStore("my-app/mainnet");
 * ```
 */
export function indexedDbStore(name = "postern"): IndexedDbStore {
  let opened: Promise<IndexedDbStore> | undefined;
  // What does the work is loaded when it is first needed: a page that starts does without it.
  const store = (): Promise<IndexedDbStore> => (opened ??= import("./indexed-db-records.js").then(({ indexedDbRecords }) => indexedDbRecords(name)));
  return {
    kind: "indexeddb",
    get: async (key) => (await store()).get(key),
    set: async (key, value) => (await store()).set(key, value),
    delete: async (key) => (await store()).delete(key),
    keys: async (prefix) => (await store()).keys(prefix),
    replace: async (key, expected, next) => (await store()).replace(key, expected, next),
    sealingKey: async () => (await store()).sealingKey(),
    close: async () => (await opened)?.close(),
  };
}
