/**
 * Accounts of the ledger as this session saw them last. A look asks only for the bytes that tell of a change, a hundred accounts a
 * call; whole accounts are read where those differ. An answer that is older than what was seen turns nothing back.
 */
import { concat, readU32, u32 } from "../crypto/index.js";
import type { AccountInfo, Rpc } from "../net/rpc.js";
import { INBOX_HEADER_BYTES, type AccountData, type Address } from "../program/index.js";

type Slice = { readonly offset: number; readonly length: number };
/**
 * Of an inbox everything but its keys and its capacity, of which the lamports tell; of a profile all but the end of its delegate, and
 * that changes with the generation.
 */
const MARK_SLICE: Slice = { offset: 8, length: 84 };
/** Of an inbox's count of posts, and of the slot in which it was opened. */
const NEXT_OFFSET = 48;
const OPENED_SLOT_OFFSET = 72;
/** A mark begins with them. */
const LAMPORTS_BYTES = 8;
const HEAD_SLICE: Slice = { offset: 0, length: INBOX_HEADER_BYTES };
/** An endpoint may be this far behind another one; after that, what it shows is taken as it is. */
const LAG_MS = 30_000;
/** What was read is read once more after this long, so that no byte that arrived wrong stays for good. */
export const MAX_AGE_MS = 300_000;

/** What an account is compared by: as long as it is the same, so is the account. */
export type Mark = string;
export const ABSENT: Mark = "";

/** Of no look: what it shows is to be asked for again before it is gone by. */
const UNSEEN = -1;

type Sight = { readonly address: Address; readonly account: AccountInfo | null; readonly slot: number | undefined; readonly slice: Uint8Array | undefined; readonly askedAtMs: number };
type Seen = { readonly mark: Mark; readonly lamports: bigint; readonly slot: number | undefined; readonly atMs: number; readonly look: number };
type Held = { readonly mark: Mark; readonly account: AccountInfo | null; readonly atMs: number };

export class Accounts {
  readonly #rpc: Rpc;
  readonly #program: Address;
  readonly #onSeen: (address: Address, mark: Mark) => void;
  readonly #seen = new Map<Address, Seen>();
  readonly #held = new Map<Address, Held>();
  /** What was not seen in the last one may have changed since. */
  #looks = 0;

  /** `onSeen` hears of every account that is answered with. */
  constructor(rpc: Rpc, program: Address, onSeen: (address: Address, mark: Mark) => void = () => undefined) {
    this.#rpc = rpc;
    this.#program = program;
    this.#onSeen = onSeen;
  }

  /** Sees what has changed of these. What is asked for afterwards and is not among them is read. */
  async look(addresses: readonly Address[]): Promise<void> {
    this.#looks++;
    await this.#read([...new Set(addresses)], MARK_SLICE);
  }

  /** As seen since the last look began; undefined for what was not. */
  markOf(address: Address): Mark | undefined {
    const seen = this.#seen.get(address);
    return seen?.look === this.#looks ? seen.mark : undefined;
  }

  /** True for what was seen at any time. */
  knows(address: Address): boolean {
    return this.#seen.has(address);
  }

