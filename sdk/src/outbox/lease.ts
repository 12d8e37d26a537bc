/**
 * Who delivers a conversation's messages, of the tabs or processes that share a store. Nothing depends on it but fees: two that
 * deliver the same message send the same frame for the same number, which lands once, and one of them pays for nothing.
 */
import { bytesToHex, randomBytes } from "@noble/hashes/utils.js";
import { utf8 } from "../crypto/index.js";
import { sleep } from "../net/abort.js";
import type { Address } from "../program/index.js";
import type { SealedStore } from "../store/sealed.js";

/** A holder that was killed, or whose tab sleeps, is waited for this long. */
const TERM_MS = 3_000;
const RENEW_MS = 1_000;
const POLL_MS = 200;

type Term = { readonly holder: string; readonly untilMs: number };

export class Leases {
  readonly #store: SealedStore;
  readonly #ending: AbortSignal;
  readonly #me = bytesToHex(randomBytes(8));
  readonly #held = new Map<Address, AbortController>();

  constructor(store: SealedStore, ending: AbortSignal) {
    this.#store = store;
    this.#ending = ending;
  }

  /**
   * Waits for the turn; `isNeeded` is asked after every look at somebody else's.
   * @returns false when it is no longer needed
   */
  async take(peer: Address, isNeeded: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
    if (this.#held.has(peer)) return true;
    while (!(await this.#claim(peer))) {
      await sleep(POLL_MS, signal);
      if (!(await isNeeded())) return false;
    }
    const released = new AbortController();
    this.#held.set(peer, released);
    void this.#renew(peer, AbortSignal.any([released.signal, this.#ending]));
    return true;
  }

  async release(peer: Address): Promise<void> {
    const released = this.#held.get(peer);
    if (released === undefined) return;
    this.#held.delete(peer);
    released.abort();
    await this.#store.update(nameOf(peer), (current) => (decode(current)?.holder === this.#me ? undefined : current));
  }

  async #claim(peer: Address, signal?: AbortSignal): Promise<boolean> {
    const now = Date.now();
    const mine = utf8(JSON.stringify({ holder: this.#me, untilMs: now + TERM_MS } satisfies Term));
    const standing = await this.#store.update(nameOf(peer), (current) => {
      const term = decode(current);
      // A term that ends later than any can was given by a clock that has been put back since.
      const isOpen = term === undefined || term.holder === this.#me || term.untilMs <= now || term.untilMs > now + TERM_MS;
      return isOpen && signal?.aborted !== true ? mine : current;
    });
    return decode(standing)?.holder === this.#me;
  }

  async #renew(peer: Address, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await sleep(RENEW_MS, signal);
        await this.#claim(peer, signal);
      }
    } catch {
      // Released, or the store fails: then it runs out by itself.
    }
  }
}

const nameOf = (peer: Address): string => `lease/${peer}`;

function decode(bytes: Uint8Array | undefined): Term | undefined {
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as Term);
}
