/** A message on its way: sealed once for every place it is tried at, so that the same place always gets the same bytes. */
import { randomBytes } from "@noble/hashes/utils.js";
import { equal, sealMessage } from "../crypto/index.js";
import type { Inbox } from "../program/index.js";
import { nowSeconds } from "../sync/context.js";
import type { InboxKey } from "../sync/inboxes.js";
import type { Signed } from "./submit.js";

export type Place = { readonly key: InboxKey; readonly seq: number };
/** The frame that was sealed for a place, and the last transaction that was signed with it. */
export type SignedFrame = { readonly place: Place; readonly frame: Uint8Array; readonly signed: Signed };
/** What an earlier process has signed, and where to note what is signed now, before the network hears of it. */
export type Keeper = { readonly kept: readonly SignedFrame[]; keep(frame: SignedFrame): Promise<void> };

export class Draft {
  readonly #kind: number;
  readonly #body: Uint8Array;
  readonly #keeper: Keeper | undefined;
  readonly #sealed = new Map<string, Uint8Array>();
  readonly #signed = new Map<string, Signed>();

  /** `kind` and `body` as the protocol's message kinds define them. */
  constructor(kind: number, body: Uint8Array, keeper?: Keeper) {
    this.#kind = kind;
    this.#body = body;
    this.#keeper = keeper;
    for (const { place, frame, signed } of keeper?.kept ?? []) {
      this.#sealed.set(nameOf(place), frame);
      this.#signed.set(nameOf(place), signed);
    }
  }

  /** The frame for a place; `seen` is how many frames of the peer's inbox have been processed. */
  seal(inboxKey: Uint8Array, place: Place, seen: number): Uint8Array {
    const name = nameOf(place);
    const known = this.#sealed.get(name);
    if (known) return known;
    const inner = { kind: this.#kind, sent: nowSeconds(), seen, body: this.#body };
    const frame = sealMessage(inboxKey, { seq: place.seq, inner, r32: randomBytes(32) });
    this.#sealed.set(name, frame);
    return frame;
  }

  /** True once a transaction that holds it has been signed for the network. */
  get isOnItsWay(): boolean {
    return this.#signed.size > 0;
  }

  /** Notes the transaction with which the frame for a place is handed to the network; what stands in the way of that keeps it back. */
  async signedAs(place: Place, signed: Signed): Promise<void> {
    const name = nameOf(place);
    await this.#keeper?.keep({ place, frame: this.#sealed.get(name) as Uint8Array, signed });
    this.#signed.set(name, signed);
  }

  /** Where this message stands in an inbox already, by its own bytes: a transaction that was given up may have landed. */
  landedIn(key: InboxKey, inbox: Inbox): { seq: number; signed: Signed } | undefined {
    for (const { seq, payload } of inbox.frames) {
      const name = nameOf({ key, seq });
      const [sealed, signed] = [this.#sealed.get(name), this.#signed.get(name)];
      if (sealed && signed && equal(sealed, payload)) return { seq, signed };
    }
    return undefined;
  }
}

const nameOf = ({ key, seq }: Place): string => `${key}/${seq}`;
