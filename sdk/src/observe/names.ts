/** Names in place of addresses, from whatever service the app picks; and how they are shown so that they do not deceive. */
import { Cell, type Observable } from "./cell.js";

export type Names = {
  /** The address that a name stands for; undefined for none. */
  resolve(name: string): Promise<string | undefined>;
  /** The name that an address goes by; undefined for none. */
  reverse(address: string): Promise<string | undefined>;
};

export type ShownName = {
  readonly address: string;
  /** Undefined where there is none, or where it does not lead back to the address. */
  readonly name: string | undefined;
  /** True where the name could be taken for another one: letters beside a-z, 0-9, `-` and `.`. Show the address with it. */
  readonly deceptive: boolean;
};

const PLAIN = /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
const MAX_NAME_LENGTH = 64;
/** Characters that are not seen, or that turn what stands after them around. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/u;
/** Addresses whose names are kept. */
const KEPT = 500;

/** True for a name that could pass for another: any that is not plain ASCII, so every homograph and every mix of scripts. */
export function isDeceptiveName(name: string): boolean {
  return !PLAIN.test(name);
}

/** `Gk3s…9hQz`: the beginning and the end of an address. */
export function shortAddress(address: string): string {
  return address.length <= 11 ? address : `${address.slice(0, 4)}…${address.slice(-4)}`;
}

/** Looks names up once each, when somebody watches them; a name counts only if it leads back to the address. */
export class NameBook {
  readonly #names: Names | undefined;
  readonly #cells = new Map<string, Cell<ShownName>>();

  constructor(names: Names | undefined) {
    this.#names = names;
  }

  of(address: string): Observable<ShownName> {
    const known = this.#cells.get(address);
    if (known) return known;
    let asked = false;
    const cell: Cell<ShownName> = new Cell<ShownName>({ address, name: undefined, deceptive: false }, () => {
      if (!asked) void this.#look(address, cell);
      asked = true;
      return () => undefined;
    });
    const [oldest] = this.#cells.keys();
    if (this.#cells.size >= KEPT && oldest !== undefined) this.#cells.delete(oldest);
    this.#cells.set(address, cell);
    return cell;
  }

  /** An address for what somebody typed: itself, or what the name stands for. What fails is no address. */
  async resolve(text: string): Promise<string | undefined> {
    const typed = text.trim();
    if (/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(typed)) return typed;
    try {
      return typed === "" ? undefined : await this.#names?.resolve(typed);
    } catch {
      return undefined;
    }
  }

  async #look(address: string, cell: Cell<ShownName>): Promise<void> {
    if (!this.#names) return;
    try {
      const name = (await this.#names.reverse(address))?.normalize("NFC");
      if (!name || name.length > MAX_NAME_LENGTH || UNSEEN.test(name)) return;
      if ((await this.#names.resolve(name)) !== address) return; // anybody may claim a name
      cell.set({ address, name, deceptive: isDeceptiveName(name) });
    } catch {
      // a service that does not answer leaves the address, which is always right
    }
  }
}
