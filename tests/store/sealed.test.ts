import { isPosternError, memoryStore, type Store } from "@postern/sdk";
import { expect } from "chai";
import fc from "fast-check";
import { hideName, openRecord, revealName, sealRecord, storeKeys } from "../../sdk/src/crypto/store-box.js";
import { sealedStore } from "../../sdk/src/store/sealed.js";

const DOMAIN = new Uint8Array(32).fill(1);
const SECRET = new Uint8Array(32).fill(2);
const ALICE = "A1iceBase58AddressA1iceBase58AddressA1iceAdd";
const value = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A store, and what somebody sees who has it. */
function watched(): { store: Store; seen: () => Promise<[string, Uint8Array][]> } {
  const store = memoryStore();
  return { store, seen: async () => Promise.all((await store.keys("")).map(async (key) => [key, (await store.get(key))!] as [string, Uint8Array])) };
}

const code = async (work: Promise<unknown>): Promise<unknown> => work.then(() => "nothing", (error: unknown) => (isPosternError(error) ? error.code : error));

describe("a sealed store", () => {
  it("shows neither names nor values, nor which records are of one kind", async () => {
    const { store, seen } = watched();
    const sealed = sealedStore(store, { domain: DOMAIN, secret: SECRET });
    await sealed.set(`pin/${ALICE}`, new Uint8Array(40).fill(7));
    await sealed.set(`read/${ALICE}`, value("cursor"));
    await sealed.set("outbox/1", value("a draft"));
    const all = await seen();
    expect(new Set(all.map(([key, box]) => `${key.length} ${box.length} ${key.slice(0, 41)}`)).size).to.equal(1);
    for (const [key, box] of all) {
      expect(key).to.match(/^postern\/[0-9a-f]{32}\/[0-9a-f]+$/).with.length.below(241);
      const text = `${key}${Buffer.from(box).toString("latin1")}`;
      for (const secret of [ALICE, "pin", "read", "outbox", "cursor", "draft", "\u0007\u0007\u0007"]) expect(text).not.to.include(secret);
    }
    expect((await sealed.keys("")).sort()).to.deep.equal(["outbox/1", `pin/${ALICE}`, `read/${ALICE}`]);
  });

  it("opens with the same secret alone: another wallet, or another cluster, sees an empty store", async () => {
    const { store } = watched();
    await sealedStore(store, { domain: DOMAIN, secret: SECRET }).set("k", value("v"));
    expect(await sealedStore(store, { domain: DOMAIN, secret: SECRET }).get("k")).to.deep.equal(value("v"));
    for (const other of [{ domain: DOMAIN, secret: new Uint8Array(32) }, { domain: new Uint8Array(32), secret: SECRET }]) {
      expect([await sealedStore(store, other).get("k"), await sealedStore(store, other).keys("")]).to.deep.equal([undefined, []]);
    }
  });

  it("tells of a record that was altered at any byte, cut, or put in another's place, and never takes it for absent", async () => {
    const { store, seen } = watched();
    const sealed = sealedStore(store, { domain: DOMAIN, secret: SECRET });
    await sealed.set("pin/a", value("a"));
    const [[key, box]] = (await seen()) as [[string, Uint8Array]];
    await sealed.set("pin/b", value("b"));
    const other = (await seen()).find(([name]) => name !== key)!;
    const lies = [...box.keys()].map((at) => box.map((byte, i) => (i === at ? byte ^ 0x80 : byte)));
    for (const lie of [...lies, box.subarray(0, -1), box.subarray(0, 10), new Uint8Array(0), other[1]]) {
      await store.set(key, lie);
      const error: unknown = await sealed.get("pin/a").catch((thrown: unknown) => thrown);
      expect(isPosternError(error, "STORE_FAILED") && error.context).to.deep.equal({ reason: "damaged", key: "pin/a" });
      expect(await code(sealed.update("pin/a", () => value("new")))).to.equal("STORE_FAILED");
      expect(await code(sealed.replace("pin/a", undefined, value("new")))).to.equal("STORE_FAILED");
    }
    expect(await sealed.get("pin/b")).to.deep.equal(value("b"));
  });

  it("ignores names that are none of its own", async () => {
    const { store, seen } = watched();
    const sealed = sealedStore(store, { domain: DOMAIN, secret: SECRET });
    await sealed.set("k", value("v"));
    const [[key]] = (await seen()) as [[string, Uint8Array]];
    for (const name of [key.slice(0, -2), `${key}00`, key.replace(/.$/, (last) => (last === "0" ? "1" : "0")), key.slice(0, 41), `${key.slice(0, 41)}zz`, key.toUpperCase()]) await store.set(name, value("junk"));
    expect(await sealed.keys("")).to.deep.equal(["k"]);
  });

  it("seals anew with every write, and so tells an equal value from one that never changed", async () => {
    const { store, seen } = watched();
    const sealed = sealedStore(store, { domain: DOMAIN, secret: SECRET });
    await sealed.set("k", value("v"));
    const before = await seen();
    await sealed.set("k", value("v"));
    expect(await seen()).not.to.deep.equal(before);
  });

  it("replaces although another tab seals the same value again in between", async () => {
    const { store } = watched();
    const sealed = sealedStore(store, { domain: DOMAIN, secret: SECRET });
    await sealed.set("k", value("v"));
    let interfered = 0;
    const raced: Store = { ...store, replace: async (...change) => (interfered++ === 0 ? sealed.set("k", value("v")) : Promise.resolve()).then(() => store.replace(...change)) };
    expect(await sealedStore(raced, { domain: DOMAIN, secret: SECRET }).replace("k", value("v"), value("w"))).to.equal(true);
    expect([interfered, await sealed.get("k")]).to.deep.equal([2, value("w")]);
  });

  it("gives up on a store that refuses every change", async () => {
    const sealed = sealedStore({ ...memoryStore(), replace: async () => false }, { domain: DOMAIN, secret: SECRET });
    expect([await code(sealed.replace("k", undefined, value("v"))), await code(sealed.update("k", () => value("v")))]).to.deep.equal(["STORE_FAILED", "STORE_FAILED"]);
  });

  it("is of no use once it was wiped: LOCKED, also to what was on its way", async () => {
    const { store, seen } = watched();
    let pass!: () => void;
    const slow: Store = { ...store, get: (key) => new Promise<void>((resolve) => (pass = resolve)).then(() => store.get(key)) };
    const sealed = sealedStore(slow, { domain: DOMAIN, secret: SECRET });
    const writing = code(sealed.update("k", () => value("v")));
    sealed.wipe();
    pass();
    expect(await writing).to.equal("LOCKED");
    for (const act of [sealed.get("k"), sealed.set("k", value("v")), sealed.delete("k"), sealed.keys(""), sealed.replace("k", undefined, value("v"))]) expect(await code(act)).to.equal("LOCKED");
    expect(await seen()).to.deep.equal([]);
  });
});

