import { expect } from "chai";
import type { Page } from "playwright-core";
import { CHROMIUM, openPages, type Pages } from "./chromium.js";
import type { Tools } from "./store-page.js";

type Window = typeof globalThis & Tools;

describe("the IndexedDB store in Chromium", function () {
  this.timeout(60_000);
  let pages: Pages;
  let one: Page;
  let two: Page;

  before(async function () {
    if (CHROMIUM === undefined && process.env["CI"] === undefined) this.skip(); // CI installs it
    pages = await openPages("store-page.ts");
    [one, two] = [await pages.page(), await pages.page()];
  });
  after(() => pages?.close());

  it("does everything that a store promises", async () => {
    const names = await one.evaluate(() => (globalThis as Window).checks.map(({ name }) => name));
    expect(names).to.have.length.above(10);
    for (const name of names) {
      const failed = await one.evaluate((wanted) => (globalThis as Window).checks.find((check) => check.name === wanted)!.run().then(() => "", (error: unknown) => String(error)), name);
      expect(failed, name).to.equal("");
    }
  });

  it("loses no update of two tabs that count at once", async () => {
    await Promise.all([one, two].map((page) => page.evaluate(() => (globalThis as Window).count("two tabs", 60))));
    for (const page of [one, two]) expect(await page.evaluate(() => (globalThis as Window).get("two tabs", "count"))).to.deep.equal([120]);
  });

  it("outlives its page, and so does its sealing key, which no page can export and all pages share", async () => {
    await one.evaluate(() => (globalThis as Window).set("kept", "k", [1, 2, 3]));
    const sealed = await Promise.all([one, two].map((page) => page.evaluate(() => (globalThis as Window).sealed("kept"))));
    expect(sealed[0]).to.deep.equal(sealed[1]);
    const three = await pages.page();
    expect(await three.evaluate(() => (globalThis as Window).get("kept", "k"))).to.deep.equal([1, 2, 3]);
    expect(await three.evaluate(() => (globalThis as Window).sealed("kept"))).to.deep.equal(sealed[0]);
    await three.close();
  });

  it("makes way for a tab that deletes the database, and goes on with a new one", async () => {
    await one.evaluate(() => (globalThis as Window).set("deleted", "k", [1]));
    const deleted = await two.evaluate(() => new Promise<string>((resolve) => {
      const request = indexedDB.deleteDatabase("deleted");
      request.onsuccess = () => resolve("deleted");
      request.onblocked = () => resolve("blocked");
    }));
    expect(deleted).to.equal("deleted");
    expect(await one.evaluate(() => (globalThis as Window).get("deleted", "k"))).to.equal(undefined);
  });

  it("says that a newer version of the app has upgraded it", async () => {
    await two.evaluate(() => new Promise<void>((resolve, reject) => {
      const request = indexedDB.open("newer", 7);
      request.onsuccess = () => (request.result.close(), resolve());
      request.onerror = () => reject(new Error("not opened"));
    }));
    expect(await one.evaluate(() => (globalThis as Window).outcome(() => (globalThis as Window).storeOf("newer").get("k")))).to.equal("STORE_FAILED blocked");
  });

  it("is STORE_FAILED where the browser refuses: no room, no storage at all", async () => {
    const three = await pages.page();
    const full = await three.evaluate(() => {
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("no room", "QuotaExceededError");
      };
      return (globalThis as Window).outcome(() => (globalThis as Window).storeOf("full").set("k", Uint8Array.of(1))).finally(() => (IDBObjectStore.prototype.put = put));
    });
    expect(full).to.equal("STORE_FAILED full");
    const none = await three.evaluate(() => {
      Object.defineProperty(globalThis, "indexedDB", { value: { open: () => { throw new DOMException("denied", "SecurityError"); } } });
      return (globalThis as Window).outcome(() => (globalThis as Window).storeOf("none").get("k"));
    });
    expect(none).to.equal("STORE_FAILED unavailable");
    await three.close();
  });
});
