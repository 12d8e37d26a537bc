/** Where the 32-byte messaging root comes from. */
import type { RootKind } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { heldBy } from "./held-keys.js";
import { heldVault } from "./vault-keys.js";

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

/** The root of {@link givenKeys}, copied. */
export function givenRoot(source: KeySource): Uint8Array | undefined {
  return GIVEN.get(source)?.slice();
}
