import { scryptAsync } from "@noble/hashes/scrypt.js";
import { PosternError } from "../errors.js";
import { assertBytes, concat, copy, equal, hasLength, invalidArgument } from "./bytes.js";
import { label, open, seal } from "./suite.js";
import { encodeText } from "./text.js";

/** Bytes of a vault: version 1 ‖ log2N 1 ‖ salt 16 ‖ commitment 32 ‖ box 48. */
export const VAULT_BYTES = 98;
/** scrypt's cost unless another is asked for: N = 2^17, which takes 128 MiB. */
export const DEFAULT_LOG2N = 17;

const VERSION = 1;
const MIN_LOG2N = 15;
const MAX_LOG2N = 20;
const SALT_AT = 2;
const COMMITMENT_AT = SALT_AT + 16;
const BOX_AT = COMMITMENT_AT + 32;
const MAX_MEMORY_BYTES = 2 ** 31;

function isAllowedCost(log2N: number): boolean {
  return Number.isInteger(log2N) && log2N >= MIN_LOG2N && log2N <= MAX_LOG2N;
}

async function stretch(passphrase: string, salt: Uint8Array, log2N: number): Promise<{ key: Uint8Array; commitment: Uint8Array }> {
  const stretched = await scryptAsync(encodeText(passphrase.normalize("NFKC")), concat(label("vault"), salt), {
    N: 2 ** log2N, r: 8, p: 1, dkLen: 64, maxmem: MAX_MEMORY_BYTES,
  });
  return { key: stretched.subarray(0, 32), commitment: stretched.subarray(32) };
}

/**
 * Wraps the 32 random bytes of a root of kind vault under a passphrase → 98 bytes. Never publish a vault: whoever has it
 * can guess passphrases for ever.
 *
 * @param fields `salt` is 16 random bytes, fresh for every sealing; `log2N` is scrypt's cost, 15 to 20 (RFC 7914, r 8, p 1)
 * @throws INVALID_ARGUMENT, INVALID_TEXT for a passphrase with an unpaired surrogate
 */
export async function sealVault(fields: { readonly ikm: Uint8Array; readonly passphrase: string; readonly salt: Uint8Array; readonly log2N?: number }): Promise<Uint8Array> {
  const { ikm, passphrase, salt, log2N = DEFAULT_LOG2N } = fields;
  assertBytes(ikm, "ikm", 32);
  assertBytes(salt, "salt", 16);
  if (!isAllowedCost(log2N)) throw invalidArgument(`Pass a cost (log2N) from ${MIN_LOG2N} to ${MAX_LOG2N}.`);
  if (typeof passphrase !== "string" || passphrase === "") throw invalidArgument("Pass a passphrase that is not empty.");
  const { key, commitment } = await stretch(passphrase, salt, log2N);
  return concat(Uint8Array.of(VERSION, log2N), salt, commitment, seal(key, ikm));
}

/**
 * Opens a vault → the 32 bytes in it.
 *
 * @throws VAULT_UNSUPPORTED for another version or cost, PASSPHRASE_WRONG, VAULT_INVALID for altered or truncated bytes
 */
export async function openVault({ vault, passphrase }: { readonly vault: Uint8Array; readonly passphrase: string }): Promise<Uint8Array> {
  if (typeof passphrase !== "string") throw invalidArgument("Pass the passphrase as a string.");
  if (!hasLength(vault, VAULT_BYTES)) throw invalidVault();
  const log2N = vault[1]!;
  if (vault[0] !== VERSION || !isAllowedCost(log2N)) {
    throw new PosternError("VAULT_UNSUPPORTED", "This vault has a version or cost that this version does not take. Update the SDK.", { context: { version: vault[0], log2N } });
  }
  const { key, commitment } = await stretch(passphrase, vault.subarray(SALT_AT, COMMITMENT_AT), log2N);
  if (!equal(commitment, vault.subarray(COMMITMENT_AT, BOX_AT))) {
    throw new PosternError("PASSPHRASE_WRONG", "The passphrase does not open this vault. Try again, minding capitals and spaces.");
  }
  const ikm = open(key, vault.subarray(BOX_AT));
  if (ikm === null) throw invalidVault();
  return copy(ikm);
}

function invalidVault(): PosternError {
  return new PosternError("VAULT_INVALID", "These bytes are no vault, or a damaged one. Use another copy of it.");
}
