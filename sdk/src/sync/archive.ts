/**
 * What a device keeps of a conversation: frames that the app has been given, sealed in the store, so that they outlive the ring,
 * the endpoint's history and the inbox itself. A cache: what is missing, damaged or pruned is read from the chain again.
 */
import { isPosternError } from "../errors.js";
import type { Address } from "../program/index.js";
import { updateOrReplace } from "../store/damaged.js";
import {
  BLOCK_FRAMES, blockName, decodeBlock, decodeIndex, encodeBlock, encodeIndex, indexName, mergeBlocks, sameBlock,
  type ArchivedLife, type Block, type KeptFrame,
} from "./archive-records.js";
import type { Context } from "./context.js";
import type { InboxKey } from "./inboxes.js";

const blockOf = (seq: number): number => Math.floor(seq / BLOCK_FRAMES);

/** Kept frames that end right below `top`, ascending and without a hole; `head` as in {@link Block}. */
export type KeptRun = { readonly frames: readonly KeptFrame[]; readonly top: number; readonly head: Block["head"] };
export type Life = Omit<ArchivedLife, "blocks">;

export class Archive {
  readonly #context: Context;
  readonly #peer: Address;
  #lives: Map<InboxKey, ArchivedLife> | undefined;

  constructor(context: Context, peer: Address) {
    this.#context = context;
    this.#peer = peer;
  }

  /** Every inbox life of which something is kept, those that are gone from the chain included. */
  async lives(): Promise<ReadonlyMap<InboxKey, ArchivedLife>> {
    if (this.#lives === undefined) this.#lives = this.#context.archiveLimit === 0 ? new Map() : decodeIndex(await this.#read(indexName(this.#peer)));
    return this.#lives;
  }

  /** The newest kept frames below a number; undefined when none are. */
  async below(key: InboxKey, below: number): Promise<KeptRun | undefined> {
    const numbers = [...((await this.lives()).get(key)?.blocks.keys() ?? [])].filter((number) => number <= blockOf(below - 1)).sort((a, b) => b - a);
    for (const number of numbers) {
      const block = await this.#block(key, number);
      const frames = block?.frames.filter(({ seq }) => seq < below) ?? [];
      const last = frames.at(-1);
      if (last === undefined) continue;
      const hole = frames.findLastIndex(({ seq }, i) => i > 0 && frames[i - 1]?.seq !== seq - 1);
      return { frames: frames.slice(Math.max(0, hole)), top: last.seq + 1, head: block?.head };
    }
    return undefined;
  }

  /**
   * Keeps these frames, and of the whole conversation no more than the app allows: the oldest go first. A store that fails is no
   * reason not to read.
   */
  async keep(life: Life, frames: readonly KeptFrame[], head?: Block["head"]): Promise<void> {
    if (this.#context.archiveLimit === 0 || frames.length === 0) return;
    const blocks = new Map<number, KeptFrame[]>();
    for (const frame of frames) blocks.set(blockOf(frame.seq), [...(blocks.get(blockOf(frame.seq)) ?? []), frame]);
    await this.#quietly(async () => {
      await this.#index(life, new Map([...blocks].map(([number, of]) => [number, of.at(-1)?.time ?? 0]))); // first: a block that no index names is never pruned
      for (const [number, of] of blocks) {
        const own = head !== undefined && blockOf(head.seq - 1) === number ? head : undefined;
        await this.#write(blockName(life.key, number), { head: own, frames: of });
      }
      await this.#prune();
    });
  }

  /** Lets go of frames from a number on: a fork took them back. */
  async forget(key: InboxKey, from: number): Promise<void> {
    const numbers = [...((await this.lives()).get(key)?.blocks.keys() ?? [])].filter((number) => number >= blockOf(from));
    await this.#quietly(async () => {
      for (const number of numbers) {
        const block = await this.#block(key, number);
        const frames = block?.frames.filter(({ seq }) => seq < from) ?? [];
        await this.#context.store.set(blockName(key, number), encodeBlock({ head: undefined, frames }));
      }
    });
  }

  async #index(life: Life, added: ReadonlyMap<number, number>): Promise<void> {
    const known = (await this.lives()).get(life.key)?.blocks;
    if (known !== undefined && [...added.keys()].every((number) => known.has(number))) return;
    this.#lives = decodeIndex(await updateOrReplace(this.#context.store, indexName(this.#peer), (current) => {
      const lives = decodeIndex(current);
      return encodeIndex(lives.set(life.key, { ...life, blocks: new Map([...added, ...(lives.get(life.key)?.blocks ?? [])]) }).values());
    }));
  }

  async #write(name: string, news: Block): Promise<void> {
    const merge = (current: Uint8Array | undefined): Uint8Array | undefined => {
      const kept = current && decodeBlock(current);
      const merged = mergeBlocks(kept, news);
      return sameBlock(kept, merged) ? current : encodeBlock(merged);
    };
    await updateOrReplace(this.#context.store, name, merge);
  }

  async #prune(): Promise<void> {
    const all = [...(await this.lives())].flatMap(([key, { blocks }]) => [...blocks].map(([number, time]) => ({ key, number, time })));
    const surplus = all.length - Math.max(2, Math.ceil(this.#context.archiveLimit / BLOCK_FRAMES));
    if (surplus <= 0) return;
    const oldest = all.sort((a, b) => a.time - b.time || a.number - b.number).slice(0, surplus);
    for (const { key, number } of oldest) await this.#context.store.delete(blockName(key, number));
    this.#lives = decodeIndex(await updateOrReplace(this.#context.store, indexName(this.#peer), (current) => {
      const lives = decodeIndex(current);
      for (const { key, number } of oldest) {
        const life = lives.get(key);
        if (life === undefined) continue;
        const blocks = new Map([...life.blocks].filter(([kept]) => kept !== number));
        if (blocks.size > 0) lives.set(key, { ...life, blocks });
        else lives.delete(key);
      }
      return encodeIndex(lives.values());
    }));
  }

  async #block(key: InboxKey, number: number): Promise<Block | undefined> {
    const bytes = await this.#read(blockName(key, number));
    return bytes && decodeBlock(bytes);
  }

  /** Undefined for what the store does not give, or gives damaged: the chain has it, or it is told as missing. */
  async #read(name: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#context.store.get(name);
    } catch (error) {
      if (!isPosternError(error, "STORE_FAILED")) throw error;
      return undefined;
    }
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isPosternError(error, "STORE_FAILED") && !isPosternError(error, "LOCKED")) throw error;
      this.#lives = undefined; // read again
    }
  }
}
