/**
 * Conversations that are read to the end and in which nothing changes, as most are: a look that finds their accounts as they were
 * is all that they need, and nothing of them is read, decoded or opened again.
 */
import type { AccountData, Address } from "../program/index.js";
import { MAX_AGE_MS, type Accounts, type Mark } from "./accounts.js";
import type { Channel } from "./channel.js";

/** What nothing has changed of for so long is not kept whole any more. Where somebody writes just now, only what changes is read whole. */
const KEPT_MS = 60_000;

/** What a channel was read from. */
type Rest = { readonly addresses: readonly Address[]; readonly marks: readonly (Mark | undefined)[]; readonly basis: readonly unknown[]; readonly sinceMs: number };

export class Rests {
  readonly #accounts: Accounts;
  readonly #rests = new Map<Channel, Rest>();

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** A channel has taken in these accounts. It is not at rest where a later answer than those that were taken has shown something else. */
  note(channel: Channel, addresses: readonly Address[], taken: ReadonlyMap<Address, AccountData | null>): void {
    if (!channel.isAtRest || !addresses.every((address) => this.#accounts.isLast(address, taken.get(address)))) return;
    const marks = addresses.map((address) => this.#accounts.markOf(address));
    this.#rests.set(channel, { addresses, marks, basis: channel.basis(), sinceMs: Date.now() });
  }

  /** True where the last look has shown every account as it was taken, and nothing else that the channel goes by has changed. */
  isUnchanged(channel: Channel): boolean {
    const rest = this.#rests.get(channel);
    if (rest === undefined) return false;
    const basis = channel.basis();
    const isSame = Date.now() - rest.sinceMs < MAX_AGE_MS && channel.isAtRest && basis.every((part, i) => part === rest.basis[i])
      && rest.addresses.every((address, i) => this.#accounts.markOf(address) === rest.marks[i]);
    if (!isSame) this.#rests.delete(channel);
    else if (Date.now() - rest.sinceMs >= KEPT_MS) this.#accounts.release(rest.addresses);
    return isSame;
  }
}
