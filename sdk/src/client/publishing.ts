/** What publishing a generation of keys takes, the first one as any later: the wallet's certificate, its transaction, the upload. */
import { certificateMessage, CLOCK_SKEW_SECONDS, DEFAULT_LIFETIME_SECONDS, decodeCard, encodeCard, equal, keyHash, verifyCard, type Card } from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import {
  activateKeyBundle, createKeyBundle, decodeKeyBundle, KEY_BUNDLE_BYTES, keyBundleAddress, writeKeyBundle, X_WING_KEY_BYTES,
  type Instruction, type KeyBundleAccount, type Profile,
} from "../program/index.js";
import type { SendContext } from "../send/context.js";
import { nowSeconds } from "../sync/context.js";
import type { OwnInbox } from "../sync/inboxes.js";
import { pinnedValidFrom } from "../sync/peer-keys.js";
import type { DeviceSession } from "./device-session.js";
import type { KeySource } from "./key-source.js";
import { unlockRoot } from "./unlock-root.js";
import { certificateKindOf, signCertificate, signTransactionWith } from "./wallet-transaction.js";
import type { WalletLike } from "./wallet-like.js";

/** The first upload's share of the 1,216 bytes; the second carries the rest and the activation. */
const CHUNK_BYTES = 900;

/** Who publishes. `rootNumber` and `keys` are those that the current generation is derived from. */
export type Registrant = {
  readonly send: SendContext;
  readonly wallet: WalletLike;
  keys: KeySource;
  rootNumber: number;
  /** The root as `connect` derived it; compared at enrolment with what the wallet gives a second time. */
  readonly root: Uint8Array;
  /** Where this device keeps the session, if it does. */
  readonly deviceSession?: DeviceSession | undefined;
};

/** A bundle that was created and not activated yet. */
export type WaitingBundle = { readonly generation: number; readonly account: KeyBundleAccount; readonly card: Card };

/** The newest generation where it was created and not activated, if this device holds its keys and there is time left. */
export async function waitingBundle({ send: { context } }: Registrant, profile: Profile | undefined): Promise<WaitingBundle | undefined> {
  if (profile === undefined || profile.nextGeneration === 0) return undefined;
  const generation = profile.nextGeneration - 1;
  const found = await context.rpc.account(keyBundleAddress(context.wallet, generation, context.program));
  const account = found === null || found.owner !== context.program ? undefined : decodeKeyBundle(found, context.program);
  if (account === undefined || account.activated) return undefined;
  try {
    const { card } = verifyCard(context.cluster, account, { wallet: context.walletBytes, generation });
    return context.keyring.holds(generation) && (await context.keyring.matches(generation, card)) && nowSeconds() < card.validUntil ? { generation, account, card } : undefined;
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return undefined;
  }
}

/** The instruction that publishes a generation's card, with the wallet's certificate: one prompt. */
export async function certifiedCard({ send: { channels, context }, wallet }: Registrant, generation: number): Promise<Instruction> {
  const { cluster, keyring, program, wallet: address, walletBytes } = context;
  const { delegate, identity } = keyring.keys(generation);
  // Later than what they replace, though this device's clock be behind: else everybody who has seen these refuses the new ones.
  const least = Math.max(nowSeconds(), 1 + ((await pinnedValidFrom(context, address)) ?? 0));
  const validFrom = afterOpenings(least, channels.directory.own.all);
  const certificateKind = certificateKindOf(wallet);
  const card = encodeCard({
    certificateKind, generation, validFrom, validUntil: validFrom + DEFAULT_LIFETIME_SECONDS, wallet: walletBytes,
    delegate: delegate.publicKey, identity: identity.publicKey, keyHash: keyHash(await keyring.kemPublicKey(generation)),
  });
  const { programId, genesisHash, scope } = cluster;
  const message = certificateMessage({ card: decodeCard(card), programId, genesisHash, scope, bundleHash: keyring.hashOf(card) });
  const certificate = await signCertificate(wallet, address, certificateKind, message);
  return createKeyBundle({ program, payer: address, wallet: address, generation, card, certificate, refund: address });
}

