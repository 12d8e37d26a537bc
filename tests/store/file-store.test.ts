import { isPosternError, type PosternError } from "@postern/sdk";
import { fileStore } from "@postern/sdk/node";
import { expect } from "chai";
import fc from "fast-check";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderLock, LockLost } from "../../sdk/src/node/folder-lock.js";
import { decodeRecord, encodeRecord, fileNameOf, keyOfFileName } from "../../sdk/src/node/record-file.js";

const ONE = Uint8Array.of(1);

async function refused(work: Promise<unknown>, code: string): Promise<PosternError> {
  const error: unknown = await work.then(() => expect.fail("it was not refused"), (thrown: unknown) => thrown);
  if (!isPosternError(error, code)) throw error;
  return error;
}

describe("the file store", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "postern-file-store-"));
    path = join(folder, "deep", "store");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const everything = async (): Promise<string[]> => (await readdir(path, { recursive: true })).map((name) => join(path, name));

  it("touches nothing before it is written to, and reads an empty one", async () => {
    const store = fileStore(path);
    expect([await store.get("k"), await store.keys("")]).to.deep.equal([undefined, []]);
    await stat(path).then(() => expect.fail("it was made"), () => undefined);
  });

  it("shows its folders and files to their owner alone, and leaves nothing but records behind", async () => {
    const store = fileStore(path);
    await store.set("k", ONE);
    await store.replace("k", ONE, Uint8Array.of(2));
    await store.set("gone", ONE);
    await store.delete("gone");
    await store.sealingKey();
    for (const name of [path, ...(await everything())]) {
      const found = await stat(name);
      expect(found.mode & 0o777, name).to.equal(found.isDirectory() ? 0o700 : 0o600);
    }
    expect((await everything()).map((name) => name.slice(path.length + 1)).sort()).to.deep.equal(["lock", "lock/free", "new", "records", "records/k-k", "sealing-key"]);
  });

  it("says of a damaged file which record it is, at any byte and any length, and reads and lists the others", async () => {
    const store = fileStore(path);
    await store.set("good", ONE);
    await store.set("bad", Uint8Array.of(1, 2, 3));
    const file = join(path, "records", fileNameOf("bad"));
    const whole = await readFile(file);
    const damaged = [...whole.keys()].flatMap((at) => [whole.subarray(0, at), Buffer.from(whole.map((byte, i) => (i === at ? byte ^ 1 : byte)))]);
    for (const content of [...damaged, Buffer.concat([whole, ONE]), Buffer.alloc(0)]) {
      await writeFile(file, content);
      const error = await refused(store.get("bad"), "STORE_FAILED");
      expect(error.context).to.deep.equal({ reason: "damaged", key: "bad" });
    }
    await refused(store.replace("bad", undefined, ONE), "STORE_FAILED");
    expect([await store.get("good"), (await store.keys("")).sort()]).to.deep.equal([ONE, ["bad", "good"]]);
    await store.set("bad", ONE);
    expect(await store.get("bad")).to.deep.equal(ONE);
  });

  it("takes no record for another's: a file under a foreign name is damaged", async () => {
    const store = fileStore(path);
    await store.set("mine", ONE);
    await rename(join(path, "records", fileNameOf("mine")), join(path, "records", fileNameOf("yours")));
    expect((await refused(store.get("yours"), "STORE_FAILED")).context).to.deep.equal({ reason: "damaged", key: "yours" });
  });

  it("ignores files that are none of its own", async () => {
    const store = fileStore(path);
    await store.set("k", ONE);
    for (const name of [".DS_Store", "k-", "k-A", "k-%zz", "k-%41%", "k-%61", "h-12", "x"]) await writeFile(join(path, "records", name), "?");
    expect(await store.keys("")).to.deep.equal(["k"]);
  });

  it("removes what killed processes left half-written, but only when it is old", async () => {
    await fileStore(path).set("k", ONE);
    for (const name of ["old", "young"]) await writeFile(join(path, "new", name), "half");
    const yesterday = new Date(Date.now() - 86_400_000);
    await utimes(join(path, "new", "old"), yesterday, yesterday);
    await fileStore(path).set("k", ONE);
    expect(await readdir(join(path, "new"))).to.deep.equal(["young"]);
  });

  it("is STORE_FAILED with the cause where the folder cannot be used, and works once it can", async () => {
    await writeFile(join(folder, "deep"), "a file where a folder should be");
    const store = fileStore(path);
    const error = await refused(store.set("k", ONE), "STORE_FAILED");
    expect([error.context, (error.cause as { code: string }).code]).to.deep.equal([{ reason: "unavailable" }, "ENOTDIR"]);
    await rm(join(folder, "deep"));
    await store.set("k", ONE);
    await rm(path, { recursive: true });
    await refused(store.set("k", ONE), "STORE_FAILED");
    await store.set("k", ONE);
    expect(await store.get("k")).to.deep.equal(ONE);
  });

  it("refuses keys that are no text, and paths that are none", async () => {
    for (const key of ["", "\ud800", "a\udc00", "x".repeat(65_536), 5 as unknown as string]) await refused(fileStore(path).set(key, ONE), "INVALID_ARGUMENT");
    for (const wrong of ["", undefined as unknown as string]) expect(() => fileStore(wrong)).to.throw().with.property("code", "INVALID_ARGUMENT");
  });

  it("keeps the order of changes that were made without waiting", async () => {
    const store = fileStore(path);
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 4 === 3 ? store.delete("k") : store.set("k", new Uint8Array((20 - i) * 10_000).fill(i)))));
    expect(await store.get("k")).to.equal(undefined);
    await Promise.all([store.set("k", new Uint8Array(1_000_000)), store.set("k", ONE)]);
    expect(await store.get("k")).to.deep.equal(ONE);
  });

  it("compares with what was expected at the call, and writes what was passed then", async () => {
    const store = fileStore(path);
    await store.set("k", ONE);
    const [expected, next] = [ONE.slice(), Uint8Array.of(2)];
    const replaced = store.replace("k", expected, next);
    for (const bytes of [expected, next]) bytes.fill(9);
    expect([await replaced, await store.get("k")]).to.deep.equal([true, Uint8Array.of(2)]);
    expect(await store.replace("k", ONE, ONE)).to.equal(false);
    expect(await readdir(join(path, "new")), "nothing is left of what was refused").to.deep.equal([]);
  });

  it("begins a change anew whose lock was taken over under it: what it says is done has been done", async () => {
    const store = fileStore(path);
    const large = new Uint8Array(1 << 20).fill(1); // the lock is held for as long as this is compared
    const [at, other] = [join(path, "lock"), join(path, "lock", `${process.pid}-another`)];
    for (const next of [Uint8Array.of(2), undefined]) {
      for (let taken = 0; taken < 4;) {
        await store.set("k", large);
        let isDone = false;
        const change = store.replace("k", large, next).finally(() => (isDone = true));
        change.catch(() => undefined);
        for (let isTaken = false; !isDone && !isTaken;) {
          const [holder = "free"] = await readdir(at);
          isTaken = holder !== "free" && (await rename(join(at, holder), other).then(() => true, () => false));
          if (!isTaken) continue;
          for (const name of await readdir(other)) await rm(join(other, name), { force: true });
          await rename(other, join(at, "free"));
          taken++;
        }
        expect([await change, await store.get("k")]).to.deep.equal([true, next]);
      }
    }
  });

  describe("its lock", () => {
    const places = async (): Promise<{ lock: FolderLock; at: string }> => {
      await mkdir(join(folder, "new"));
      const at = join(folder, "lock");
      const lock = new FolderLock(at);
      await lock.create(join(folder, "new"));
      return { lock, at };
    };

    it("is made once, however many make it", async () => {
      const { at, lock } = await places();
      await Promise.all(Array.from({ length: 8 }, () => new FolderLock(at).create(join(folder, "new"))));
      await lock.run(Promise.resolve(), () => new FolderLock(at).create(join(folder, "new")));
      expect([await readdir(at), await readdir(join(folder, "new"))]).to.deep.equal([["free"], []]);
    });

    it("is taken at once from a process that died with it, once by one, and without what that had begun", async () => {
      const { at } = await places();
      for (let round = 0; round < 10; round++) {
        const dead = join(at, "999999999-dead");
        await rename(join(at, "free"), dead);
        await writeFile(join(dead, "begun"), "half");
        let inside = 0;
        const started = performance.now();
        await Promise.all(Array.from({ length: 4 }, () => new FolderLock(at).run(Promise.resolve(), async (held) => {
          expect([++inside, await readdir(held)]).to.deep.equal([1, []]);
          inside--;
        })));
        expect(performance.now() - started).to.be.below(4_000);
      }
    });

    it("is never held by two: whoever was suspended and taken for dead commits nothing", async () => {
      const { lock, at } = await places();
      await writeFile(join(folder, "value"), "late");
      const late = lock.run(Promise.resolve(), async (held) => {
        await rename(held, join(at, `${process.pid}-another`)); // what another process does that takes it over
        await rename(join(folder, "value"), join(held, "value")).catch(() => Promise.reject(new LockLost()));
      });
      expect(await late.catch((error: unknown) => error)).to.be.instanceOf(LockLost);
      expect(await readdir(at)).to.deep.equal([`${process.pid}-another`]);
      await rename(join(at, `${process.pid}-another`), join(at, "free"));
      expect(await lock.run(Promise.resolve(), async () => "next")).to.equal("next");
    });
  });

  describe("its files", () => {
    const key = fc.oneof(fc.string({ unit: "binary", minLength: 1, maxLength: 300 }), fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 })).filter((text) => !/\p{Surrogate}/u.test(text));

    it("have names that every file system takes, tell all keys apart without case, and tell the key", () => {
      fc.assert(fc.property(key, key, (a, b) => {
        expect(fileNameOf(a)).to.match(/^[kh]-[a-z0-9_%-]{1,238}$/);
        if (a !== b) expect(fileNameOf(a)).not.to.equal(fileNameOf(b));
        const told = keyOfFileName(fileNameOf(a));
        if (told !== "hashed") expect(told).to.deep.equal({ key: a });
        else expect(Buffer.byteLength(a)).to.be.above(79);
      }));
    });

    it("hold key and value, whatever they are", () => {
      fc.assert(fc.property(key, fc.uint8Array({ maxLength: 300 }), (name, value) => {
        expect(decodeRecord(encodeRecord(name, value), name)).to.deep.equal({ key: name, value: Uint8Array.from(value) });
      }));
    });
  });

  it("cannot be written where the file system refuses: STORE_FAILED, and nothing is lost", async () => {
    const store = fileStore(path);
    await store.set("k", ONE);
    await rename(join(path, "new"), join(path, "away"));
    await writeFile(join(path, "new"), ""); // a file where a folder is needed refuses everybody, root too
    await refused(store.set("k", Uint8Array.of(2)), "STORE_FAILED");
    expect(await store.get("k")).to.deep.equal(ONE);
    await rm(join(path, "new"));
    await rename(join(path, "away"), join(path, "new"));
    await store.set("k", Uint8Array.of(2));
    expect(await store.get("k")).to.deep.equal(Uint8Array.of(2));
  });
});
