/** What stands at addresses, found by whose it is as well: a wallet may have ten thousand conversations. */
import type { Address } from "../program/index.js";

export class ByPeer<T extends { readonly peer: Address }> {
  readonly #all = new Map<string, T>();
  /** Never changed, but replaced: the same list means that nothing has. */
  readonly #lists = new Map<Address, readonly T[]>();

  get(name: string): T | undefined {
    return this.#all.get(name);
  }

  values(): IterableIterator<T> {
    return this.#all.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.#all.entries();
  }

  /** In the order in which they came. */
  of(peer: Address): readonly T[] {
    return this.#lists.get(peer) ?? NONE;
  }

  set(name: string, value: T): void {
    const before = this.#all.get(name);
    if (before === value) return;
    this.#all.set(name, value);
    if (before?.peer === value.peer) this.#lists.set(value.peer, this.of(value.peer).map((one) => (one === before ? value : one)));
    else {
      this.#remove(before);
      this.#lists.set(value.peer, [...this.of(value.peer), value]);
    }
  }

  delete(name: string): void {
    this.#remove(this.#all.get(name));
    this.#all.delete(name);
  }

  #remove(value: T | undefined): void {
    if (value === undefined) return;
    const rest = this.of(value.peer).filter((one) => one !== value);
    if (rest.length > 0) this.#lists.set(value.peer, rest);
    else this.#lists.delete(value.peer);
  }
}

const NONE: readonly never[] = [];
