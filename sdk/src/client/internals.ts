/** How the package's other entries reach what a `Postern` keeps from its users. Not exported. */
import { PosternError } from "../errors.js";
import type { KeySource } from "./key-source.js";
import type { Session } from "./session.js";

export type Internals = { readonly session: Session; readonly keys: KeySource };

const INTERNALS = new WeakMap<object, Internals>();

export function setInternals(postern: object, internals: Internals): void {
  INTERNALS.set(postern, internals);
}

/** @throws PosternError INVALID_ARGUMENT for what is no Postern of this copy of the package */
export function internalsOf(postern: object): Internals {
  const internals = INTERNALS.get(postern);
  if (internals === undefined) throw new PosternError("INVALID_ARGUMENT", "Pass what Postern.connect() returned, of the same copy of the package.");
  return internals;
}
