/** Publishing a wallet's keys: one transaction of the wallet, then the delegate uploads. Resumable at every step. */
import {
  certificateText, DEFAULT_LIFETIME_SECONDS, decodeCard, encodeCard, equal, keyHash, verifyCard, type Card, ZERO32,
} from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import {
  activateKeyBundle, createKeyBundle, createProfile, decodeKeyBundle, INBOX_HEADER_BYTES, KEY_BUNDLE_BYTES, keyBundleAddress, PROFILE_BYTES, transfer,
  updateProfile, writeKeyBundle, X_WING_KEY_BYTES, type ContactPolicy, type Instruction, type KeyBundleAccount, type Profile,
} from "../program/index.js";
import type { SendContext } from "../send/context.js";
import { signWith } from "../send/submit.js";
import { nowSeconds } from "../sync/context.js";
import { unlockRoot, type KeySource } from "./key-source.js";
import { requireMessageSigning, signText, signTransactionWith } from "./wallet.js";
import type { WalletLike } from "./wallet-like.js";

/** The first upload's share of the 1,216 bytes; the second carries the rest and the activation. */
const CHUNK_BYTES = 900;
/** Uploads are two transactions of one signature. */
const UPLOADS = 2n;
/** Messages that the default funding pays for. */
const FUNDED_SIGNATURES = 200n;

export type Registrant = {
  readonly send: SendContext;
  readonly wallet: WalletLike;
  readonly keys: KeySource;
  readonly rootNumber: number;
  /** The root as `connect` derived it; compared at enrolment with what the wallet gives a second time. */
  readonly root: Uint8Array;
};

export type RegisterOptions = { readonly fundLamports?: bigint; readonly policy?: ContactPolicy };

/**
 * Registers the wallet, or goes on where an earlier try stopped.
 * @throws PosternError WALLET_NOT_DETERMINISTIC, WALLET_CANNOT_SIGN_MESSAGES, VAULT_NOT_SAVED, INSUFFICIENT_FUNDS, INVALID_ARGUMENT, and what the wallet and the network give
 */
export async function registerWallet(registrant: Registrant, options: RegisterOptions): Promise<void> {
  const { directory } = registrant.send.channels;
  await directory.refresh();
  if (directory.profile?.currentGeneration !== undefined) return;
  const waiting = await waitingBundle(registrant, directory.profile);
  const generation = waiting?.generation ?? directory.profile?.nextGeneration ?? 0;
  const written = waiting?.account.written ?? 0;
  const { topUp, surplus } = await planFunding(registrant, { generation, written, asked: options.fundLamports });
  if (waiting === undefined || topUp > 0n) await publish(registrant, { generation, topUp, options, create: waiting === undefined });
  const policy = directory.profile === undefined ? undefined : options.policy; // a profile of an earlier try has another, perhaps
  await upload(registrant, { generation, written, surplus, policy });
  await directory.refresh();
}

/** Rent and fees of a registration, lamports; the wallet pays them. */
export async function registrationCost({ submitter }: SendContext): Promise<{ rentLamports: bigint; feeLamports: bigint }> {
  const { fees } = submitter;
  const rentLamports = (await fees.rentLamports(PROFILE_BYTES)) + (await fees.rentLamports(KEY_BUNDLE_BYTES));
  return { rentLamports, feeLamports: (1n + UPLOADS) * (await fees.signatureLamports()) };
}

/** A bundle of ours that was created and not activated, with keys that are held and time left. */
async function waitingBundle(registrant: Registrant, profile: Profile | undefined): Promise<{ generation: number; account: KeyBundleAccount } | undefined> {
  if (profile === undefined || profile.nextGeneration === 0) return undefined;
  const { context } = registrant.send;
  const generation = profile.nextGeneration - 1;
  const account = await bundleAt(registrant, generation);
  if (account === undefined || account.activated) return undefined;
  try {
    const { card } = verifyCard(context.cluster, account, { wallet: context.walletBytes, generation });
    return context.keyring.matches(generation, card) && nowSeconds() < card.validUntil ? { generation, account } : undefined;
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return undefined;
  }
}

