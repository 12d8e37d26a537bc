/** Where a device keeps what the ledger does not hold. */
import { PosternError } from "../errors.js";

/**
 * A map from short text keys to bytes, in which several tabs or processes may work at once.
 *
 * What an implementation promises, and `@postern/sdk/store-conformance` checks:
 *
 * - **Keys** are text without unpaired surrogates, told apart by every character; `""` is none. Postern's own have at most 240
 *   characters, all of them printable ASCII.
 * - **Values** are any bytes, the empty ones too. They are copied on the way in and on the way out.
 * - **One at a time**: `set`, `delete` and `replace` of one key happen one after the other, also those of another tab or
 *   process; a value that is read was written whole.
 * - **Kept**: once a write has resolved, every later read sees it, through any handle, and if the store outlives the process, so
 *   does the write. A write that rejects may or may not have happened.
 * - Whatever goes wrong rejects, with any error: nothing is answered with a guess. A value that is there and cannot be read is an
 *   error, not `undefined`.
 *
 * What Postern hands over is encrypted and its names are blinded, but for the few that it needs before the keys are unlocked.
 *
 * @example
 * ```ts
 * import { memoryStore, type Store } from "@postern/sdk";
 *
 * const inner = memoryStore();
 * const counted: Store & { writes: number } = {
 *   ...inner,
 *   kind: "counted",
 *   writes: 0,
 *   set: (key, value) => (counted.writes++, inner.set(key, value)),
 * };
 * ```
 */
export interface Store {
  /** A word for logs. */
  readonly kind: string;
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array): Promise<void>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** The keys that begin with `prefix` (all for `""`), each once, in any order. */
  keys(prefix: string): Promise<string[]>;
  /**
   * Compare and set: if the value is byte for byte `expected` (`undefined`: there is none), writes `next` (`undefined`: deletes
   * it) and resolves to true; else changes nothing and resolves to false. Nothing comes between the comparison and the write.
   */
  replace(key: string, expected: Uint8Array | undefined, next: Uint8Array | undefined): Promise<boolean>;
  /**
   * Optional: a secret that belongs to this store on this device: 32 bytes, or in browsers a non-extractable AES-GCM key. Made
   * at the first call, once, whoever calls; the same from then on. Without it, `session: "device"` is refused.
   */
  sealingKey?(): Promise<Uint8Array | CryptoKey>;
  /** Optional: lets go of files and connections. The next call takes them again. */
  close?(): Promise<void>;
}

/** How often a change begins again before the store is taken for broken. */
export const MAX_ATTEMPTS = 1_000;

/**
 * Reads, changes and writes a value so that no change of another tab or process is lost.
 *
 * @param change from the value, or undefined where there is none, to the new one, or undefined to delete it; what it was given
 * leaves all as it is. May be called several times; what it throws ends the update.
 * @returns the value that stands afterwards
 * @throws PosternError STORE_FAILED
 */
export async function update(store: Store, key: string, change: (current: Uint8Array | undefined) => Uint8Array | undefined): Promise<Uint8Array | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const current = await store.get(key);
    const next = change(current);
    if (next === current || (await store.replace(key, current, next))) return next;
  }
  throw contended();
}

export function contended(): PosternError {
  return storeFailed("The store refuses every change of a value. Check its replace() with @postern/sdk/store-conformance.", { reason: "contended" });
}

/**
 * A view of a store whose keys begin with `scope/`, whose failures are STORE_FAILED, and whose answers have been looked at.
 */
export function scopedStore(store: Store, scope: string): Store {
  const prefix = `${scope}/`;
  return {
    kind: store.kind,
    get: (key) => guarded(async () => bytesOf(await store.get(prefix + key))),
    set: (key, value) => guarded(() => store.set(prefix + key, value)),
    delete: (key) => guarded(() => store.delete(prefix + key)),
    keys: (start) => guarded(async () => (await store.keys(prefix + start)).filter((key) => key.startsWith(prefix + start)).map((key) => key.slice(prefix.length))),
    replace: (key, expected, next) => guarded(async () => {
      const done: unknown = await store.replace(prefix + key, expected, next);
      if (typeof done !== "boolean") throw new TypeError("replace() of the store told neither true nor false");
      return done;
    }),
  };
}

/** Runs a store's work. @throws PosternError STORE_FAILED, whatever it throws */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof PosternError && cause.code === "STORE_FAILED") throw cause;
    throw new PosternError("STORE_FAILED", "The store failed. Check that it can be read and written, then try again.", { cause });
  }
}

/** `reason` is `damaged` for a value that is there and cannot be believed. */
export type StoreFailure = "damaged" | "contended" | "locked" | "blocked" | "full" | "unavailable";

export function storeFailed(message: string, context: { readonly reason: StoreFailure; readonly key?: string }, cause?: unknown): PosternError {
  return new PosternError("STORE_FAILED", message, { context, cause });
}

/** What a store answers, as bytes of this realm; null counts as nothing. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (value === undefined || value === null) return undefined;
  if (!ArrayBuffer.isView(value)) throw new TypeError("a value of the store is no Uint8Array");
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
