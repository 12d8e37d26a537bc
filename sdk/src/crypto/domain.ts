import { type Address32, assertBytes, copy, invalidArgument } from "./bytes.js";
import { hash } from "./suite.js";

/** What all keys are bound to: nothing can be carried to another program, cluster or scope. */
export type Cluster = {
  readonly programId: Address32;
  readonly genesisHash: Uint8Array;
  /** `[a-z0-9.-]{1,32}`, a constant of a deployment. */
  readonly scope: string;
  /** `D`, 32 bytes. */
  readonly domain: Uint8Array;
};

/** The scope of a deployment that names none. */
export const DEFAULT_SCOPE = "global";

const SCOPE = /^[a-z0-9.-]{1,32}$/;

/** Throws INVALID_ARGUMENT unless the scope matches `[a-z0-9.-]{1,32}`. */
export function assertScope(scope: string): void {
  if (typeof scope !== "string" || !SCOPE.test(scope)) throw invalidArgument("Pass a scope of 1 to 32 characters out of a-z, 0-9, dot and hyphen.");
}

/** `D = Hash("domain", program id, genesis hash)` → 32 bytes. */
export function domain({ programId, genesisHash }: { readonly programId: Address32; readonly genesisHash: Uint8Array }): Uint8Array {
  assertBytes(programId, "program id", 32);
  assertBytes(genesisHash, "genesis hash", 32);
  return hash("domain", programId, genesisHash);
}

/** A cluster with its domain computed; the scope is `global` unless given. Throws INVALID_ARGUMENT. */
export function cluster(parts: { readonly programId: Address32; readonly genesisHash: Uint8Array; readonly scope?: string }): Cluster {
  const { programId, genesisHash, scope = DEFAULT_SCOPE } = parts;
  assertScope(scope);
  return { domain: domain(parts), programId: copy(programId), genesisHash: copy(genesisHash), scope };
}
