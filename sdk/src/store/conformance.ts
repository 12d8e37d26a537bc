/**
 * What every store promises, as checks that any test runner can run.
 *
 * @module
 */
import type { Store } from "./store.js";

/** One new, empty place for records. */
export interface StorePlace {
  /** A handle on this place, every call another one: as if by another tab, process or restart. What lives in one object alone returns it. */
  open(): Store | Promise<Store>;
  /** Called when a check is done with it. */
  remove?(): void | Promise<void>;
}

/** One property of a store: `run` rejects, with a sentence, when it does not hold. */
export type StoreCheck = { readonly name: string; run(): Promise<void> };

/**
 * The checks, each on a place of its own.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@postern/sdk";
 * import { storeChecks } from "@postern/sdk/store-conformance";
 *
 * const checks = storeChecks(() => {
 *   const store = memoryStore();
 *   return { open: () => store };
 * });
 * for (const { run } of checks) await run(); // or: it(name, run)
 * ```
 */
export function storeChecks(place: () => StorePlace | Promise<StorePlace>): StoreCheck[] {
  return Object.entries(CHECKS).map(([name, check]) => ({
    name,
    run: async () => {
      const here = await place();
      const opened: Store[] = [];
      const open = async (): Promise<Store> => {
        const store = await here.open();
        opened.push(store);
        return store;
      };
      try {
        await check(await open(), open);
      } finally {
        for (const store of new Set(opened)) await store.close?.();
        await here.remove?.();
      }
    },
  }));
}

type Check = (store: Store, open: () => Promise<Store>) => Promise<void>;

/** Keys that a careless encoding, file system or query mistakes for others. */
const AWKWARD_KEYS = [
  "a", "A", "a/b", "a%2fb", "a//b", "/", "//", ".", "..", "../a", "a/../b", "~", "%", "%00", "a b", " a", "a ", "a\u0000b", "\n", "a\\b", "a:b", "a*", "a?", "con", "nul.txt",
  "__proto__", "constructor", "toString", "é", "e\u0301", "ß", "SS", "\u{1f511}", "\uffff", "'; drop table records; --", "a_b", "a.tmp", "0", "00", "-1", "x".repeat(240), "\u{1f511}".repeat(120),
];

