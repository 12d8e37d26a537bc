/**
 * The next generation of a wallet's keys, published and funded. Resumable at every step, on any device of the wallet; how the
 * conversations follow is `send/move.ts`.
 */
import { generationSecret, storeSecret } from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import { throwIfAborted } from "../net/abort.js";
import { INBOX_HEADER_BYTES, transfer, updateProfile, type Address, type Instruction, type Profile } from "../program/index.js";
import { currentDelegate, type SendContext } from "../send/context.js";
import { REQUEST_RING_BYTES } from "../send/open.js";
import { signWith } from "../send/submit.js";
import { nowSeconds } from "../sync/context.js";
import { moveStore, prepareStore } from "./carry-over.js";
import type { KeySource } from "./key-source.js";
import { certifiedCard, checkDeterminism, requireWalletFunds, submitAsWallet, uploads, waitingBundle, walletLacks, type Registrant, type WaitingBundle } from "./publishing.js";
import { unlockRoot } from "./unlock-root.js";
import { requireTransactionSigning } from "./wallet-transaction.js";

/** Opening an inbox, announcing it in the old one, closing that, and a few messages: signatures per conversation. */
const MOVE_SIGNATURES = 20n;
/** An upload is signed by the old delegate, which pays, and the new one. */
const UPLOAD_SIGNATURES = 2n;

/** An older card is published no more. */
const MAX_WAIT_SECONDS = 86_400;

export type RotateOptions = {
  /** The next root number: for when somebody else may have seen the root's signature or, with given keys, the root. */
  readonly newRoot?: boolean;
  /**
   * With `newRoot`: the keys from now on, needed where they are not the wallet's, for the old ones are not secret any more.
   * Without: those that the wallet registered with, where this session was unlocked without their root.
   */
  readonly keys?: KeySource;
  /** Ends the waiting; what is on its way may land all the same. Call again to go on. */
  readonly signal?: AbortSignal;
};

/** The root that the next generation comes from. */
type Source = { readonly keys: KeySource; readonly rootNumber: number; readonly root: Uint8Array };

/** @throws PosternError as `Postern.rotate` */
export async function rotateKeys(registrant: Registrant, options: RotateOptions): Promise<void> {
  const { channels: { directory }, context } = registrant.send;
  await directory.refresh();
  const { generation: from } = currentDelegate(registrant.send);
  const profile = directory.profile as Profile;
  const raised = profile.rootNumber > registrant.rootNumber; // an earlier try has raised the number, and its keys wait
  const source = await rootFor(registrant, options, { raised, from });
  try {
    const newest = profile.nextGeneration - 1;
    if (newest > from) context.keyring.add(newest, generationSecret(context.cluster.domain, source.root, newest));
    const waiting = newest > from ? await currentWaitingBundle(registrant, profile) : undefined;
    const generation = waiting?.generation ?? profile.nextGeneration;
    if (waiting === undefined) {
      if (newest > from) context.keyring.forget(newest);
      context.keyring.add(generation, generationSecret(context.cluster.domain, source.root, generation));
    }
    const steps = await uploads(registrant, { generation, written: waiting?.account.written ?? 0 });
    const topUp = await topUpLamports(registrant, { uploads: steps.length, bundle: waiting === undefined });
    const changesRoot = source.rootNumber > registrant.rootNumber;
    const instructions: Instruction[] = [];
    if (waiting === undefined) {
      requireTransactionSigning(registrant.wallet);
      if (changesRoot && source.keys.kind === "vault") await (await import("./vault.js")).handOverVault(source.keys);
      if (changesRoot) await checkDeterminism(registrant, source);
      if (changesRoot && !raised) instructions.push(newRootOf(registrant, source));
      instructions.push(await certifiedCard(registrant, generation));
    }
    if (topUp > 0n) instructions.push(transfer({ from: context.wallet, to: context.keyring.delegate(from), lamports: topUp }));
    throwIfAborted(options.signal);
    if (instructions.length > 0) await submitAsWallet(registrant, instructions);
    const activated = (): Promise<void> => activate(registrant, { from, generation, steps, signal: options.signal });
    await (changesRoot ? withStoreOf(registrant, { root: source.root, generation, activated }) : activated());
    registrant.keys = source.keys;
    registrant.rootNumber = source.rootNumber;
  } catch (error) {
    forgetUnpublished(registrant.send);
    throw error;
  } finally {
    source.root.fill(0);
  }
  await directory.refresh();
  await sweepDelegates(registrant.send);
}

