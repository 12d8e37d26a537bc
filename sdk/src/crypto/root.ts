import { type Address32, assertBytes, concat, invalidArgument, toBase58, u32, u8, utf8 } from "./bytes.js";
import { assertScope } from "./domain.js";
import { expand, extract, hash } from "./suite.js";

/** Where a root comes from: the wallet's signature of the root text, a vault, or 32 uniform bytes of the caller's. */
export type RootKind = "wallet" | "vault" | "given";

/** The kinds' codes, in derivations and in the profile. */
export const ROOT_KIND = { wallet: 1, vault: 2, given: 3 } as const satisfies Record<RootKind, number>;

function assertRootNumber(rootNumber: number): void {
  if (!Number.isInteger(rootNumber) || rootNumber < 1 || rootNumber > 0xffff_ffff) throw invalidArgument("Pass a root number from 1 to 2^32 - 1.");
}

/**
 * The text that a wallet signs to open its messages. Its signature is a secret: whoever holds it reads everything.
 *
 * @throws INVALID_ARGUMENT
 */
export function rootText(fields: {
  readonly wallet: Address32;
  readonly programId: Address32;
  readonly genesisHash: Uint8Array;
  readonly scope: string;
  readonly rootNumber: number;
}): string {
  const { wallet, programId, genesisHash, scope, rootNumber } = fields;
  assertBytes(wallet, "wallet", 32);
  assertBytes(programId, "program id", 32);
  assertBytes(genesisHash, "genesis hash", 32);
  assertScope(scope);
  assertRootNumber(rootNumber);
  return [
    "Postern messages: open my messages on this device",
    "",
    "WARNING: sign this only in an app that you trust with all your messages. Whoever holds this signature can read every message of this wallet, past and future, and write in its name. It moves no funds. It is never sent anywhere. If a website other than your messaging app asks for it, refuse.",
    "",
    `Wallet: ${toBase58(wallet)}`,
    `Program: ${toBase58(programId)}`,
    `Network: ${toBase58(genesisHash)}`,
    `Scope: ${scope}`,
    `Root: ${rootNumber}`,
    "Version: 1",
  ].join("\n");
}

/**
 * The 32-byte root of a wallet. `ikm` is the 64-byte signature of the root text (kind wallet) or 32 uniform bytes.
 *
 * @throws INVALID_ARGUMENT
 */
export function deriveRoot(
  domain: Uint8Array,
  source: { readonly kind: RootKind; readonly rootNumber: number; readonly wallet: Address32; readonly scope: string; readonly ikm: Uint8Array },
): Uint8Array {
  const { kind, rootNumber, wallet, scope, ikm } = source;
  assertBytes(domain, "domain", 32);
  assertBytes(wallet, "wallet", 32);
  assertScope(scope);
  assertRootNumber(rootNumber);
  if (!Object.hasOwn(ROOT_KIND, kind)) throw invalidArgument("Pass a root kind: wallet, vault or given.");
  assertBytes(ikm, "ikm", kind === "wallet" ? 64 : 32);
  const context = concat(u8(ROOT_KIND[kind]), u32(rootNumber), wallet, hash("scope", utf8(scope)));
  return expand(extract(domain, ikm), "root", context, 32);
}

/**
 * The secret (32 bytes) that seals what a wallet's devices keep in their stores. Of the root and of no generation: after a rotation,
 * when a device forgets older generations, it still reads its store. It opens nothing else. Throws INVALID_ARGUMENT.
 */
export function storeSecret(domain: Uint8Array, root: Uint8Array): Uint8Array {
  assertBytes(domain, "domain", 32);
  assertBytes(root, "root", 32);
  return expand(extract(domain, root), "store", new Uint8Array(0), 32);
}
