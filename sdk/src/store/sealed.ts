/** What stands between the client and any store: records sealed, their names hidden. */
import { bytesToHex, randomBytes } from "@noble/hashes/utils.js";
import { equal } from "../crypto/bytes.js";
import { hideName, openRecord, revealName, sealRecord, storeKeys, type StoreKeys } from "../crypto/store-box.js";
import { PosternError } from "../errors.js";
import { contended, MAX_ATTEMPTS, scopedStore, storeFailed, update, type Store } from "./store.js";

/** A store whose records only this wallet's keys open. */
export type SealedStore = Store & {
  /** Reads, changes and writes a record, as {@link update} does. */
  update(name: string, change: (current: Uint8Array | undefined) => Uint8Array | undefined): Promise<Uint8Array | undefined>;
  /** Seals bytes that leave the store, for whoever has the same secret; `name` says what they are, and is no record's. */
  seal(name: string, value: Uint8Array): Uint8Array;
  /** What {@link seal} sealed under that name; undefined for anything else. */
  open(name: string, box: Uint8Array): Uint8Array | undefined;
  /** A copy of the secret, 32 bytes; the caller wipes it. */
  secret(): Uint8Array;
  /** What lies in the same store below under another secret (32 bytes, copied). Of no use once this one is wiped. */
  under(secret: Uint8Array): SealedStore;
  /** Goes on with what lies under another secret (32 bytes, copied). Resolves when nothing is under way any more in what it leaves. */
  moveTo(secret: Uint8Array): Promise<void>;
  /** Overwrites the keys, and closes the store below if it is its own. Every call after it throws LOCKED. */
  wipe(): void;
};

/** One wallet's part of the store below. `hidden`: by name, for hiding one takes longer than the rest of a read. */
type Place = { readonly secret: Uint8Array; readonly keys: StoreKeys; readonly below: Store; readonly hidden: Map<string, string> };

const MAX_HIDDEN = 1_000;

/**
 * Seals everything that goes through it. The store below sees one flat set of records named `postern/<scope>/<hex>`: how many there
 * are, when each is read and written, and its size in steps; not whose they are, nor which are pins, marks or messages.
 *
 * Altered or exchanged records are STORE_FAILED with `context.reason` "damaged" and the record's name in `context.key`: taking one
 * for absent would let older keys pass. A store can still forget a record or bring back an older state of it; that cannot be told
 * from a device that has not seen the newer one.
 *
 * @param parts `domain` as in the protocol, 32 bytes; `secret` from `storeSecret`, 32 bytes, copied; `own`: nobody else uses the
 * store below through this object
 * @throws PosternError INVALID_ARGUMENT; its methods LOCKED, STORE_FAILED
 */
export function sealedStore(store: Store, parts: { readonly domain: Uint8Array; readonly secret: Uint8Array; readonly own?: boolean }): SealedStore {
  return sealed(store, parts, () => undefined);
}

/** @param outer throws once the store that this one belongs to is wiped */
function sealed(store: Store, parts: { readonly domain: Uint8Array; readonly secret: Uint8Array; readonly own?: boolean }, outer: () => void): SealedStore {
  const placeOf = (secret: Uint8Array): Place => {
    const keys = storeKeys(parts.domain, secret);
    return { secret: secret.slice(), keys, below: scopedStore(store, `postern/${bytesToHex(keys.scope)}`), hidden: new Map() };
  };
  let place = placeOf(parts.secret);
  let wiped = false;
  const underWay = new Set<Promise<unknown>>();
  const alive = (): void => {
    outer();
    if (wiped) throw new PosternError("LOCKED", "The keys on this device have been locked. Connect again to unlock them.");
  };
  const seal = ({ keys }: Place, name: string, value: Uint8Array): Uint8Array => sealRecord(keys, name, value, randomBytes(24));
  const open = ({ keys }: Place, name: string, box: Uint8Array | undefined): Uint8Array | undefined => {
    alive();
    if (box === undefined) return undefined;
    const value = openRecord(keys, name, box);
    if (value === undefined) throw damaged(name);
    return value;
  };
  const hide = ({ keys, hidden }: Place, name: string): string => {
    alive();
    const known = hidden.get(name) ?? hideName(keys, name);
    if (hidden.size >= MAX_HIDDEN) hidden.clear();
    hidden.set(name, known);
    return known;
  };
  /** Runs work to its end in the place where it began. */
  const within = <T>(run: (at: Place) => Promise<T>): Promise<T> => {
    const work = run(place);
    const done = (): unknown => underWay.delete(work);
    underWay.add(work);
    work.then(done, done);
    return work;
  };

  const self: SealedStore = {
    kind: store.kind,
    get: (name) => within(async (at) => open(at, name, await at.below.get(hide(at, name)))),
    set: (name, value) => within(async (at) => at.below.set(hide(at, name), seal(at, name, value))),
    delete: (name) => within(async (at) => at.below.delete(hide(at, name))),
    keys: (prefix) => within(async ({ keys, below }) => {
      alive();
      const hidden = await below.keys("");
      alive();
      return hidden.flatMap((each) => revealName(keys, each) ?? []).filter((name) => name.startsWith(prefix));
    }),
    replace: (name, expected, next) => within(async (at) => {
      const hidden = hide(at, name);
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const box = await at.below.get(hidden);
        const current = open(at, name, box);
        if (current === undefined ? expected !== undefined : expected === undefined || !equal(current, expected)) return false;
        // False says that the box is another by now: perhaps of the same value, sealed again.
        if (await at.below.replace(hidden, box, next && seal(at, name, next))) return true;
      }
      throw contended();
    }),
    update: (name, change) => update(self, name, change),
    seal: (name, value) => (alive(), seal(place, name, value)),
    open: (name, box) => (alive(), openRecord(place.keys, name, box)),
    secret: () => (alive(), place.secret.slice()),
    under: (secret) => sealed(store, { domain: parts.domain, secret }, alive),
    moveTo: async (secret) => {
      alive();
      const left = place;
      place = placeOf(secret);
      await Promise.allSettled(underWay);
      wipe(left);
    },
    wipe: () => {
      wiped = true;
      wipe(place);
      if (parts.own) store.close?.().catch(() => undefined); // nothing waits for it
    },
  };
  return self;
}

function wipe({ secret, keys, hidden }: Place): void {
  hidden.clear();
  for (const key of [secret, ...Object.values(keys)]) key.fill(0);
}

function damaged(key: string): PosternError {
  return storeFailed("A record in the store was altered or damaged. Restore the store from a copy, or use a new one and compare safety numbers again.", { reason: "damaged", key });
}
