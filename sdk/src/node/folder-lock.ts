/** One writer at a time in a folder, among any number of processes, some of which are killed while they hold it. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { storeFailed } from "../store/store.js";

const FREE = "free";
/** A holder needs milliseconds. One that takes this long is suspended, or its number is another process's by now. */
const STALE_MS = 5_000;
const TIMEOUT_MS = 60_000;

/** Thrown to whoever holds the lock no longer; nothing of what it was about to commit has happened. */
export class LockLost extends Error {}

/**
 * The lock is one folder that always exists under exactly one name: `free`, or its holder's. To take it is to rename it, which of
 * many only one can do; to take it from the dead is to rename it from their name, which is never used again, so of many that find
 * them dead only one succeeds, and none takes the lock from that one.
 *
 * What is to be committed is moved through the folder, by its holder's name. A holder that was suspended and taken for dead finds
 * the name gone, and changes nothing: guesses about who is alive cost time, never an update.
 */
export class FolderLock {
  readonly #folder: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the lock, once: `workshop` is a folder on the same file system where it is put together. */
  async create(workshop: string): Promise<void> {
    const made = join(workshop, randomUUID());
    await mkdir(join(made, FREE), { recursive: true, mode: 0o700 });
    try {
      await rename(made, this.#folder); // never onto one that is there: it is not empty
    } catch (error) {
      await rm(made, { recursive: true });
      if ((await readdir(this.#folder).catch(() => [])).length === 0) throw error;
    }
  }

  /**
   * Runs work while this process holds the lock, in the order of the calls and not before `ready`. `held` is a folder: what work
   * moves out of it, or into it, moves only while the lock is held.
   */
  run<T>(ready: Promise<unknown>, work: (held: string) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      await ready;
      const held = await this.#take();
      try {
        return await work(held);
      } finally {
        await rename(held, join(this.#folder, FREE)).catch(ignoreMissing);
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #take(): Promise<string> {
    const mine = join(this.#folder, `${process.pid}-${randomUUID()}`);
    const started = performance.now();
    let [seen, since] = ["", started];
    for (;;) {
      if (await moved(join(this.#folder, FREE), mine)) return mine;
      const holder = (await readdir(this.#folder))[0] ?? FREE;
      const now = performance.now();
      if (holder !== seen) [seen, since] = [holder, now];
      if (holder !== FREE && (now - since > STALE_MS || !isAlive(Number.parseInt(holder, 10))) && (await moved(join(this.#folder, holder), mine))) {
        await empty(mine);
        return mine;
      }
      if (now - started > TIMEOUT_MS) throw storeFailed("Other processes keep the store's folder locked. End those that hang, then try again.", { reason: "locked" });
      if (holder !== FREE) await wait(1 + Math.random() * 9);
    }
  }
}

/** Renames; false if there is nothing under the old name. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    ignoreMissing(error);
    return false;
  }
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    return Number.isNaN(pid) || process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

export const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

export function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== "ENOENT") throw error;
  return undefined;
}
