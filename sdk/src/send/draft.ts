/** A message on its way: sealed once for every place it is tried at, so that the same place always gets the same bytes. */
import { randomBytes } from "@noble/hashes/utils.js";
import { sealMessage } from "../crypto/index.js";
import type { Inbox } from "../program/index.js";
import { nowSeconds } from "../sync/context.js";
import type { InboxKey } from "../sync/inboxes.js";

export type Place = { readonly key: InboxKey; readonly seq: number };

export class Draft {
  readonly #kind: number;
  readonly #body: Uint8Array;
  readonly #sealed = new Map<string, Uint8Array>();
  #signature: { readonly place: string; readonly signature: string } | undefined;

  /** `kind` and `body` as the protocol's message kinds define them. */
  constructor(kind: number, body: Uint8Array) {
    this.#kind = kind;
    this.#body = body;
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

  /** True once a transaction that holds it has been handed to the network. */
  get isOnItsWay(): boolean {
    return this.#signature !== undefined;
  }

  /** Notes under which signature the frame for a place was handed to the network. */
  signedAs(place: Place, signature: string): void {
    this.#signature = { place: nameOf(place), signature };
  }

  /** Where this message stands in an inbox already, by its own bytes: a transaction that was given up may have landed. */
  landedIn(key: InboxKey, inbox: Inbox): { seq: number; signature: string } | undefined {
    if (this.#signature === undefined) return undefined;
    for (const { seq, payload } of inbox.frames) {
      const sealed = this.#sealed.get(nameOf({ key, seq }));
      if (sealed && sealed.length === payload.length && sealed.every((byte, i) => payload[i] === byte)) return { seq, signature: this.#signature.signature };
    }
    return undefined;
  }
}

const nameOf = ({ key, seq }: Place): string => `${key}/${seq}`;