async function bundleAt({ send }: Registrant, generation: number): Promise<KeyBundleAccount | undefined> {
  const { program, rpc, wallet } = send.context;
  const account = await rpc.account(keyBundleAddress(wallet, generation, program));
  return account === null || account.owner !== program ? undefined : decodeKeyBundle(account, program);
}

/** What the delegate is to own in the end. @throws PosternError INVALID_ARGUMENT for an amount that no account can hold */
async function fundingOf({ send }: Registrant, asked: bigint | undefined): Promise<bigint> {
  const { emptyLamports } = await send.submitter.fees.rentRate();
  if (asked === undefined) return defaultFunding(send);
  if (typeof asked !== "bigint" || asked < 0n || (asked > 0n && asked < emptyLamports)) {
    throw new PosternError("INVALID_ARGUMENT", "fundLamports is 0n, or at least what an empty account needs: context.minimumLamports.", { context: { minimumLamports: emptyLamports } });
  }
  return asked;
}

/** Enough to open one conversation, grow it to the limit and sign 200 transactions, with what an account must keep. */
async function defaultFunding({ maxBytesPerInbox, submitter: { fees } }: SendContext): Promise<bigint> {
  const { emptyLamports } = await fees.rentRate();
  return (await fees.rentLamports(INBOX_HEADER_BYTES + maxBytesPerInbox)) + FUNDED_SIGNATURES * (await fees.signatureLamports()) + emptyLamports;
}

/**
 * What the wallet adds to what the delegate owns already, and what the delegate gives back at the end: more than is wanted,
 * because someone sent it or because an account that pays must hold something while it uploads.
 */
async function planFunding(
  registrant: Registrant, { generation, written, asked }: { generation: number; written: number; asked: bigint | undefined },
): Promise<{ topUp: bigint; surplus: bigint }> {
  const { context, submitter } = registrant.send;
  const desired = await fundingOf(registrant, asked);
  const { emptyLamports } = await submitter.fees.rentRate();
  const fees = (written < CHUNK_BYTES ? UPLOADS : 1n) * (await submitter.fees.signatureLamports());
  const balance = await context.rpc.lamports(context.keyring.delegate(generation));
  const needed = fees + (desired < emptyLamports ? emptyLamports : desired);
  const topUp = needed > balance ? needed - balance : 0n;
  return { topUp, surplus: balance + topUp - fees - desired };
}

/** The wallet's transaction: profile and card where they are missing, and what the delegate lacks. */
async function publish(
  registrant: Registrant, plan: { generation: number; topUp: bigint; options: RegisterOptions; create: boolean },
): Promise<void> {
  const { send, wallet, rootNumber, keys } = registrant;
  const { context, submitter } = send;
  const { program, wallet: address, keyring } = context;
  const delegate = keyring.delegate(plan.generation);
  const profile = send.channels.directory.profile;
  await requireWalletFunds(registrant, { topUp: plan.topUp, profile: profile === undefined, bundle: plan.create });
  if (plan.create) requireMessageSigning(wallet);
  const instructions: Instruction[] = [];
  if (profile === undefined) {
    if (equal(registrant.root, ZERO32)) throw profileHidden();
    if (keys.kind === "vault") await (await import("./vault.js")).handOverVault(keys);
    await checkDeterminism(registrant);
    const policy = plan.options.policy ?? { kind: "open" };
    instructions.push(createProfile({ program, payer: address, wallet: address, delegate, rootNumber, rootKind: keys.kind, policy, refund: address }));
  }
  if (plan.create) {
    const card = encodeCard(newCard(registrant, plan.generation));
    const certificate = await certify(registrant, card);
    instructions.push(createKeyBundle({ program, payer: address, wallet: address, generation: plan.generation, card, certificate, refund: address }));
  }
  if (plan.topUp > 0n) instructions.push(transfer({ from: address, to: delegate, lamports: plan.topUp }));
  await submitter.submit({
    instructions, feePayer: address, repeatable: false,
    sign: (transaction) => signTransactionWith(wallet, address, transaction),
  });
}

