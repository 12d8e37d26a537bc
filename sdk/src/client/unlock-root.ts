/** Asking a key source for the 32-byte messaging root. */
import { deriveRoot, rootText, utf8, type Cluster } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { toAddress } from "../program/index.js";
import { heldBy } from "./held-keys.js";
import { givenRoot, type KeySource } from "./key-source.js";
import type { WalletLike } from "./wallet-like.js";
import { signMessageWith } from "./wallet-message.js";

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
    : givenRoot(source);
  if (ikm === undefined) throw new PosternError("INVALID_ARGUMENT", "Pass keys made by walletKeys(), vaultKeys() or givenKeys().");
  const root = deriveRoot(cluster.domain, { kind: source.kind, rootNumber, wallet: walletBytes, scope: cluster.scope, ikm });
  ikm.fill(0);
  return root;
}

function signRootText(wallet: WalletLike, { cluster, walletBytes, rootNumber }: { cluster: Cluster; walletBytes: Uint8Array; rootNumber: number }): Promise<Uint8Array> {
  const { programId, genesisHash, scope } = cluster;
  return signMessageWith(wallet, toAddress(walletBytes), utf8(rootText({ wallet: walletBytes, programId, genesisHash, scope, rootNumber })));
}
