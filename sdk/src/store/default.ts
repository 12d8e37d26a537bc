import { indexedDbStore } from "./indexed-db.js";
import { memoryStore } from "./memory.js";
import type { Store } from "./store.js";

/**
 * Where an app that names no store keeps its records: in browsers in IndexedDB, one database for each cluster, as a local network
 * is another at every start; elsewhere in memory.
 */
export function defaultStore(cluster: string): Store {
  return "indexedDB" in globalThis && globalThis.indexedDB ? indexedDbStore(`postern/${cluster}`) : memoryStore();
}