/**
 * Where the chain's clock is ahead of this device's, the new keys begin behind what the old ones have opened: peers follow nothing that
 * old keys open later (PROTOCOL.md, section 5).
 */
function afterOpenings(now: number, inboxes: readonly OwnInbox[]): number {
  return Math.max(now, ...inboxes.map(({ header: { openedTime } }) => openedTime + 1).filter((time) => time <= now + CLOCK_SKEW_SECONDS));
}

/** The uploads that a bundle still lacks: the rest of the X-Wing key in one or two parts, the activation with the last. */
export async function uploads({ send: { context } }: Registrant, { generation, written }: { generation: number; written: number }): Promise<Instruction[][]> {
  const { keyring, program, wallet } = context;
  const key = await keyring.kemPublicKey(generation);
  const at = { program, wallet, generation, delegate: keyring.delegate(generation) };
  const part = (from: number, to: number): Instruction[] => (from < to ? [writeKeyBundle({ ...at, offset: from, chunk: key.slice(from, to) })] : []);
  const last = [...part(Math.max(written, CHUNK_BYTES), X_WING_KEY_BYTES), activateKeyBundle(at)];
  return written < CHUNK_BYTES ? [part(written, CHUNK_BYTES), last] : [last];
}

/** The wallet must give the same root twice, or a later device could not restore anything. @throws PosternError WALLET_NOT_DETERMINISTIC */
export async function checkDeterminism({ send, wallet }: Registrant, source: { keys: KeySource; rootNumber: number; root: Uint8Array }): Promise<void> {
  if (source.keys.kind !== "wallet") return;
  const { cluster, walletBytes } = send.context;
  const again = await unlockRoot(source.keys, wallet, { cluster, walletBytes, rootNumber: source.rootNumber });
  const same = equal(source.root, again);
  again.fill(0);
  if (!same) {
    throw new PosternError("WALLET_NOT_DETERMINISTIC", "This wallet signs the same text differently each time, so its signature cannot restore anything. Connect with vaultKeys() instead, which keep random keys under a passphrase; nothing was published.", {
      context: { recommended: "vaultKeys" },
    });
  }
}

/**
 * Lamports that the wallet lacks for its transaction; 0 when it can pay.
 * @param needs `spendLamports`: what the transaction moves and the rent of a profile; `bundle`: whether it creates a key bundle
 */
export async function walletLacks({ send }: Registrant, needs: { spendLamports: bigint; bundle: boolean }): Promise<{ missingLamports: bigint; balanceLamports: bigint }> {
  const { fees } = send.submitter;
  const needed = needs.spendLamports + (await fees.signatureLamports()) + (needs.bundle ? await fees.rentLamports(KEY_BUNDLE_BYTES) : 0n);
  const balanceLamports = await send.context.rpc.lamports(send.context.wallet);
  return { missingLamports: needed > balanceLamports ? needed - balanceLamports : 0n, balanceLamports };
}

/** Asked before any prompt. @throws PosternError INSUFFICIENT_FUNDS with `context.missingLamports` */
export async function requireWalletFunds(registrant: Registrant, needs: { spendLamports: bigint; bundle: boolean }): Promise<void> {
  const lacks = await walletLacks(registrant, needs);
  if (lacks.missingLamports === 0n) return;
  throw new PosternError("INSUFFICIENT_FUNDS", "The wallet cannot pay for its registration. Send it at least context.missingLamports.", { context: lacks });
}

/** Lands the wallet's transaction: one prompt. */
export async function submitAsWallet({ send: { context, submitter }, wallet }: Registrant, instructions: readonly Instruction[]): Promise<void> {
  await submitter.submit({
    instructions, feePayer: context.wallet, repeatable: false, sign: (transaction) => signTransactionWith(wallet, context.wallet, transaction),
  });
}