/**
 * The bundle that an earlier try has left, if it can be gone on with: what the wallet has asked with since its *valid from* would be taken for
 * the work of keys that were replaced (PROTOCOL.md, section 8).
 */
async function currentWaitingBundle(registrant: Registrant, profile: Profile): Promise<WaitingBundle | undefined> {
  const waiting = await waitingBundle(registrant, profile);
  if (waiting === undefined || nowSeconds() >= waiting.card.validFrom + MAX_WAIT_SECONDS) return undefined;
  return registrant.send.channels.directory.own.all.some(({ box, header }) => box.role === 0 && header.openedTime >= waiting.card.validFrom) ? undefined : waiting;
}

/** A device that is lost holds no generation that is not current yet, or rotating would not shut its thief out. */
function forgetUnpublished({ channels: { directory }, context: { keyring } }: SendContext): void {
  const current = directory.profile?.currentGeneration;
  for (const generation of keyring.generations) if (current !== undefined && generation > current) keyring.forget(generation);
}

/** What this device remembers goes along: it is there before the new root's keys are active, and what is remembered from then on too. */
async function withStoreOf(
  { send: { context }, deviceSession }: Registrant, { root, generation, activated }: { root: Uint8Array; generation: number; activated: () => Promise<void> },
): Promise<void> {
  const secret = storeSecret(context.cluster.domain, root);
  try {
    await prepareStore(context, secret);
    await activated();
    deviceSession?.adopt(secret);
    await moveStore(context, secret, generation);
  } finally {
    secret.fill(0);
  }
}

/**
 * One prompt with `walletKeys`. Keys that do not give the current generation again would lock every other device out.
 * @throws PosternError INVALID_ARGUMENT, ROOT_MISMATCH and the codes of the key source
 */
async function rootFor(registrant: Registrant, { newRoot = false, keys = registrant.keys }: RotateOptions, { raised, from }: { raised: boolean; from: number }): Promise<Source> {
  const { channels: { directory }, context: { cluster, keyring, walletBytes } } = registrant.send;
  const unlocked = (rootNumber: number): Promise<Uint8Array> => unlockRoot(keys, registrant.wallet, { cluster, walletBytes, rootNumber, newVault: newRoot });
  const isOld = (root: Uint8Array): boolean => keyring.fits(from, generationSecret(cluster.domain, root, from));
  const changes = newRoot || raised;
  if (changes && keys.kind !== "wallet" && isOld(await unlocked(registrant.rootNumber))) {
    throw new PosternError("INVALID_ARGUMENT", "A new root needs new keys: pass keys: a givenKeys() or vaultKeys() that is another.");
  }
  const rootNumber = raised ? (directory.profile as Profile).rootNumber : registrant.rootNumber + (newRoot ? 1 : 0);
  const root = await unlocked(rootNumber);
  if (changes || isOld(root)) return { keys, rootNumber, root };
  root.fill(0);
  throw new PosternError("ROOT_MISMATCH", "The key source does not give the keys that this session was unlocked with, so nothing was published. Use the one that was used to connect.");
}

function newRootOf({ send: { context } }: Registrant, { keys, rootNumber }: Source): Instruction {
  return updateProfile({ program: context.program, signer: context.wallet, wallet: context.wallet, root: { number: rootNumber, kind: keys.kind } });
}

