/** A kept session in the stores that outlive a process and a page. */
import { indexedDbStore, type ConnectOptions, type Store } from "@postern/sdk";
import { fileStore } from "@postern/sdk/node";
import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { itsIndexedDb } from "../store/support/fake-indexed-db.js";
import { open, stage } from "./support/stage.js";

const run = promisify(execFile);
const RELOAD = join(__dirname, "fixtures", "reload.mjs");

describe("a device session in a store", function () {
  this.timeout(60_000);
  const on = stage();
  const device = (store: Store): Pick<ConnectOptions, "store" | "session"> => ({ store, session: "device" });

  it("of files is resumed by another process, which has no wallet to ask, and gone after lock()", async () => {
    const folder = await mkdtemp(join(tmpdir(), "postern-session-"));
    try {
      const store = fileStore(folder);
      const alice = await on.person({ connect: device(store), register: { fundLamports: 300_000_000n } });
      const bob = await on.person();
      await open(alice, bob);
      const args = [RELOAD, on.net.rpcUrl, folder, alice.address, bob.address];
      const { stdout, stderr } = await run(process.execPath, [...args, "from another process"], { timeout: 30_000 });
      expect([JSON.parse(stdout), stderr]).to.deep.equal([["gm", "from another process"], ""]);
      const key = (await readdir(folder)).find((name) => name.includes("key")) ?? "";
      expect(((await stat(join(folder, key))).mode & 0o777).toString(8)).to.equal("600");
      await alice.postern.lock();
      const after = await run(process.execPath, [...args, "again"], { timeout: 30_000 }).catch((error: { stderr: string }) => error);
      expect(after.stderr).to.contain("REJECTED_BY_WALLET");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  describe("of a browser", () => {
    itsIndexedDb();

    it("is resumed in IndexedDB, by default too, under a key that cannot be taken out", async () => {
      const store = indexedDbStore("session test");
      for (const options of [device(store), { session: "device" } as const]) {
        const alice = await on.person({ connect: options });
        await alice.postern.close();
        const prompts = alice.wallet.total;
        const again = await on.connect(alice.wallet, options);
        expect([await again.isRegistered(), alice.wallet.total - prompts]).to.deep.equal([true, 0]);
        await again.lock();
        await on.connect(alice.wallet, options);
        expect(alice.wallet.total - prompts).to.equal(1);
      }
      const key = (await store.sealingKey()) as CryptoKey;
      expect([key.extractable, key.algorithm.name]).to.deep.equal([false, "AES-GCM"]);
      expect(await crypto.subtle.exportKey("raw", key).then(() => "out", () => "stays")).to.equal("stays");
      await store.close();
    });
  });
});
