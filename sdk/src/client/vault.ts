/** Opening, making and handing over a vault. Loaded for vault keys only: scrypt and its memory are of no use to others. */
import { openVault, sealVault } from "../crypto/vault.js";
import { PosternError } from "../errors.js";
import type { KeySource } from "./key-source.js";
import { heldVault, requirePassphrase, type HeldVault } from "./vault-keys.js";

const SECRET_BYTES = 32;
const SALT_BYTES = 16;

/**
 * The 32 bytes in the vault; with `newVault`, new ones where none was passed. The caller wipes them.
 * @throws PosternError VAULT_MISSING, PASSPHRASE_WRONG, VAULT_INVALID, VAULT_UNSUPPORTED
 */
export async function vaultSecret(source: KeySource, { newVault = false }: { newVault?: boolean }): Promise<Uint8Array> {
  const held = heldOf(source);
  if (held.vault !== undefined) return openVault({ vault: held.vault, passphrase: await passphraseOf(held) });
  if (!newVault) {
    throw new PosternError("VAULT_MISSING", "This wallet is registered, so its keys are in the vault that was saved then. Pass it to vaultKeys() as vault; another one cannot read its messages.");
  }
  return (held.fresh ??= randomBytes(SECRET_BYTES)).slice();
}

/**
 * Has the app store a new vault. Once it has, the source opens it like any other.
 * @throws PosternError VAULT_NOT_SAVED, with what the app threw as the cause
 */
export async function handOverVault(source: KeySource): Promise<void> {
  const held = heldOf(source);
  held.saving ??= saveOnce(held).finally(() => (held.saving = undefined));
  await held.saving;
}

async function saveOnce(held: HeldVault): Promise<void> {
  const { fresh, save } = held;
  if (fresh === undefined) return;
  if (save === undefined) {
    throw new PosternError("VAULT_NOT_SAVED", "The keys are in a new vault that nobody keeps yet. Pass vaultKeys() a save function that stores it; nothing was published.");
  }
  const vault = await sealVault({ ikm: fresh, passphrase: await passphraseOf(held), salt: randomBytes(SALT_BYTES) });
  try {
    await save(vault.slice());
  } catch (cause) {
    throw new PosternError("VAULT_NOT_SAVED", "The app could not store the new vault, without which every message would be lost. Mend that and register again; nothing was published.", { cause });
  }
  held.vault = vault;
  held.fresh = undefined;
  fresh.fill(0);
}

export async function resealVault({ vault, passphrase, newPassphrase }: { vault: Uint8Array; passphrase: string; newPassphrase: string }): Promise<Uint8Array> {
  const ikm = await openVault({ vault, passphrase });
  try {
    return await sealVault({ ikm, passphrase: newPassphrase, salt: randomBytes(SALT_BYTES) });
  } finally {
    ikm.fill(0);
  }
}

async function passphraseOf({ passphrase }: HeldVault): Promise<string> {
  return requirePassphrase(typeof passphrase === "function" ? await passphrase() : passphrase);
}

function heldOf(source: KeySource): HeldVault {
  const held = heldVault(source);
  if (held === undefined) throw new PosternError("INVALID_ARGUMENT", "Pass keys made by vaultKeys().");
  return held;
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