const CHECKS: Readonly<Record<string, Check>> = {
  "has a kind that is text": async (store) => same(typeof store.kind, "string", "kind"),

  "answers undefined for what is not there, and deletes it without an error": async (store) => {
    same(await store.get("nothing"), undefined, "get");
    await store.delete("nothing");
    same((await store.keys("")).length, 0, "keys");
  },

  "gives back what was set, through another handle too": async (store, open) => {
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    await store.set("k", every);
    for (const handle of [store, await open()]) bytes(await handle.get("k"), every, "get");
    await store.set("k", Uint8Array.of(1));
    for (const handle of [store, await open()]) bytes(await handle.get("k"), Uint8Array.of(1), "get after another set");
    await store.delete("k");
    for (const handle of [store, await open()]) same(await handle.get("k"), undefined, "get after delete");
  },

  "tells an empty value from none": async (store, open) => {
    await store.set("empty", new Uint8Array(0));
    bytes(await (await open()).get("empty"), new Uint8Array(0), "get");
    same(await store.replace("empty", undefined, Uint8Array.of(1)), false, "replace of none");
    same(await store.replace("none", new Uint8Array(0), Uint8Array.of(1)), false, "replace of the empty value");
    same(await store.replace("empty", new Uint8Array(0), Uint8Array.of(1)), true, "replace");
  },

  "keeps values of 1 MiB and views on larger buffers": async (store, open) => {
    const large = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 31) % 251);
    await store.set("large", large);
    await store.set("view", large.subarray(1_000, 1_003));
    bytes(await (await open()).get("large"), large, "the large value");
    bytes(await (await open()).get("view"), large.slice(1_000, 1_003), "the view");
  },

  "copies values on the way in and on the way out": async (store) => {
    const value = Uint8Array.of(1, 2, 3);
    await store.set("k", value);
    value.fill(9);
    const read = await store.get("k");
    bytes(read, Uint8Array.of(1, 2, 3), "get after the caller changed its array");
    read?.fill(9);
    bytes(await store.get("k"), Uint8Array.of(1, 2, 3), "get after the reader changed its array");
  },

  "tells every key from every other, whatever is in it": async (store, open) => {
    for (const [i, key] of AWKWARD_KEYS.entries()) await store.set(key, Uint8Array.of(i));
    const later = await open();
    for (const [i, key] of AWKWARD_KEYS.entries()) bytes(await later.get(key), Uint8Array.of(i), JSON.stringify(key));
    same(list(await later.keys("")), list(AWKWARD_KEYS), "keys");
    await store.delete("A");
    bytes(await later.get("a"), Uint8Array.of(0), "a after A was deleted");
  },

  "lists the keys that begin with a prefix, each once": async (store) => {
    for (const key of ["a/1", "a/2", "a", "a0", "ab/1", "b/1", "a/%", "a/_"]) await store.set(key, Uint8Array.of(1));
    for (const [prefix, expected] of Object.entries({ "a/": ["a/1", "a/2", "a/%", "a/_"], "a/%": ["a/%"], "a/_": ["a/_"], "a": ["a", "a/1", "a/2", "a0", "ab/1", "a/%", "a/_"], "b": ["b/1"], "c": [] })) {
      same(list(await store.keys(prefix)), list(expected), `keys(${JSON.stringify(prefix)})`);
    }
    await store.delete("b/1");
    same(list(await store.keys("b")), "", "keys after a delete");
  },

  "replaces a value only when it is the expected one": async (store, open) => {
    const [one, two, three] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(1, 0)];
    same(await store.replace("k", one, two), false, "nothing is there");
    same(await store.replace("k", undefined, undefined), true, "nothing by nothing");
    same(await store.get("k"), undefined, "still nothing");
    same(await store.replace("k", undefined, one), true, "the first");
    for (const wrong of [undefined, two, three, new Uint8Array(0)]) same(await store.replace("k", wrong, two), false, "another expected");
    bytes(await store.get("k"), one, "unchanged");
    same(await (await open()).replace("k", one, two), true, "by another handle");
    bytes(await store.get("k"), two, "changed");
    same(await store.replace("k", two, undefined), true, "by nothing");
    same(await store.get("k"), undefined, "gone");
    same(list(await store.keys("")), "", "keys");
  },

  "loses no update of several handles that count at once": async (store, open) => {
    const handles = [store, await open(), await open()];
    const count = async (handle: Store): Promise<void> => {
      let counted = 0;
      for (let attempt = 0; counted < 20; attempt++) {
        if (attempt === 10_000) throw new Error("replace: refuses again and again what was read just before");
        const current = await handle.get("count");
        if (await handle.replace("count", current, Uint8Array.of((current?.[0] ?? 0) + 1))) counted++;
      }
    };
    await Promise.all(handles.map(count));
    bytes(await store.get("count"), Uint8Array.of(60), "the count");
  },

  "lets one of many take what only one may have": async (store, open) => {
    const handles = [store, await open(), await open(), await open()];
    for (let round = 0; round < 5; round++) {
      const taken = await Promise.all(handles.map((handle, i) => handle.replace(`lease/${round}`, undefined, Uint8Array.of(i))));
      same(taken.filter(Boolean).length, 1, "how many took it");
      bytes(await store.get(`lease/${round}`), Uint8Array.of(taken.indexOf(true)), "who has it");
    }
  },

  "keeps apart what is written at once, and reads nothing torn": async (store, open) => {
    const other = await open();
    const sizes = [1, 5_000, 100_000];
    const value = (i: number): Uint8Array => new Uint8Array(sizes[i % sizes.length]!).fill(i);
    const writes = Array.from({ length: 24 }, (_, i) => (i % 2 ? store : other).set(i % 3 ? `k/${i}` : "shared", value(i)));
    const whole = async (): Promise<void> => {
      const read = await store.get("shared");
      if (read) same(read.every((byte) => byte === read[0]) && sizes.includes(read.length), true, "whole");
    };
    await Promise.all([...writes, whole(), whole(), whole()]);
    await whole();
    for (let i = 0; i < 24; i++) if (i % 3) bytes(await other.get(`k/${i}`), value(i), `k/${i}`);
  },

  "has one sealing key if it has any, whoever asks first": async (store, open) => {
    if (!store.sealingKey) return;
    const handles = [store, await open(), await open()];
    const keys = await Promise.all(handles.map(async (handle) => fingerprint(await handle.sealingKey!())));
    same(new Set([...keys, await fingerprint(await (await open()).sealingKey!())]).size, 1, "how many keys");
    same((await store.keys("")).length, 0, "keys that it shows as records");
  },

  "works on after it was closed": async (store) => {
    await store.set("k", Uint8Array.of(1));
    await store.close?.();
    await store.close?.();
    bytes(await store.get("k"), Uint8Array.of(1), "get");
  },
};

const list = (keys: readonly string[]): string => [...keys].sort().map((key) => JSON.stringify(key)).join(" ");

/** Tells keys apart, exportable or not. */
async function fingerprint(key: Uint8Array | CryptoKey): Promise<string> {
  if (ArrayBuffer.isView(key)) {
    same(key.length, 32, "bytes of the key");
    return key.join();
  }
  same(key.extractable, false, "whether the key can be exported");
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, new Uint8Array(16))).join();
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${String(expected)} is right, it is ${String(actual)}`);
}

function bytes(actual: Uint8Array | undefined, expected: Uint8Array, what: string): void {
  const told = (value: Uint8Array | undefined): string => (value === undefined ? "undefined" : `${value.length} bytes ${value.subarray(0, 8).join(" ")}`);
  if (!(actual instanceof Uint8Array) || actual.length !== expected.length || actual.some((byte, i) => byte !== expected[i])) {
    throw new Error(`${what}: ${told(expected)} is right, it is ${told(actual)}`);
  }
}
