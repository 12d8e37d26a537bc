/**
 * The generations of a wallet that has changed its root: each belongs to the root of its time. An older one is unlocked only
 * where something of it still stands, or where the new root's first generation was never activated.
 */
import { generationSecret, heldKeys, MAX_GENERATION, storeSecret, toBase58, verifyCard, type Cluster } from "../crypto/index.js";
import { isPosternError } from "../errors.js";
import type { Rpc } from "../net/rpc.js";
import { decodeKeyBundle, inboxAddress, keyBundleAddress, walletBytes, type AccountData, type Address, type Profile } from "../program/index.js";
import { GAP_LIMIT } from "../sync/own-inboxes.js";
import type { KeySource } from "./key-source.js";
import { unlockRoot } from "./unlock-root.js";
import type { WalletLike } from "./wallet-like.js";

type Parts = { readonly rpc: Rpc; readonly cluster: Cluster; readonly program: Address; readonly wallet: WalletLike; readonly address: Address; readonly keys: KeySource };

/** `rootNumber` is of the root that the current generation follows from, and `storeSecret`; `olderStores` are the secrets of those before it that were unlocked. */
type Found = { readonly secrets: Map<number, Uint8Array>; readonly rootNumber: number; readonly storeSecret: Uint8Array; readonly olderStores: readonly Uint8Array[] };

/**
 * Secrets of the generations that these keys give, and of the stores of their roots; undefined when none gives the current generation.
 * `root` is that of the profile's number. One more prompt for each older root with `walletKeys`.
 * @throws PosternError RPC_FAILED and the codes of the key source
 */
export async function olderGenerations(parts: Parts & { root: Uint8Array; profile: Profile }): Promise<Found | undefined> {
  const { cluster, keys, profile, wallet, address } = parts;
  const current = profile.currentGeneration ?? 0;
  const delegates = await certifiedDelegates(parts, Math.min(current, MAX_GENERATION));
  const secrets = new Map<number, Uint8Array>();
  const stores: Uint8Array[] = []; // of the root of the current generation, then of those before it
  let ofCurrent: number | undefined;
  for (let rootNumber = profile.rootNumber; rootNumber > 0; rootNumber--) {
    const isNewest = rootNumber === profile.rootNumber;
    const root = isNewest ? parts.root : await unlockRoot(keys, wallet, { cluster, walletBytes: walletBytes(address), rootNumber });
    for (const [generation, delegate] of delegates) {
      const secret = generationSecret(cluster.domain, root, generation);
      if (toBase58(heldKeys(cluster.domain, secret).delegate.publicKey) !== delegate) continue;
      secrets.set(generation, secret);
      delegates.delete(generation);
      if (generation === current) ofCurrent = rootNumber;
    }
    if (ofCurrent !== undefined) stores.push(storeSecret(cluster.domain, root));
    if (!isNewest) root.fill(0);
    // Without the newest root's key source an older one is of no use, unless its keys were never activated.
    if (ofCurrent === undefined && (rootNumber < profile.rootNumber || profile.nextGeneration <= current + 1)) return undefined;
    if (ofCurrent !== undefined && !(await anyInboxOf(parts, [...delegates.values()]))) break;
    if (ofCurrent !== undefined && keys.kind !== "wallet") break;
  }
  const [own, ...olderStores] = stores;
  return ofCurrent === undefined || own === undefined ? undefined : { secrets, rootNumber: ofCurrent, storeSecret: own, olderStores };
}

/** The delegate of every generation up to the current one whose card the wallet has certified. */
async function certifiedDelegates({ rpc, cluster, program, address }: Parts, current: number): Promise<Map<number, Address>> {
  const generations = Array.from({ length: current + 1 }, (_, k) => k);
  const accounts = await rpc.accounts(generations.map((generation) => keyBundleAddress(address, generation, program)));
  return new Map(generations.flatMap((generation, i) => {
    const delegate = certifiedDelegate(cluster, program, accounts[i] ?? null, { wallet: walletBytes(address), generation });
    return delegate === undefined ? [] : [[generation, delegate] as const];
  }));
}

function certifiedDelegate(cluster: Cluster, program: Address, account: AccountData | null, expected: { wallet: Uint8Array; generation: number }): Address | undefined {
  if (account === null) return undefined; // an old one that was closed
  try {
    const decoded = decodeKeyBundle(account, program);
    return decoded.activated ? toBase58(verifyCard(cluster, decoded, expected).card.delegate) : undefined;
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return undefined;
  }
}

async function anyInboxOf({ rpc, program }: Parts, delegates: readonly Address[]): Promise<boolean> {
  const places = delegates.flatMap((delegate) => Array.from({ length: GAP_LIMIT }, (_, index) => inboxAddress(delegate, index, program)));
  const accounts = await rpc.accounts(places, { slice: { offset: 0, length: 0 } });
  return accounts.some((account) => account?.owner === program);
}
