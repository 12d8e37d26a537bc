/** Unlocking: which cluster this is, whether the program is there, and the keys of every generation so far. */
import { cluster as clusterOf, generationSecret, MAX_GENERATION, storeSecret, type Cluster } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import type { Connection } from "../net/connection.js";
import type { Rpc } from "../net/rpc.js";
import { addressBytes, decodeProfile, profileAddress, walletBytes, type Address, type Profile } from "../program/index.js";
import { Keyring } from "../sync/keyring.js";
import type { Store } from "../store/store.js";
import type { DeviceSession } from "./device-session.js";
import { heldBy } from "./held-keys.js";
import type { KeySource } from "./key-source.js";
import type { WalletLike } from "./wallet-like.js";

/** The genesis hash that a connection has answered with before. */
const ANSWERED = new WeakMap<Connection, string>();
const CLUSTER_KEY = "cluster";

/** `rootNumber` is of the root that the current generation follows from, and so is `storeSecret`; `olderStores` are secrets of those before it. */
export type Unlocked = {
  readonly keyring: Keyring; readonly root: Uint8Array; readonly rootNumber: number; readonly profile: Profile | undefined;
  readonly storeSecret: Uint8Array; readonly olderStores: readonly Uint8Array[];
};

/**
 * The cluster behind a connection, the same as before. The store's record of it is read before anything is unlocked, so it is
 * neither sealed nor authentic: whoever changes it causes a refusal, or leaves the keys to tell clusters apart, which depend on them.
 * @param store undefined: one of this cluster's own
 * @throws PosternError WRONG_CLUSTER, RPC_FAILED, STORE_FAILED
 */
export async function identifyCluster(connection: Connection, rpc: Rpc, store: Store | undefined, program: Address): Promise<Cluster> {
  const genesisHash = await rpc.genesisHash();
  const hash = genesisHash.toString();
  const requireSame = (known: string): void => {
    if (known !== hash) throw new PosternError("WRONG_CLUSTER", "This endpoint serves another cluster than before. Use the endpoint of the cluster that this store belongs to, or a new store.");
  };
  requireSame(ANSWERED.get(connection) ?? hash);
  if (store) {
    const { scopedStore, update } = await import("../store/device.js");
    await update(scopedStore(store, "postern"), CLUSTER_KEY, (stored = genesisHash) => (requireSame(stored.toString()), stored));
  }
  ANSWERED.set(connection, hash);
  return clusterOf({ programId: addressBytes(program), genesisHash });
}

/**
 * Asks the key source for the root (one prompt for `walletKeys`) and derives the generations that were published, or can be now; takes
 * the keys that were imported or that this device has kept where there are some.
 * @throws PosternError PROGRAM_NOT_FOUND, ROOT_MISMATCH, ROOT_HISTORY_UNAVAILABLE and the codes of the wallet or the vault
 */
export async function unlock(
  parts: { rpc: Rpc; cluster: Cluster; program: Address; wallet: WalletLike; address: Address; keys: KeySource; rootNumber: number | undefined; device?: DeviceSession | undefined },
): Promise<Unlocked> {
  const { rpc, cluster, program, wallet, address, keys } = parts;
  const profile = await readProfile(rpc, program, address);
  const held = heldBy(keys);
  const known = held ? (await import("./without-root.js")).unlockHeld(held, { cluster, walletBytes: walletBytes(address), profile }) : await parts.device?.restore(profile);
  if (known) return { ...known, root: new Uint8Array(32), rootNumber: profile?.rootNumber ?? 1, profile, olderStores: [] };
  if (profile && profile.rootNumber !== (parts.rootNumber ?? profile.rootNumber)) throw rootMismatch(address);
  const rootNumber = profile?.rootNumber ?? (await (await import("./seldom.js")).newRootNumber(rpc, address, program, parts.rootNumber));
  const bytes = walletBytes(address);
  const root = await (await import("./unlock-root.js")).unlockRoot(keys, wallet, { cluster, walletBytes: bytes, rootNumber, newVault: profile === undefined });
  const current = profile?.currentGeneration;
  const generations = current === undefined ? unpublished(profile) : Array.from({ length: current + 1 }, (_, k) => k);
  const ring = (held: readonly number[]): Keyring =>
    new Keyring(cluster, bytes, new Map(held.map((k) => [k, generationSecret(cluster.domain, root, k)])));
  const probe = ring(current === undefined ? generations : [current]);
  const ours = profile === undefined || isDelegateOf(probe, profile);
  probe.wipe();
  if (ours && (current === undefined || rootNumber === 1)) return { keyring: ring(generations), root, rootNumber, profile, storeSecret: storeSecret(cluster.domain, root), olderStores: [] };
  if (profile !== undefined && current !== undefined && rootNumber > 1) {
    const { olderGenerations } = await import("./seldom.js");
    const found = await olderGenerations({ ...parts, root, profile });
    if (found) return { ...found, keyring: new Keyring(cluster, bytes, found.secrets), root, profile };
  }
  root.fill(0);
  throw rootMismatch(address);
}

function rootMismatch(wallet: Address): PosternError {
  return new PosternError("ROOT_MISMATCH", "The unlocked keys are not the ones that this wallet has registered. Unlock with the key source and root number that were used then; nothing was published.", { context: { wallet } });
}

/**
 * The first generation, which a half-registered wallet's profile names; the newest that was created, which may wait for its
 * upload; and the next. Not all below: how many there are is the endpoint's word, until the current delegate proves it.
 * A registered wallet's device never holds a generation that is not current yet: a rotation would not shut out its thief.
 */
function unpublished(profile: Profile | undefined): number[] {
  const next = profile?.nextGeneration ?? 0;
  return [...new Set([0, Math.max(0, next - 1), Math.min(next, MAX_GENERATION)])];
}

async function readProfile(rpc: Rpc, program: Address, wallet: Address): Promise<Profile | undefined> {
  const [code, account] = await rpc.accounts([program, profileAddress(wallet, program)]);
  if (!code?.executable) {
    throw new PosternError("PROGRAM_NOT_FOUND", "There is no program at this address on this cluster. Check programId and the RPC endpoint.", { context: { programId: program } });
  }
  if (!account || account.owner !== program) return undefined;
  const profile = decodeProfile(account, program);
  if (profile.wallet !== wallet) throw new PosternError("ACCOUNT_INVALID", "The RPC endpoint answered with another wallet's profile. Use another endpoint.");
  if (profile.nextGeneration > MAX_GENERATION + 1 || (profile.currentGeneration ?? 0) > MAX_GENERATION) {
    throw new PosternError("ACCOUNT_INVALID", "The RPC endpoint answered with a profile that has more generations than there can be. Use another endpoint.");
  }
  return profile;
}

/** A registered wallet's delegate is its current generation's; a half-registered one's is of a generation not yet current. */
function isDelegateOf(keyring: Keyring, { currentGeneration, delegate }: Profile): boolean {
  return currentGeneration === undefined ? keyring.generationOf(delegate) !== undefined : keyring.delegate(currentGeneration) === delegate;
}
