/** What works behind `indexedDbStore`, in a file of its own that is loaded when it is first used. */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from "idb";
import { PosternError } from "../errors.js";
import type { IndexedDbStore } from "./indexed-db.js";
import { storeFailed } from "./store.js";

/** Bytes by key, and the one key that seals for this device, which nothing can export. */
interface Schema extends DBSchema {
  records: { key: string; value: Uint8Array };
  keys: { key: string; value: CryptoKey };
}
type Database = IDBPDatabase<Schema>;
type Writing = IDBPTransaction<Schema, ("records" | "keys")[], "readwrite">;

const VERSION = 1;
const SEALING_KEY = "sealing";

export function indexedDbRecords(name: string): IndexedDbStore {
  let opening: Promise<Database> | undefined;
  const forget = (): void => {
    opening = undefined;
  };
  const database = (): Promise<Database> => {
    if (opening) return opening;
    const attempt = open(name, forget);
    attempt.catch(() => opening === attempt && forget()); // the next call tries again
    return (opening = attempt);
  };

  /** Runs work in a transaction, once more where the connection was closed under it. */
  async function run<T>(work: (database: Database) => Promise<T>): Promise<T> {
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          return await work(await database());
        } catch (error) {
          if (attempt > 0 || nameOf(error) !== "InvalidStateError") throw error;
          forget();
        }
      }
    } catch (error) {
      throw coded(error);
    }
  }

  /** A change that is on disk when it resolves. */
  const write = <T>(work: (transaction: Writing) => Promise<T>): Promise<T> =>
    run(async (db) => {
      const transaction = db.transaction(["records", "keys"], "readwrite", { durability: "strict" });
      // A transaction that fails rejects in two places; the first to be told is the one that matters.
      const [result] = await Promise.all([work(transaction), transaction.done]);
      return result;
    });

  const put = async (transaction: Writing, key: string, value: Uint8Array | undefined): Promise<void> => {
    const records = transaction.objectStore("records");
    // Of a view on a larger buffer, IndexedDB would keep all.
    await (value === undefined ? records.delete(key) : records.put(Uint8Array.from(value), key));
  };

  return {
    kind: "indexeddb",
    get: (key) => run((db) => db.get("records", key)),
    set: (key, value) => write((transaction) => put(transaction, key, value)),
    delete: (key) => write((transaction) => put(transaction, key, undefined)),
    keys: (prefix) => run(async (db) => (await db.getAllKeys("records", rangeOf(prefix))).filter((key) => key.startsWith(prefix))),
    replace: (key, expected, next) => write(async (transaction) => {
      const current = await transaction.objectStore("records").get(key);
      if (!same(current, expected)) return false;
      await put(transaction, key, next);
      return true;
    }),
    sealingKey: async () => {
      const known = await run((db) => db.get("keys", SEALING_KEY));
      if (known) return known;
      // Made before the transaction, which would end while it waits; of two tabs, the first one's stays.
      const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      return write(async (transaction) => {
        const keys = transaction.objectStore("keys");
        const first = await keys.get(SEALING_KEY);
        if (first) return first;
        await keys.put(made, SEALING_KEY);
        return made;
      });
    },
    close: async () => {
      const open = opening;
      forget();
      (await open?.catch(() => undefined))?.close();
    },
  };
}

/** `forget` is called when the connection has ended, so that the next call makes another. */
function open(name: string, forget: () => void): Promise<Database> {
  return new Promise((resolve, reject) => {
    let refused = false;
    openDB<Schema>(name, VERSION, {
      upgrade: (database) => {
        database.createObjectStore("records");
        database.createObjectStore("keys");
      },
      blocked: () => {
        refused = true;
        reject(storeFailed("Another tab holds the store's database open in an older version. Close the other tabs of this app, then try again.", { reason: "blocked" }));
      },
      // Another tab upgrades or deletes the database: it must not wait for this one.
      blocking: (_, __, { target }) => {
        forget();
        (target as IDBDatabase).close();
      },
      terminated: forget,
    }).then((database) => (refused ? database.close() : resolve(database)), reject);
  });
}

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => a === b || (a !== undefined && a.length === b?.length && a.every((byte, i) => byte === b[i]));

/** Keys from the prefix to where its last character goes up by one; perhaps a few too many. */
function rangeOf(prefix: string): IDBKeyRange {
  const last = prefix.charCodeAt(prefix.length - 1);
  return last < 0xffff ? IDBKeyRange.bound(prefix, prefix.slice(0, -1) + String.fromCharCode(last + 1), false, true) : IDBKeyRange.lowerBound(prefix);
}

const nameOf = (error: unknown): string => (typeof error === "object" && error !== null && "name" in error ? String(error.name) : "");

function coded(error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  if (nameOf(error) === "QuotaExceededError") return storeFailed("The browser gives this site no more storage. Free some, or ask for persistent storage, then try again.", { reason: "full" }, error);
  if (nameOf(error) === "VersionError") return storeFailed("The store was made by a newer version of this app. Reload the page.", { reason: "blocked" }, error);
  return storeFailed("The browser's IndexedDB failed, as in private windows that keep nothing. Allow this site to keep data, or pass store: memoryStore().", { reason: "unavailable" }, error);
}
