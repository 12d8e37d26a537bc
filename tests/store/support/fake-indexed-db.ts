/** IndexedDB in Node, for as long as a suite runs: other suites must not find it, as the client would use it. */
import * as fake from "fake-indexeddb";

const NAMES = [
  "indexedDB", "IDBCursor", "IDBCursorWithValue", "IDBDatabase", "IDBFactory", "IDBIndex", "IDBKeyRange", "IDBObjectStore", "IDBOpenDBRequest", "IDBRequest",
  "IDBTransaction", "IDBVersionChangeEvent",
] as const;

export function itsIndexedDb(): void {
  before(() => {
    for (const name of NAMES) Object.defineProperty(globalThis, name, { value: fake[name], configurable: true, writable: true });
  });
  after(() => {
    for (const name of NAMES) Reflect.deleteProperty(globalThis, name);
  });
}