/**
 * What the wallet adds to the old delegate's balance, all of which goes to the new one: enough for the uploads, and, if the
 * wallet has that, for an inbox in the place of every one that stands.
 * @throws PosternError INSUFFICIENT_FUNDS before any transaction
 */
async function topUpLamports(registrant: Registrant, { uploads: count, bundle }: { uploads: number; bundle: boolean }): Promise<bigint> {
  const { context, submitter: { fees }, channels: { directory } } = registrant.send;
  const perSignature = await fees.signatureLamports();
  const balance = await context.rpc.lamports(currentDelegate(registrant.send).address);
  const withdrawable = (await fees.rentRate()).emptyLamports + perSignature;
  const least = UPLOAD_SIGNATURES * BigInt(count) * perSignature + withdrawable;
  const conversations = BigInt(new Set(directory.own.all.filter(({ header }) => header.state === "open").map(({ peer }) => peer)).size);
  const move = (await fees.rentLamports(INBOX_HEADER_BYTES + REQUEST_RING_BYTES)) + MOVE_SIGNATURES * perSignature;
  const topUp = (needed: bigint): bigint => (needed > balance ? needed - balance : 0n);
  const generous = topUp(least + conversations * move);
  if ((await walletLacks(registrant, { spendLamports: generous, bundle })).missingLamports === 0n) return generous;
  if (bundle || topUp(least) > 0n) await requireWalletFunds(registrant, { spendLamports: topUp(least), bundle });
  return topUp(least);
}

/** Uploads; with the activation all that the old delegate has goes to the new one. */
async function activate(
  { send }: Registrant, { from, generation, steps, signal }: { from: number; generation: number; steps: Instruction[][]; signal: AbortSignal | undefined },
): Promise<void> {
  const { context: { keyring }, channels: { directory }, submitter } = send;
  const [old, next] = [keyring.signer(from), keyring.signer(generation)];
  try {
    for (const [i, instructions] of steps.entries()) {
      const submit = (also: readonly Instruction[]): Promise<unknown> => submitter.submit({ instructions: [...instructions, ...also], feePayer: old.address, repeatable: true, sign: signWith([old, next]), signal });
      if (i < steps.length - 1) await submit([]);
      else await withAllOf(old.address, send, (lamports) => submit(lamports > 0n ? [transfer({ from: old.address, to: next.address, lamports })] : []));
    }
  } catch (error) {
    if (!isPosternError(error)) throw error;
    await directory.refresh();
    if (directory.profile?.currentGeneration !== generation) throw error; // else it has landed, by this try or another device
  }
}

/** Submits with what a delegate has beyond the fee; again where a conversation that still follows the change of keys before has paid from it meanwhile. */
async function withAllOf(delegate: Address, { context: { rpc }, submitter }: SendContext, submit: (lamports: bigint) => Promise<unknown>): Promise<void> {
  const fee = UPLOAD_SIGNATURES * (await submitter.fees.signatureLamports());
  for (let balance = await rpc.lamports(delegate); ;) {
    try {
      return void (await submit(balance - fee));
    } catch (error) {
      const left = await rpc.lamports(delegate);
      if (!isPosternError(error, "INSUFFICIENT_FUNDS") || left >= balance) throw error;
      balance = left;
    }
  }
}

/** What arrived at an old delegate since goes to the current one, to exactly zero. */
export async function sweepDelegates(send: SendContext): Promise<void> {
  const { context: { keyring, rpc }, submitter } = send;
  const { generation: current, address: to } = currentDelegate(send);
  const fee = await submitter.fees.signatureLamports();
  for (const generation of keyring.generations.filter((k) => k < current)) {
    const from = keyring.signer(generation);
    const lamports = (await rpc.lamports(from.address)) - fee;
    if (lamports > 0n) await submitter.submit({ instructions: [transfer({ from: from.address, to, lamports })], feePayer: from.address, repeatable: true, sign: signWith([from]) });
  }
}
