/** Unlocking with generation secrets alone: nothing is asked of the wallet, and nothing new can be derived. Loaded when it is called for. */
import { equal, storeSecret, type Cluster } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { toAddress, type Profile } from "../program/index.js";
import { Keyring } from "../sync/keyring.js";
import type { HeldKeys } from "./held-keys.js";

type Whose = { readonly cluster: Cluster; readonly walletBytes: Uint8Array; readonly profile: Profile | undefined };

/** A keyring of these secrets, which it takes over; undefined, and the secrets wiped, unless the wallet's current keys are among them. */
export function keyringWithoutRoot(secrets: Map<number, Uint8Array>, { cluster, walletBytes, profile }: Whose): Keyring | undefined {
  const keyring = new Keyring(cluster, walletBytes, secrets);
  const current = profile?.currentGeneration;
  if (current !== undefined && keyring.holds(current) && keyring.delegate(current) === profile?.delegate) return keyring;
  keyring.wipe();
  return undefined;
}

/** What a session goes on with; the caller owns both. */
export type WithoutRoot = { readonly keyring: Keyring; readonly storeSecret: Uint8Array };

/**
 * Imported keys. Their store is one of their own, as what seals the wallet's comes from the root.
 * @throws PosternError EXPORT_MISPLACED for those of another wallet, program or cluster; GENERATION_UNKNOWN when newer ones are current
 */
export function unlockHeld(held: HeldKeys, whose: Whose): WithoutRoot {
  const { cluster, walletBytes } = whose;
  if (held.wallet !== toAddress(walletBytes) || held.scope !== cluster.scope || !equal(held.domain, cluster.domain)) {
    throw new PosternError("EXPORT_MISPLACED", "These keys belong to another wallet, program or cluster. Connect to the one that the export names.", { context: { wallet: held.wallet } });
  }
  const keyring = keyringWithoutRoot(new Map([...held.secrets].map(([generation, secret]) => [generation, secret.slice()])), whose);
  const [oldest] = keyring?.generations ?? [];
  const secret = oldest === undefined ? undefined : keyring?.secret(oldest);
  if (keyring && secret) return { keyring, storeSecret: storeSecret(cluster.domain, secret) };
  throw new PosternError("GENERATION_UNKNOWN", "The current keys of this wallet are not in the export: it has rotated them since, or closed its profile. The exported history can still be read; connect with the wallet for more.");
}
