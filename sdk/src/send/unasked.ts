/**
 * How often a client opens an inbox without being told to, because a peer's keys have changed: each costs rent, and a peer can make
 * as many inboxes, and with new registrations as many keys, as it likes. What goes beyond is left to the app, as a request.
 */
import { toHex } from "../crypto/index.js";
import type { Address } from "../program/index.js";

/** For the same keys of both sides: one, and what several devices of the peer may open at once. */
const MAX_FOR_KEYS = 3;
/** For a peer, in an hour. */
const MAX_IN_AN_HOUR = 6;
const HOUR_MS = 3_600_000;

/** The peer's bundle hash, 32 bytes, and a generation of ours. */
export type UnaskedKeys = { readonly hash: Uint8Array; readonly generation: number };

export class Unasked {
  readonly #forKeys = new Map<string, number>();
  readonly #times = new Map<Address, readonly number[]>();

  /** Counts one more for a peer, and for these keys. False when it is one too many. */
  takes(peer: Address, keys: UnaskedKeys | undefined): boolean {
    const name = keys && nameOf(peer, keys);
    const used = name === undefined ? 0 : this.#forKeys.get(name) ?? 0;
    const recent = (this.#times.get(peer) ?? []).filter((at) => at > Date.now() - HOUR_MS);
    if (used >= MAX_FOR_KEYS || recent.length >= MAX_IN_AN_HOUR) return false;
    if (name !== undefined) this.#forKeys.set(name, used + 1);
    this.#times.set(peer, [...recent, Date.now()]);
    return true;
  }
  /** What was counted last for a peer was not opened after all. */
  giveBack(peer: Address, keys: UnaskedKeys | undefined): void {
    if (keys !== undefined) this.#forKeys.set(nameOf(peer, keys), Math.max(0, (this.#forKeys.get(nameOf(peer, keys)) ?? 0) - 1));
    this.#times.set(peer, (this.#times.get(peer) ?? []).slice(0, -1));
  }
}

const nameOf = (peer: Address, { hash, generation }: UnaskedKeys): string => `${peer} ${toHex(hash)} ${generation}`;
