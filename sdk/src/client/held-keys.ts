/** Keys without their root: generation secrets that came from an export. */
import type { RootKind } from "../crypto/index.js";
import type { Address } from "../program/index.js";
import type { KeySource } from "./key-source.js";

export type HeldKeys = {
  readonly wallet: Address;
  /** 32 bytes: of the program and cluster that the keys belong to. */
  readonly domain: Uint8Array;
  readonly scope: string;
  /** Generation → secret, 32 bytes. */
  readonly secrets: ReadonlyMap<number, Uint8Array>;
};

const HELD = new WeakMap<KeySource, HeldKeys>();

/** A source that gives these generations and no others; it cannot rotate or register. */
export function heldKeys(kind: RootKind, held: HeldKeys): KeySource {
  const source: KeySource = Object.freeze({ kind });
  HELD.set(source, held);
  return source;
}

export function heldBy(source: KeySource): HeldKeys | undefined {
  return HELD.get(source);
}