describe("sealed records", () => {
  const keys = storeKeys(DOMAIN, SECRET);
  const name = fc.string({ unit: "grapheme", maxLength: 80 });
  const bytes = fc.uint8Array({ maxLength: 3_000 });
  const random = fc.uint8Array({ minLength: 24, maxLength: 24 });

  it("open to what was sealed, and names to what was hidden", () => {
    fc.assert(fc.property(name, bytes, random, (record, content, r24) => {
      expect(openRecord(keys, record, sealRecord(keys, record, content, r24))).to.deep.equal(Uint8Array.from(content));
      expect(revealName(keys, hideName(keys, record))).to.equal(record);
    }));
  });

  it("tell the size of a value in steps, and the length of a name in steps of 64", () => {
    const size = (length: number): number => sealRecord(keys, "k", new Uint8Array(length), new Uint8Array(24)).length - 41;
    expect([0, 1, 127, 128, 255, 256, 511, 512, 1_023, 1_024, 2_047, 2_048].map(size)).to.deep.equal([128, 128, 128, 256, 256, 512, 512, 1_024, 1_024, 2_048, 2_048, 3_072]);
    expect([0, 63, 64].map((length) => hideName(keys, "x".repeat(length)).length)).to.deep.equal([192, 192, 320]);
  });

  it("never use a key for two values, even with a random source that always says the same", () => {
    const broken = new Uint8Array(24);
    const salt = (box: Uint8Array): string => Buffer.from(box.subarray(1, 25)).toString("hex");
    fc.assert(fc.property(name, bytes, name, bytes, (a, x, b, y) => {
      fc.pre(a !== b || Buffer.compare(x, y) !== 0);
      expect(salt(sealRecord(keys, a, x, broken))).not.to.equal(salt(sealRecord(keys, b, y, broken)));
    }));
  });
});
