/**
 * The log of one inbox life as transaction history holds it, read backwards and no further than asked: pages of signatures,
 * and of those only the transactions that may hold what is wanted.
 */
import { equal, readU32 } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import type { ListedTransaction } from "../net/connection.js";
import { DISCRIMINATOR, type Address } from "../program/index.js";
import type { Context } from "./context.js";
import { instructionsOf } from "./posts.js";

/** A frame from history. `time` (Unix seconds) is the block's, an endpoint's word, and undefined where none is kept. */
export type PastFrame = { readonly seq: number; readonly time: number | undefined; readonly payload: Uint8Array };

/** Signatures in the first page that is asked for, and in any. */
const FIRST_PAGE = 100;
const MAX_PAGE = 1_000;
/** Transactions asked for at once. */
const CHUNK = 8;
/** Cursors kept, newest last: one may be pruned, or belong to a fork that lost. */
const MAX_CURSORS = 8;
/** Strangers may name an inbox in transactions of theirs: so many calls are made in vain, and no more. */
const MAX_IDLE_CALLS = 1_000;
/** `getSignaturesForAddress`, Agave 4: the endpoint does not know the transaction that the cursor names. */
const UNKNOWN_CURSOR = -32_020;

/** `open_request` and `open_inbox`: discriminator 1, index 4, capacity 4, flags 1, salt 16. */
const SALT_AT = 10;
const OPENING_BYTES = 26;
/** `post`: discriminator 1, sequence number 4, length 4, payload. */
const POST_HEAD_BYTES = 9;

export class LogHistory {
  readonly #context: Context;
  readonly #address: Address;
  readonly #openSalt: Uint8Array;
  /** Listed and not looked at yet, newest first. */
  #listed: ListedTransaction[] = [];
  #cursors: string[] = [];
  #pageSize = FIRST_PAGE;
  #found = new Map<number, PastFrame>();
  /** Number of the oldest frame that was come by. */
  #lowest = Infinity;
  /** Everything below has not been asked for yet. */
  #position = Infinity;
  #idle = 0;
  #ended = false;
  /** The lowest number when a page was empty the last time. */
  #lowestWhenDry: number | undefined;

  constructor(context: Context, address: Address, openSalt: Uint8Array) {
    this.#context = context;
    this.#address = address;
    this.#openSalt = openSalt;
  }

  /** True once this life's opening has been read, or the endpoint's history has ended, and there is nothing below that number. */
  endsAt(below: number): boolean {
    return this.#ended && ![...this.#found.keys()].some((seq) => seq < below);
  }

