/** Where the 32-byte messaging root comes from. */
import { deriveRoot, rootText, utf8, type Cluster, type RootKind } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { toAddress } from "../program/index.js";
import { heldBy } from "./held-keys.js";
import { heldVault } from "./vault-keys.js";
import { signMessageWith } from "./wallet.js";
import type { WalletLike } from "./wallet-like.js";

/** Made by {@link walletKeys}, `vaultKeys` or {@link givenKeys}; holds nothing that can be read from outside. */
export type KeySource = { readonly kind: RootKind };

const GIVEN = new WeakMap<KeySource, Uint8Array>();

/** The root from the wallet's signature of a fixed text: one prompt. For wallets that sign the same bytes twice alike. */
export function walletKeys(): KeySource {
  return Object.freeze({ kind: "wallet" });
}

/**
 * A root that the caller keeps: from an HSM, a passkey's PRF, or a test.
 * @param root 32 uniform bytes, copied; whoever has them reads everything
 * @throws PosternError INVALID_ARGUMENT for another length
 */
export function givenKeys(root: Uint8Array): KeySource {
  if (!ArrayBuffer.isView(root) || root.byteLength !== 32) throw new PosternError("INVALID_ARGUMENT", "A given root has 32 bytes.");
  const source: KeySource = Object.freeze({ kind: "given" });
  GIVEN.set(source, Uint8Array.from(root));
  return source;
}

export function isKeySource(value: unknown): value is KeySource {
  if (heldBy(value as KeySource)) return true;
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  return kind === "wallet" || (kind === "given" && GIVEN.has(value as KeySource)) || (kind === "vault" && heldVault(value as KeySource) !== undefined);
}

/**
 * The root (32 bytes) under a root number. Asks the wallet once for `walletKeys`.
 * @param parts `newVault`: nothing was published with these keys yet, so that a vault may be made; hand it over before publishing
 * @throws PosternError the codes of `signMessageWith` and of `vaultSecret`
 */
export async function unlockRoot(source: KeySource, wallet: WalletLike, parts: { cluster: Cluster; walletBytes: Uint8Array; rootNumber: number; newVault?: boolean }): Promise<Uint8Array> {
  const { cluster, walletBytes, rootNumber } = parts;
  if (heldBy(source)) throw new PosternError("ROOT_UNAVAILABLE", "These keys were imported without their root, so no new ones can be made from them. Connect with the keys that the wallet registered with.");
  const ikm =
    source.kind === "wallet" ? await signRootText(wallet, parts)
    : source.kind === "vault" ? await (await import("./vault.js")).vaultSecret(source, parts)
    : GIVEN.get(source)?.slice();
  if (ikm === undefined) throw new PosternError("INVALID_ARGUMENT", "Pass keys made by walletKeys(), vaultKeys() or givenKeys().");
  const root = deriveRoot(cluster.domain, { kind: source.kind, rootNumber, wallet: walletBytes, scope: cluster.scope, ikm });
  ikm.fill(0);
  return root;
}

function signRootText(wallet: WalletLike, { cluster, walletBytes, rootNumber }: { cluster: Cluster; walletBytes: Uint8Array; rootNumber: number }): Promise<Uint8Array> {
  const { programId, genesisHash, scope } = cluster;
  return signMessageWith(wallet, toAddress(walletBytes), utf8(rootText({ wallet: walletBytes, programId, genesisHash, scope, rootNumber })));
}
