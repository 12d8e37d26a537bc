/** A store in a folder: one file for each record. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PosternError } from "../errors.js";
import { storeFailed, type Store } from "../store/store.js";
import { codeOf, FolderLock, ignoreMissing, LockLost } from "./folder-lock.js";
import { decodeRecord, encodeRecord, fileNameOf, keyOfFileName } from "./record-file.js";

/** A store in a folder; its sealing key is 32 bytes in a file of their own. */
export type FileStore = Store & { sealingKey(): Promise<Uint8Array> };

const SEALING_KEY = "sealing-key";
/** Files that a killed process left half-written are removed when they are this old. */
const LEFTOVER_MS = 3_600_000;
const ATTEMPTS = 10;

/**
 * Records in a folder that any number of processes may use at once. A write is on disk when it resolves. Killed at any point, by a
 * signal or with the machine, the folder opens again with every record whole, as it was before or after the write.
 *
 * Folders are made with mode 0700, files with 0600. What is in them is as Postern sealed it; `sealing-key`, which is made
 * only when `session: "device"` asks for it, lies beside them in the clear: whoever copies the folder copies it too. The file system
 * must rename atomically, as local ones do.
 *
 * @param path of a folder that is the store's alone; made if it is not there
 * @throws PosternError INVALID_ARGUMENT; its methods STORE_FAILED, for a damaged file with the record in `context.key`
 * @example
 * ```ts
 * import { Postern } from "@postern/sdk";
 * import { fileStore } from "@postern/sdk/node";
 *
 * const postern = await Postern.connect({ connection, wallet, store: fileStore("./postern-store") });
 * ```
 */
export function fileStore(path: string): FileStore {
  if (typeof path !== "string" || path === "") throw new PosternError("INVALID_ARGUMENT", "Pass the path of a folder.");
  const folder = new Folder(resolve(path));
  const at = (key: string): string => join(folder.records, fileNameOf(key));
  const guarded = <T>(work: () => Promise<T>): Promise<T> => work().catch((error: unknown) => Promise.reject(coded(error)));
  return {
    kind: "file",
    get: (key) => guarded(async () => read(at(key), key)),
    set: (key, value) => guarded(async () => void (await folder.change(at(key), encodeRecord(key, value)))),
    delete: (key) => guarded(async () => void (await folder.change(at(key), undefined))),
    replace: (key, expected, next) => guarded(async () => {
      const old = expected && Buffer.from(expected); // the caller's own array may change while this waits
      return folder.change(at(key), next && encodeRecord(key, next), async () => {
        const current = await read(at(key), key);
        return current === old || (current !== undefined && old?.equals(current) === true);
      });
    }),
    keys: (prefix) => guarded(async () => {
      const names = await readdir(folder.records).catch((error: unknown) => ignoreMissing(error) ?? []);
      const keys = await Promise.all(names.map((name) => keyOf(folder.records, name)));
      return keys.filter((key) => key?.startsWith(prefix) === true) as string[];
    }),
    sealingKey: () => guarded(async () => {
      const file = join(folder.path, SEALING_KEY);
      const known = await read(file, SEALING_KEY);
      if (known) return known;
      await folder.change(file, encodeRecord(SEALING_KEY, randomBytes(32)), async () => (await read(file, SEALING_KEY)) === undefined);
      return (await read(file, SEALING_KEY))!;
    }),
  };
}

/** What is in a file; undefined where there is none. */
async function read(file: string, key: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(file).catch((error: unknown) => ignoreMissing(error));
  return bytes && decodeRecord(bytes, key).value;
}

async function keyOf(records: string, name: string): Promise<string | undefined> {
  const known = keyOfFileName(name);
  if (known !== "hashed") return known?.key;
  const bytes = await readFile(join(records, name)).catch((error: unknown) => ignoreMissing(error)); // deleted meanwhile
  return bytes && decodeRecord(bytes, name).key;
}

/**
 * `records` holds the records, `new` what is being written, `lock` who may move it over.
 */
class Folder {
  readonly path: string;
  readonly records: string;
  readonly #new: string;
  readonly #lock: FolderLock;
  #made: Promise<void> | undefined;

  constructor(path: string) {
    this.path = path;
    this.records = join(path, "records");
    this.#new = join(path, "new");
    this.#lock = new FolderLock(join(path, "lock"));
  }

  /**
   * Writes a file, or removes it, unless `allowed`, asked while nobody else can write, says no.
   * @returns whether it did
   */
  async change(file: string, content: Buffer | undefined, allowed: () => Promise<boolean> = async () => true): Promise<boolean> {
    const made = (this.#made ??= this.#make());
    await made.catch(() => (this.#made = undefined)); // the next change tries again
    await made;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#change(file, content, allowed);
      } catch (error) {
        if (!(error instanceof LockLost) || attempt === ATTEMPTS) {
          this.#made = undefined; // someone may have removed the folder
          throw error;
        }
      }
    }
  }

  async #change(file: string, content: Buffer | undefined, allowed: () => Promise<boolean>): Promise<boolean> {
    const name = randomUUID();
    const fresh = join(this.#new, name);
    const written = content === undefined ? Promise.resolve() : writeDurably(fresh, content);
    written.catch(() => undefined); // told below, when it is this change's turn
    try {
      // Changes of one process keep the order of their calls, though their files are written side by side.
      const done = await this.#lock.run(written, async (held) => {
        if (!(await allowed())) return false;
        const passing = join(held, name);
        if (content === undefined) return remove(file, passing, held);
        await rename(fresh, passing).catch(lost);
        await rename(passing, file).catch(lost);
        return true;
      });
      if (done) await syncFolder(join(file, ".."));
      return done;
    } finally {
      await rm(fresh, { force: true });
    }
  }

  async #make(): Promise<void> {
    for (const folder of [this.path, this.records, this.#new]) await mkdir(folder, { recursive: true, mode: 0o700 });
    await this.#lock.create(this.#new);
    await syncFolder(this.path);
    for (const name of await readdir(this.#new)) {
      const leftover = join(this.#new, name);
      const { mtimeMs } = (await stat(leftover).catch((error: unknown) => ignoreMissing(error))) ?? { mtimeMs: Infinity };
      if (Date.now() - mtimeMs > LEFTOVER_MS) await rm(leftover, { recursive: true, force: true });
    }
  }
}

/** Removes a file by way of the lock's folder. Nothing there is no error, unless the lock is gone as well. */
async function remove(file: string, passing: string, held: string): Promise<boolean> {
  try {
    await rename(file, passing);
    await rm(passing, { force: true });
  } catch (error) {
    ignoreMissing(error);
    await stat(held).catch(lost);
  }
  return true;
}

function lost(error: unknown): never {
  ignoreMissing(error);
  throw new LockLost("The lock was taken over while this process was suspended.");
}

async function writeDurably(file: string, content: Buffer): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes names of files durable. Windows does so by itself, and opens no folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function coded(error: unknown): unknown {
  if (error instanceof PosternError) return error;
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") return storeFailed("The disk is full. Make room, then try again.", { reason: "full" }, error);
  return storeFailed("The store's folder cannot be used. Check its path and permissions, then try again.", { reason: "unavailable" }, error);
}