  /**
   * The frames numbered `from` to `below` - 1, ascending, without those that history does not hold. Going down costs only what is
   * new; going up begins anew.
   * @throws PosternError RPC_FAILED
   */
  async read(from: number, below: number): Promise<PastFrame[]> {
    if (below > this.#position) this.#restart();
    this.#position = from;
    this.#idle = 0;
    while (!this.#ended && this.#lowest > from && this.#idle < MAX_IDLE_CALLS) await this.#step(below);
    const wanted = [...this.#found.values()].filter(({ seq }) => seq >= from && seq < below).sort((a, b) => a.seq - b.seq);
    for (const seq of this.#found.keys()) if (seq >= below) this.#found.delete(seq);
    return wanted;
  }

  #restart(): void {
    this.#listed = [];
    this.#cursors = [];
    this.#pageSize = FIRST_PAGE;
    this.#found.clear();
    this.#lowest = Infinity;
    this.#lowestWhenDry = undefined;
    this.#ended = false;
  }

  async #step(below: number): Promise<void> {
    if (this.#listed.length === 0) return this.#list();
    if (this.#lowest > below + CHUNK) await this.#skipTo(below);
    const chunk = this.#listed.slice(0, CHUNK);
    const transactions = await Promise.all(chunk.map(({ signature }) => this.#context.rpc.transaction(signature)));
    this.#listed.splice(0, chunk.length);
    this.#idle += chunk.length;
    for (const [i, transaction] of transactions.entries()) {
      if (transaction !== null) this.#take(transaction, chunk[i]?.blockTime, below);
      if (this.#ended) return;
    }
  }

  #take(transaction: Parameters<typeof instructionsOf>[0], blockTime: number | null | undefined, below: number): void {
    const time = blockTime ?? transaction.blockTime;
    for (const { program, accounts, data } of instructionsOf(transaction).reverse()) {
      if (program !== this.#context.program) continue;
      if ((data[0] === DISCRIMINATOR.openRequest || data[0] === DISCRIMINATOR.openInbox) && accounts[2] === this.#address) {
        this.#ended = true; // what comes next belongs to an earlier life
        if (data.length < OPENING_BYTES || !equal(data.subarray(SALT_AT, OPENING_BYTES), this.#openSalt)) this.#found.clear(); // all of this did
        return;
      }
      if (data[0] !== DISCRIMINATOR.post || accounts[1] !== this.#address || data.length < POST_HEAD_BYTES) continue;
      const seq = readU32(data, 1);
      if (seq < this.#lowest) this.#idle = 0;
      this.#lowest = Math.min(this.#lowest, seq);
      if (seq >= below || this.#found.has(seq)) continue;
      const payload = data.slice(POST_HEAD_BYTES, POST_HEAD_BYTES + readU32(data, 5));
      this.#found.set(seq, { seq, time: typeof time === "number" && Number.isSafeInteger(time) && time >= 0 ? time : undefined, payload });
    }
  }

  async #list(): Promise<void> {
    const before = this.#cursors.at(-1);
    this.#idle++;
    try {
      const page = await this.#context.rpc.signatures(this.#address, { limit: this.#pageSize, ...(before !== undefined && { before }) });
      const last = page.at(-1)?.signature;
      if (last === undefined || last === before) return this.#runDry(before !== undefined);
      this.#cursors = [...this.#cursors, last].slice(-MAX_CURSORS);
      this.#pageSize = Math.min(MAX_PAGE, 10 * this.#pageSize);
      this.#listed = page.filter(({ err }) => err === null);
    } catch (error) {
      if (before === undefined || !isUnknownCursor(error)) throw error;
      this.#cursors.pop(); // an older cursor, or the beginning: what was seen already is passed over
    }
  }

  /** An empty page is the end, or an endpoint that no longer knows the cursor and does not say so: tried out while that leads on. */
  #runDry(hadCursor: boolean): void {
    if (!hadCursor || this.#lowest === 0 || this.#lowest === this.#lowestWhenDry) this.#ended = true;
    this.#lowestWhenDry = this.#lowest;
    this.#cursors = [];
  }

  /** Passes over the listed transactions that only hold newer frames, by looking at a few of them. */
  async #skipTo(below: number): Promise<void> {
    let newer = 0;
    for (let high = this.#listed.length; high - newer > CHUNK;) {
      const middle = newer === 0 && high === this.#listed.length ? high - 1 : (newer + high) >> 1;
      const seq = await this.#newestFrom(middle, high);
      if (seq !== undefined && seq >= below) newer = middle + 1;
      else if (middle === high - 1) high = Math.max(newer, high - CHUNK);
      else high = middle;
    }
    this.#listed.splice(0, newer);
  }

  /** The number of a frame in the listed transactions from `at` on, as far as a few of them tell. */
  async #newestFrom(at: number, end: number): Promise<number | undefined> {
    for (const { signature } of this.#listed.slice(at, Math.min(end, at + CHUNK))) {
      this.#idle++;
      const transaction = await this.#context.rpc.transaction(signature);
      for (const { program, accounts, data } of transaction === null ? [] : instructionsOf(transaction)) {
        if (program === this.#context.program && data[0] === DISCRIMINATOR.post && accounts[1] === this.#address && data.length >= POST_HEAD_BYTES) return readU32(data, 1);
      }
    }
    return undefined;
  }
}

function isUnknownCursor(error: unknown): boolean {
  if (!isPosternError(error, "RPC_FAILED")) return false;
  const { cause } = error;
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === UNKNOWN_CURSOR;
}
