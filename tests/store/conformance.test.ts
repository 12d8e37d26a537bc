import { indexedDbStore, memoryStore, type Store } from "@postern/sdk";
import { storeChecks, type StorePlace } from "@postern/sdk/store-conformance";
import { fileStore } from "@postern/sdk/node";
import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealedStore } from "../../sdk/src/store/sealed.js";
import { itsIndexedDb } from "./support/fake-indexed-db.js";

const SECRETS = { domain: new Uint8Array(32).fill(1), secret: new Uint8Array(32).fill(2) };
let databases = 0;

async function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "postern-store-"));
}

const PLACES: Record<string, () => StorePlace | Promise<StorePlace>> = {
  "the memory store": () => {
    const store = memoryStore();
    return { open: () => store };
  },
  "the file store": async () => {
    const path = await folder();
    return { open: () => fileStore(join(path, "store")), remove: () => rm(path, { recursive: true }) };
  },
  "the IndexedDB store": () => {
    const name = `conformance/${databases++}`;
    return { open: () => indexedDbStore(name), remove: async () => void indexedDB.deleteDatabase(name) };
  },
  "any store under the seal": () => {
    const store = memoryStore();
    return { open: () => sealedStore(store, SECRETS) };
  },
  "files under the seal": async () => {
    const path = await folder();
    return { open: () => sealedStore(fileStore(path), SECRETS), remove: () => rm(path, { recursive: true }) };
  },
};

describe("the conformance suite", () => {
  itsIndexedDb();

  for (const [name, place] of Object.entries(PLACES)) {
    describe(`run on ${name}: it`, () => {
      for (const check of storeChecks(place)) it(check.name, check.run);
    });
  }

  describe("run on a store that is broken in one way finds it: a store that", () => {
    const broken: Record<string, (good: Store) => Partial<Store>> = {
      "keeps the caller's array": () => {
        const values = new Map<string, Uint8Array>();
        return { get: async (key) => values.get(key), set: async (key, value) => void values.set(key, value) };
      },
      "takes the empty value for none": (good) => ({ get: async (key) => ((await good.get(key))?.length ? good.get(key) : undefined) }),
      "folds case": (good) => ({ get: (key) => good.get(key.toLowerCase()), set: (key, value) => good.set(key.toLowerCase(), value) }),
      "trims keys": (good) => ({ get: (key) => good.get(key.trim()), set: (key, value) => good.set(key.trim(), value) }),
      "normalises keys": (good) => ({ get: (key) => good.get(key.normalize()), set: (key, value) => good.set(key.normalize(), value) }),
      "cuts keys": (good) => ({ get: (key) => good.get(key.slice(0, 200)), set: (key, value) => good.set(key.slice(0, 200), value), keys: good.keys }),
      "lists everything": (good) => ({ keys: () => good.keys("") }),
      "lists a key twice": (good) => ({ keys: async (prefix) => (await good.keys(prefix)).flatMap((key) => [key, key]) }),
      "compares lengths alone": (good) => ({
        replace: async (key, expected, next) => {
          const current = await good.get(key);
          return current?.length === expected?.length && good.replace(key, current, next);
        },
      }),
      "compares, waits, then writes": (good) => ({
        replace: async (key, expected, next) => {
          const current = await good.get(key);
          await new Promise(setImmediate);
          if (current?.join() !== expected?.join()) return false;
          await (next ? good.set(key, next) : good.delete(key));
          return true;
        },
      }),
      "writes whatever is expected": (good) => ({ replace: async (key, _, next) => (next ? good.set(key, next) : good.delete(key)).then(() => true) }),
      "never replaces": () => ({ replace: async () => false }),
      "forgets deletes": () => ({ delete: async () => undefined }),
      "answers null for none": (good) => ({ get: async (key) => (await good.get(key)) ?? (null as unknown as undefined) }),
      "has a new sealing key each time": () => ({ sealingKey: async () => crypto.getRandomValues(new Uint8Array(32)) }),
      "has a short sealing key": () => ({ sealingKey: async () => new Uint8Array(16) }),
    };
    for (const [fault, breakIt] of Object.entries(broken)) {
      it(fault, async () => {
        const failed: string[] = [];
        const checks = storeChecks(() => {
          const good = memoryStore();
          const store = { ...good, ...breakIt(good) };
          return { open: () => store };
        });
        for (const { name, run } of checks) await run().catch(() => failed.push(name));
        expect(failed).not.to.be.empty;
      });
    }
  });
});