/** The wallet must give the same root twice, or a later device could not restore anything. */
async function checkDeterminism({ send, wallet, keys, root, rootNumber }: Registrant): Promise<void> {
  if (keys.kind !== "wallet") return;
  const { cluster, walletBytes } = send.context;
  const again = await unlockRoot(keys, wallet, { cluster, walletBytes, rootNumber });
  const same = equal(root, again);
  again.fill(0);
  if (!same) {
    throw new PosternError("WALLET_NOT_DETERMINISTIC", "This wallet signs the same text differently each time, so its signature cannot restore anything. Connect with vaultKeys() instead, which keep random keys under a passphrase; nothing was published.", {
      context: { recommended: "vaultKeys" },
    });
  }
}

/** The root is wiped once the wallet is registered: an endpoint that shows no profile after that is behind, or lies. */
function profileHidden(): PosternError {
  return new PosternError("RPC_FAILED", "The RPC endpoint does not show the profile that it has shown before. Use another endpoint, or connect again.");
}

function newCard({ send }: Registrant, generation: number): Card {
  const { keyring, walletBytes } = send.context;
  const { delegate, identity, kem } = keyring.keys(generation);
  const validFrom = nowSeconds();
  return {
    generation, validFrom, validUntil: validFrom + DEFAULT_LIFETIME_SECONDS, wallet: walletBytes,
    delegate: delegate.publicKey, identity: identity.publicKey, keyHash: keyHash(kem.publicKey),
  };
}

/** The wallet's certificate (64 bytes), verified before anything is published: a signature of another text never is. */
async function certify({ send, wallet }: Registrant, cardBytes: Uint8Array): Promise<Uint8Array> {
  const { cluster, keyring, wallet: address } = send.context;
  const { programId, genesisHash, scope } = cluster;
  return signText(wallet, address, certificateText({ card: decodeCard(cardBytes), programId, genesisHash, scope, bundleHash: keyring.hashOf(cardBytes) }));
}

/** Uploads what is missing of the X-Wing key and activates; the last transaction gives the surplus back to the wallet. */
async function upload(
  { send }: Registrant, { generation, written, surplus, policy }: { generation: number; written: number; surplus: bigint; policy: ContactPolicy | undefined },
): Promise<void> {
  const { context, submitter } = send;
  const { keyring, program, wallet } = context;
  const delegate = keyring.delegate(generation);
  const key = keyring.keys(generation).kem.publicKey;
  const at = { program, wallet, generation, delegate };
  const submit = (instructions: Instruction[]): Promise<unknown> =>
    submitter.submit({ instructions, feePayer: delegate, repeatable: true, sign: signWith([keyring.signer(generation)]) });
  if (written < CHUNK_BYTES) await submit([writeKeyBundle({ ...at, offset: written, chunk: key.slice(written, CHUNK_BYTES) })]);
  const rest = Math.max(written, CHUNK_BYTES);
  await submit([
    ...(rest < X_WING_KEY_BYTES ? [writeKeyBundle({ ...at, offset: rest, chunk: key.slice(rest) })] : []),
    activateKeyBundle(at),
    ...(policy ? [updateProfile({ program, signer: delegate, wallet, policy })] : []),
    ...(surplus > 0n ? [transfer({ from: delegate, to: wallet, lamports: surplus })] : []),
  ]);
}

/** Asked before any prompt. @throws PosternError INSUFFICIENT_FUNDS with `context.missingLamports` */
async function requireWalletFunds({ send }: Registrant, needs: { topUp: bigint; profile: boolean; bundle: boolean }): Promise<void> {
  const { rpc, wallet } = send.context;
  const { fees } = send.submitter;
  const needed = needs.topUp
    + (await fees.signatureLamports())
    + (needs.profile ? await fees.rentLamports(PROFILE_BYTES) : 0n)
    + (needs.bundle ? await fees.rentLamports(KEY_BUNDLE_BYTES) : 0n);
  const balanceLamports = await rpc.lamports(wallet);
  if (balanceLamports >= needed) return;
  throw new PosternError("INSUFFICIENT_FUNDS", "The wallet cannot pay for its registration. Send it at least context.missingLamports.", {
    context: { missingLamports: needed - balanceLamports, balanceLamports },
  });
}
