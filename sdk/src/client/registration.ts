/** Publishing a wallet's first keys: one transaction of the wallet, then the delegate uploads. Resumable at every step. */
import { equal, ZERO32 } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { createProfile, INBOX_HEADER_BYTES, KEY_BUNDLE_BYTES, PROFILE_BYTES, transfer, updateProfile, type ContactPolicy, type Instruction } from "../program/index.js";
import type { SendContext } from "../send/context.js";
import { signWith } from "../send/submit.js";
import { nowSeconds } from "../sync/context.js";
import { certifiedCard, checkDeterminism, requireWalletFunds, submitAsWallet, uploads, waitingBundle, type Registrant } from "./publishing.js";
import { rotateKeys } from "./rotation.js";
import { requireTransactionSigning } from "./wallet-transaction.js";

/** Uploads are two transactions of one signature. */
const UPLOADS = 2n;
/** Messages that the default funding pays for. */
const FUNDED_SIGNATURES = 200n;

export type RegisterOptions = { readonly fundLamports?: bigint; readonly policy?: ContactPolicy };

/**
 * Registers the wallet, or goes on where an earlier try stopped. Keys that have expired are replaced by the next generation.
 * @throws PosternError WALLET_NOT_DETERMINISTIC, VAULT_NOT_SAVED, INSUFFICIENT_FUNDS, INVALID_ARGUMENT, and what the wallet and the network give
 */
export async function registerWallet(registrant: Registrant, options: RegisterOptions): Promise<void> {
  const { channels: { directory }, context: { keyring } } = registrant.send;
  await directory.refresh();
  const current = directory.profile?.currentGeneration;
  if (current !== undefined) {
    const published = keyring.bundle(current);
    if (published !== undefined && nowSeconds() >= published.card.validUntil) await rotateKeys(registrant, {});
    return;
  }
  const waiting = await waitingBundle(registrant, directory.profile);
  const generation = waiting?.generation ?? directory.profile?.nextGeneration ?? 0;
  const steps = await uploads(registrant, { generation, written: waiting?.account.written ?? 0 });
  const { topUp, surplus } = await planFunding(registrant, { generation, uploads: steps.length, asked: options.fundLamports });
  if (waiting === undefined || topUp > 0n) await publish(registrant, { generation, topUp, options, create: waiting === undefined });
  const policy = directory.profile === undefined ? undefined : options.policy; // a profile of an earlier try has another, perhaps
  await upload(registrant, { generation, steps, surplus, policy });
  await directory.refresh();
}

/** Rent and fees of a registration, lamports; the wallet pays them. */
export async function registrationCost({ submitter }: SendContext): Promise<{ rentLamports: bigint; feeLamports: bigint }> {
  const { fees } = submitter;
  const rentLamports = (await fees.rentLamports(PROFILE_BYTES)) + (await fees.rentLamports(KEY_BUNDLE_BYTES));
  return { rentLamports, feeLamports: (1n + UPLOADS) * (await fees.signatureLamports()) };
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
  registrant: Registrant, { generation, uploads: count, asked }: { generation: number; uploads: number; asked: bigint | undefined },
): Promise<{ topUp: bigint; surplus: bigint }> {
  const { context, submitter } = registrant.send;
  const desired = await fundingOf(registrant, asked);
  const { emptyLamports } = await submitter.fees.rentRate();
  const fees = BigInt(count) * (await submitter.fees.signatureLamports());
  const balance = await context.rpc.lamports(context.keyring.delegate(generation));
  const needed = fees + (desired < emptyLamports ? emptyLamports : desired);
  const topUp = needed > balance ? needed - balance : 0n;
  return { topUp, surplus: balance + topUp - fees - desired };
}

/** The wallet's transaction: profile and card where they are missing, and what the delegate lacks. */
async function publish(
  registrant: Registrant, plan: { generation: number; topUp: bigint; options: RegisterOptions; create: boolean },
): Promise<void> {
  const { send, wallet, rootNumber, keys, root } = registrant;
  const { program, wallet: address, keyring } = send.context;
  const delegate = keyring.delegate(plan.generation);
  const profile = send.channels.directory.profile;
  const profileRent = profile === undefined ? await send.submitter.fees.rentLamports(PROFILE_BYTES) : 0n;
  await requireWalletFunds(registrant, { spendLamports: plan.topUp + profileRent, bundle: plan.create });
  requireTransactionSigning(wallet);
  const instructions: Instruction[] = [];
  if (profile === undefined) {
    if (equal(root, ZERO32)) throw profileHidden();
    if (keys.kind === "vault") await (await import("./vault.js")).handOverVault(keys);
    await checkDeterminism(registrant, registrant);
    const policy = plan.options.policy ?? { kind: "open" };
    instructions.push(createProfile({ program, payer: address, wallet: address, delegate, rootNumber, rootKind: keys.kind, policy, refund: address }));
  }
  if (plan.create) instructions.push(await certifiedCard(registrant, plan.generation));
  if (plan.topUp > 0n) instructions.push(transfer({ from: address, to: delegate, lamports: plan.topUp }));
  await submitAsWallet(registrant, instructions);
}

/** The root is wiped once the wallet is registered: an endpoint that shows no profile after that is behind, or lies. */
function profileHidden(): PosternError {
  return new PosternError("RPC_FAILED", "The RPC endpoint does not show the profile that it has shown before. Use another endpoint, or connect again.");
}

/** Uploads what is missing of the X-Wing key and activates; the last transaction gives the surplus back to the wallet. */
async function upload(
  { send }: Registrant, { generation, steps, surplus, policy }: { generation: number; steps: Instruction[][]; surplus: bigint; policy: ContactPolicy | undefined },
): Promise<void> {
  const { context, submitter } = send;
  const { keyring, program, wallet } = context;
  const delegate = keyring.delegate(generation);
  steps.at(-1)?.push(
    ...(policy ? [updateProfile({ program, signer: delegate, wallet, policy })] : []),
    ...(surplus > 0n ? [transfer({ from: delegate, to: wallet, lamports: surplus })] : []),
  );
  for (const instructions of steps) {
    await submitter.submit({ instructions, feePayer: delegate, repeatable: true, sign: signWith([keyring.signer(generation)]) });
  }
}
