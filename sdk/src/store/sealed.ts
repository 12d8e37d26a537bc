/** What stands between the client and any store: records sealed, their names hidden. */
import { bytesToHex, randomBytes } from "@noble/hashes/utils.js";
import { equal } from "../crypto/bytes.js";
import { hideName, openRecord, revealName, sealRecord, storeKeys } from "../crypto/store-box.js";
import { PosternError } from "../errors.js";
import { contended, MAX_ATTEMPTS, scopedStore, storeFailed, update, type Store } from "./store.js";

/** A store whose records only this wallet's keys open. */
export type SealedStore = Store & {
  /** Reads, changes and writes a record, as {@link update} does. */
  update(name: string, change: (current: Uint8Array | undefined) => Uint8Array | undefined): Promise<Uint8Array | undefined>;
  /** Overwrites the keys, and closes the store below if it is its own. Every call after it throws LOCKED. */
  wipe(): void;
};

/**
 * Seals everything that goes through it. The store below sees one flat set of records named `postern/<scope>/<hex>`: how many there
 * are, when each is read and written, and its size in steps; not whose they are, nor which are pins, marks or messages.
 *
 * Altered or exchanged records are STORE_FAILED with `context.reason` "damaged" and the record's name in `context.key`: taking one
 * for absent would let older keys pass. A store can still forget a record or bring back an older state of it; that cannot be told
 * from a device that has not seen the newer one.
 *
 * @param parts `domain` as in the protocol, 32 bytes; `secret` from `storeSecret`, 32 bytes, not kept; `own`: nobody else uses the
 * store below through this object
 * @throws PosternError INVALID_ARGUMENT; its methods LOCKED, STORE_FAILED
 */
export function sealedStore(store: Store, parts: { readonly domain: Uint8Array; readonly secret: Uint8Array; readonly own?: boolean }): SealedStore {
  const keys = storeKeys(parts.domain, parts.secret);
  const below = scopedStore(store, `postern/${bytesToHex(keys.scope)}`);
  let wiped = false;
  const alive = (): void => {
    if (wiped) throw new PosternError("LOCKED", "The keys on this device have been locked. Connect again to unlock them.");
  };
  const seal = (name: string, value: Uint8Array): Uint8Array => sealRecord(keys, name, value, randomBytes(24));
  const open = (name: string, box: Uint8Array | undefined): Uint8Array | undefined => {
    alive();
    if (box === undefined) return undefined;
    const value = openRecord(keys, name, box);
    if (value === undefined) throw damaged(name);
    return value;
  };
  const hide = (name: string): string => (alive(), hideName(keys, name));

  const sealed: SealedStore = {
    kind: store.kind,
    get: async (name) => open(name, await below.get(hide(name))),
    set: async (name, value) => below.set(hide(name), seal(name, value)),
    delete: async (name) => below.delete(hide(name)),
    keys: async (prefix) => {
      alive();
      const hidden = await below.keys("");
      alive();
      return hidden.flatMap((each) => revealName(keys, each) ?? []).filter((name) => name.startsWith(prefix));
    },
    replace: async (name, expected, next) => {
      const hidden = hide(name);
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const box = await below.get(hidden);
        const current = open(name, box);
        if (current !== expected && !(current && expected && equal(current, expected))) return false;
        // False says that the box is another by now: perhaps of the same value, sealed again.
        if (await below.replace(hidden, box, next && seal(name, next))) return true;
      }
      throw contended();
    },
    update: (name, change) => update(sealed, name, change),
    wipe: () => {
      wiped = true;
      for (const key of Object.values(keys)) key.fill(0);
      if (parts.own) store.close?.().catch(() => undefined); // nothing waits for it
    },
  };
  return sealed;
}

function damaged(key: string): PosternError {
  return storeFailed("A record in the store was altered or damaged. Restore the store from a copy, or use a new one and compare safety numbers again.", { reason: "damaged", key });
}
