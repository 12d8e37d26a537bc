/** What runs in the page: the IndexedDB store and its checks, where a test can call them. */
import { indexedDbStore, type Store } from "@postern/sdk";
import { storeChecks } from "@postern/sdk/store-conformance";

const stores = new Map<string, Store & { close?(): Promise<void> }>();
const storeOf = (name: string): Store => {
  const store = stores.get(name) ?? indexedDbStore(name);
  stores.set(name, store);
  return store;
};
let places = 0;

const tools = {
  ready: true,
  checks: storeChecks(() => {
    const name = `check/${places++}`;
    return { open: () => indexedDbStore(name), remove: async () => void indexedDB.deleteDatabase(name) };
  }),
  /** Counts up by compare and set. */
  count: async (name: string, times: number): Promise<void> => {
    const store = storeOf(name);
    for (let counted = 0; counted < times; ) {
      const current = await store.get("count");
      if (await store.replace("count", current, Uint8Array.of((current?.[0] ?? 0) + 1))) counted++;
    }
  },
  get: async (name: string, key: string): Promise<number[] | undefined> => {
    const value = await storeOf(name).get(key);
    return value && [...value];
  },
  set: (name: string, key: string, value: number[]): Promise<void> => storeOf(name).set(key, Uint8Array.from(value)),
  /** Seals something under the store's key; the same key gives the same. */
  sealed: async (name: string): Promise<number[]> => {
    const key = (await storeOf(name).sealingKey!()) as CryptoKey;
    const exported = await crypto.subtle.exportKey("raw", key).then(() => true, () => false);
    if (exported) throw new Error("the key can be exported");
    return [...new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, new Uint8Array(16)))];
  },
  /** The code and reason of what a store's work throws, or "done". */
  outcome: async (work: () => Promise<unknown>): Promise<string> => work().then(() => "done", (error: { code?: string; context?: { reason?: string } }) => `${error.code} ${error.context?.reason}`),
  storeOf,
};
Object.assign(globalThis, tools);

export type Tools = typeof tools;
