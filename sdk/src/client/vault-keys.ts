/** Messaging keys from random bytes that the app keeps in a vault, for wallets that sign differently each time. */
import { PosternError } from "../errors.js";
import type { KeySource } from "./key-source.js";

/** Or what asks the user for it. */
export type Passphrase = string | (() => string | Promise<string>);

export type VaultOptions = {
  /**
   * Not empty; taken after NFKC, so that it does not matter how a keyboard composes an accent. A function is asked when the vault is
   * to be opened or sealed, which a device session does without: then nothing is asked of the user.
   */
  readonly passphrase: Passphrase;
  /** The 98 bytes that `save` was given; undefined while there are none. */
  readonly vault?: Uint8Array | undefined;
  /**
   * Stores a new vault (98 bytes). `register` calls it before anything is published and waits for it; when it fails, nothing is
   * published. Called once at most, and never for a wallet that is registered.
   */
  readonly save?: ((vault: Uint8Array) => void | Promise<void>) | undefined;
};

/** What a vault's key source holds, out of sight. */
export type HeldVault = {
  readonly passphrase: Passphrase;
  readonly save: VaultOptions["save"];
  vault: Uint8Array | undefined;
  /** The 32 bytes of a vault that is not saved yet. */
  fresh: Uint8Array | undefined;
  saving: Promise<void> | undefined;
};

const HELD = new WeakMap<KeySource, HeldVault>();

/**
 * Keys for a wallet whose signatures cannot give them, as those of MPC wallets, or which signs no messages at all, as many hardware
 * wallets: 32 random bytes, wrapped under a passphrase (scrypt, 128 MiB). **Whoever loses the vault or the passphrase loses every message**: nothing else restores them, and the wallet
 * cannot help. So pass the stored vault whenever there is one, and `save` where there may be none:
 *
 * @throws PosternError INVALID_ARGUMENT; `connect` throws VAULT_MISSING, PASSPHRASE_WRONG, VAULT_INVALID, VAULT_UNSUPPORTED,
 * ROOT_MISMATCH for another wallet's or an older vault; `register` throws VAULT_NOT_SAVED
 * @example
 * ```ts
 * import { Postern, vaultKeys } from "@postern/sdk";
 *
 * const keys = vaultKeys({ passphrase, vault: await files.read("postern.vault"), save: (vault) => files.write("postern.vault", vault) });
 * const postern = await Postern.connect({ connection, wallet, keys });
 * ```
 */
export function vaultKeys(options: VaultOptions): KeySource {
  const { passphrase, vault, save } = options;
  if (typeof passphrase !== "function") requirePassphrase(passphrase);
  if (vault !== undefined && !(vault instanceof Uint8Array)) throw new PosternError("INVALID_ARGUMENT", "Pass the vault as the Uint8Array that was stored, or undefined.");
  if (save !== undefined && typeof save !== "function") throw new PosternError("INVALID_ARGUMENT", "save is a function that stores the vault.");
  const source: KeySource = Object.freeze({ kind: "vault" });
  HELD.set(source, { passphrase, save, vault: vault && Uint8Array.from(vault), fresh: undefined, saving: undefined });
  return source;
}

/**
 * Seals the same vault under another passphrase → 98 bytes to store in place of the old ones. The keys stay what they are. **A copy of
 * the old vault still opens with the old passphrase**: delete them all. Where both may be known to others, this does not help.
 * @throws PosternError PASSPHRASE_WRONG, VAULT_INVALID, VAULT_UNSUPPORTED, INVALID_ARGUMENT
 */
export async function changeVaultPassphrase(change: { readonly vault: Uint8Array; readonly passphrase: string; readonly newPassphrase: string }): Promise<Uint8Array> {
  requirePassphrase(change.passphrase);
  requirePassphrase(change.newPassphrase);
  return (await import("./vault.js")).resealVault(change);
}

export function heldVault(source: KeySource): HeldVault | undefined {
  return HELD.get(source);
}

/** @throws PosternError INVALID_ARGUMENT */
export function requirePassphrase(passphrase: string): string {
  if (typeof passphrase !== "string" || passphrase === "") throw new PosternError("INVALID_ARGUMENT", "Pass a passphrase that is not empty.");
  return passphrase;
}