  /** True where something was seen to stand since the last look began. */
  isThere(address: Address): boolean {
    const seen = this.#seen.get(address);
    return seen !== undefined && seen.mark !== ABSENT && (seen.look === this.#looks || seen.look === UNSEEN);
  }

  /** True where the endpoint says of which slot its answers are, so that what it shows is known to be no older than what was seen. */
  isDated(address: Address): boolean {
    return this.#seen.get(address)?.slot !== undefined;
  }

  lamportsOf(address: Address): bigint {
    return this.#seen.get(address)?.lamports ?? 0n;
  }

  /** The first {@link INBOX_HEADER_BYTES} of each, or more; undefined where the answer is older than what was seen. */
  async heads(addresses: readonly Address[]): Promise<(AccountInfo | null | undefined)[]> {
    const missing = addresses.filter((address) => this.#current(address) === undefined);
    const read = await this.#read(missing, HEAD_SLICE);
    for (const [address, { account, isOlder }] of read) if (account === null && !isOlder) this.#held.set(address, { mark: ABSENT, account, atMs: Date.now() });
    return addresses.map((address) => {
      const answer = read.get(address);
      return answer === undefined ? this.#current(address)?.account : answer.isOlder ? undefined : answer.account;
    });
  }

  /** Reads those of these again that were read whole before and have changed since. */
  async renew(addresses: readonly Address[]): Promise<void> {
    await this.whole(addresses.filter((address) => this.#held.has(address)));
  }

  /** Whole accounts: as they were read before, but not longer ago than this, where nothing has changed since. */
  async whole(addresses: readonly Address[], maxAgeMs = MAX_AGE_MS): Promise<(AccountInfo | null)[]> {
    const read = await this.#read([...new Set(addresses)].filter((address) => this.#current(address, maxAgeMs) === undefined));
    for (const [address, { account, isOlder }] of read) {
      if (!isOlder) this.#held.set(address, { mark: this.markOf(address) ?? ABSENT, account, atMs: Date.now() });
    }
    return addresses.map((address) => (this.#held.get(address) ?? read.get(address))?.account ?? null);
  }

  /** True for an account as it was read whole, where nothing else has been seen since. */
  isLast(address: Address, account: AccountData | null | undefined): boolean {
    const current = this.#current(address);
    return current !== undefined && current.account === account;
  }

  /** Has these read whole when they are asked for next. */
  release(addresses: readonly Address[]): void {
    for (const address of addresses) this.#held.delete(address);
  }

  /** What is held of an account, if that is what was seen last. */
  #current(address: Address, maxAgeMs = MAX_AGE_MS): Held | undefined {
    const held = this.#held.get(address);
    return held !== undefined && held.mark === this.markOf(address) && Date.now() - held.atMs < maxAgeMs ? held : undefined;
  }

  async #read(addresses: readonly Address[], slice?: Slice): Promise<Map<Address, { readonly account: AccountInfo | null; readonly isOlder: boolean }>> {
    const askedAtMs = Date.now();
    const found = await this.#rpc.accountsSeen(addresses, slice && { slice });
    const from = MARK_SLICE.offset - (slice?.offset ?? 0);
    return new Map(addresses.map((address, i) => {
      const { account = null, slot } = found[i] ?? {};
      return [address, { account, isOlder: !this.#see({ address, account, slot, slice: account?.data.subarray(from, from + MARK_SLICE.length), askedAtMs }) }];
    }));
  }

  /** False for an answer that is older than what was seen. */
  #see({ address, account, slot, slice, askedAtMs }: Sight): boolean {
    const before = this.#seen.get(address);
    const nowMs = Date.now();
    if (before?.slot !== undefined && slot !== undefined && slot < before.slot && nowMs - before.atMs < LAG_MS) {
      // Of two questions that were on their way together the slots do not tell which answer is newer: to be asked again.
      this.#seen.set(address, { ...before, look: askedAtMs <= before.atMs ? UNSEEN : this.#looks });
      this.#onSeen(address, before.mark);
      return false;
    }
    const mark = account === null ? ABSENT : markOf(account, slice, this.#program);
    this.#seen.set(address, { mark: before?.mark === mark ? before.mark : mark, lamports: account?.lamports ?? 0n, slot, atMs: nowMs, look: this.#looks });
    this.#onSeen(address, mark);
    return true;
  }
}

/** A mark without its lamports, which anybody may add to; {@link ABSENT} where nothing of the program stands. */
export function contentOf(mark: Mark): Mark {
  return mark.length === LAMPORTS_BYTES + MARK_SLICE.length ? mark.slice(LAMPORTS_BYTES) : ABSENT;
}

/** Frames ever posted to an inbox, by its {@link contentOf}; 0 where none stands. */
export function postsIn(content: Mark): number {
  return content === ABSENT ? 0 : readU32(Uint8Array.from(content, (character) => character.charCodeAt(0)), NEXT_OFFSET - MARK_SLICE.offset);
}

/** The slot in which an inbox was opened, as bytes, by its {@link contentOf}: another one is another life. */
export function lifeIn(content: Mark): string {
  const at = OPENED_SLOT_OFFSET - MARK_SLICE.offset;
  return content.slice(at, at + 8);
}

/** One character for a byte: a tenth of what the bytes would take as an array. */
function markOf({ owner, lamports }: AccountInfo, slice: Uint8Array = new Uint8Array(0), program: Address): Mark {
  const amount = concat(u32(Number(lamports >> 32n)), u32(Number(lamports & 0xffff_ffffn)));
  return owner === program ? String.fromCharCode(...amount, ...slice) : `${owner} ${lamports}`;
}
