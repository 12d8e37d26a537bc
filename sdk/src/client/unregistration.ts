/** Leaving for good: conversations, keys and profile are closed, and what the delegate owns goes back to the wallet. */
import { PosternError } from "../errors.js";
import { fitsTransaction } from "../net/transaction.js";
import { closeKeyBundle, closeProfile, decodeKeyBundle, keyBundleAddress, transfer, type Address, type Instruction, type Profile } from "../program/index.js";
import { closeConversation } from "../send/close.js";
import type { SendContext } from "../send/context.js";
import { signWith } from "../send/submit.js";
import { closableAt } from "../sync/closable.js";
import type { Channel } from "../sync/channel.js";
import { nowSeconds } from "../sync/context.js";
import type { Session } from "./session.js";
import { signTransactionWith } from "./wallet-transaction.js";
import type { WalletLike } from "./wallet-like.js";

export type UnregisterOptions = { readonly leaveUnclosed?: boolean };

type Bundle = { readonly generation: number; readonly refund: Address; readonly lamports: bigint };

/**
 * Closes everything of this wallet that the program lets go of. The delegate is emptied before the wallet is asked, so that
 * nothing is stranded with it; a wallet that refuses leaves a profile that `fund()` brings back to life.
 * @returns lamports that left accounts of this wallet for the recorded refund addresses and the wallet
 * @throws PosternError CLOSE_TOO_EARLY, before anything is changed; NOT_REGISTERED, INSUFFICIENT_FUNDS, REJECTED_BY_WALLET
 */
export async function unregisterWallet(session: Session, wallet: WalletLike, { leaveUnclosed = false }: UnregisterOptions): Promise<bigint> {
  const { send } = session;
  const { channels } = send;
  await channels.refresh();
  const { profile } = channels.directory;
  if (profile === undefined) throw new PosternError("NOT_REGISTERED", "This wallet is not registered. There is nothing to close.");
  const all = channels.directory.peers().map((peer) => channels.channel(peer)).filter(({ view }) => view.outboxes.length > 0);
  const early = all.filter((channel) => mayCloseAt(channel) > nowSeconds());
  if (early.length > 0 && !leaveUnclosed) throw tooEarly(early);
  let reclaimed = 0n;
  for (const channel of all) {
    if (!early.includes(channel)) reclaimed += await session.exclusive(channel.peer, () => closeConversation(send, channel));
  }
  return reclaimed + (await emptyDelegates(send)) + (await closeAccounts(send, wallet, profile));
}

/** Unix time (seconds) from which every inbox of ours to a peer may be closed. */
const mayCloseAt = ({ view }: Channel): number => Math.max(...view.outboxes.map(({ inbox }) => closableAt(inbox)));

function tooEarly(early: readonly Channel[]): PosternError {
  return new PosternError("CLOSE_TOO_EARLY", "Conversations with context.peers cannot be closed before context.closableAt, or until the peers have read everything. Wait, or leave their rent behind with leaveUnclosed.", {
    context: { peers: early.map(({ peer }) => peer), closableAt: new Date(Math.max(...early.map(mayCloseAt)) * 1_000) },
  });
}

async function emptyDelegates({ context, submitter }: SendContext): Promise<bigint> {
  const { keyring, rpc, wallet: to } = context;
  const fee = await submitter.fees.signatureLamports();
  let emptied = 0n;
  for (const generation of keyring.generations) {
    const from = keyring.delegate(generation);
    const lamports = (await rpc.lamports(from)) - fee;
    if (lamports <= 0n) continue;
    await submitter.submit({ instructions: [transfer({ from, to, lamports })], feePayer: from, repeatable: false, sign: signWith([keyring.signer(generation)]) });
    emptied += lamports;
  }
  return emptied;
}

/** The wallet's transactions: one, and another for about every twenty superseded generations. The profile goes last. */
async function closeAccounts(send: SendContext, wallet: WalletLike, profile: Profile): Promise<bigint> {
  const { program, rpc, wallet: address } = send.context;
  const bundles = await bundlesOf(send, profile);
  const { currentGeneration: generation } = profile;
  const current = bundles.find((bundle) => bundle.generation === generation);
  const instructions = [
    ...bundles.filter((bundle) => bundle !== current).map(({ refund, ...bundle }) => closeKeyBundle({ program, wallet: address, generation: bundle.generation, refund })),
    closeProfile({ program, wallet: address, refund: profile.refund, ...(current && { current }) }),
  ];
  const rent = bundles.reduce((sum, { lamports }) => sum + lamports, await rpc.lamports(send.channels.directory.profileAddress));
  for (const batch of batches(instructions, address)) {
    await send.submitter.submit({ instructions: batch, feePayer: address, repeatable: false, sign: (transaction) => signTransactionWith(wallet, address, transaction) });
  }
  return rent;
}

/** Every key bundle that stands, newest first: the profile says how many there are. */
async function bundlesOf({ context: { program, rpc, wallet } }: SendContext, { bundles, nextGeneration }: Profile): Promise<Bundle[]> {
  const found: Bundle[] = [];
  for (let end = nextGeneration; end > 0 && found.length < bundles; end -= 100) {
    const generations = Array.from({ length: Math.min(100, end) }, (_, i) => end - 1 - i);
    const accounts = await rpc.accounts(generations.map((generation) => keyBundleAddress(wallet, generation, program)));
    for (const [i, generation] of generations.entries()) {
      const account = accounts[i] ?? null;
      if (account === null || account.owner !== program) continue;
      found.push({ generation, refund: decodeKeyBundle(account, program).refund, lamports: account.lamports });
    }
  }
  return found;
}

/** In order, as many to a transaction as fit. */
function batches(instructions: readonly Instruction[], feePayer: Address): Instruction[][] {
  const done: Instruction[][] = [[]];
  for (const instruction of instructions) {
    const last = done.at(-1) as Instruction[];
    if (last.length > 0 && !fitsTransaction([...last, instruction], feePayer)) done.push([instruction]);
    else last.push(instruction);
  }
  return done;
}
