/** The delegate's balance: in from the wallet, out to the wallet. */
import { PosternError } from "../errors.js";
import { transfer } from "../program/index.js";
import { currentDelegate, type SendContext } from "../send/context.js";
import { insufficientFunds } from "../send/funds.js";
import { signWith } from "../send/submit.js";
import { signTransactionWith } from "./wallet-transaction.js";
import type { WalletLike } from "./wallet-like.js";

/** One prompt. @throws PosternError INVALID_ARGUMENT, INSUFFICIENT_FUNDS, REJECTED_BY_WALLET */
export async function fundDelegate(send: SendContext, wallet: WalletLike, lamports: bigint): Promise<void> {
  if (typeof lamports !== "bigint" || lamports <= 0n) throw new PosternError("INVALID_ARGUMENT", "lamports is a bigint above 0n.");
  await send.channels.directory.refresh();
  const { address: to } = currentDelegate(send);
  const { rpc, wallet: from } = send.context;
  const { emptyLamports } = await send.submitter.fees.rentRate();
  if ((await rpc.lamports(to)) + lamports < emptyLamports) {
    throw new PosternError("INVALID_ARGUMENT", "An account with less than context.minimumLamports cannot exist. Fund it with at least that.", { context: { minimumLamports: emptyLamports } });
  }
  const missing = lamports + (await send.submitter.fees.signatureLamports()) - (await rpc.lamports(from));
  if (missing > 0n) {
    throw new PosternError("INSUFFICIENT_FUNDS", "The wallet has too few lamports. Send it at least context.missingLamports.", { context: { missingLamports: missing } });
  }
  await send.submitter.submit({
    instructions: [transfer({ from, to, lamports })], feePayer: from, repeatable: false,
    sign: (transaction) => signTransactionWith(wallet, from, transaction),
  });
}

/**
 * Sends lamports of the delegate back to the wallet: all of them, to exactly zero with the fee, or an amount.
 * @throws PosternError INSUFFICIENT_FUNDS when the balance cannot give that and keep what an account must hold
 */
export async function withdrawFromDelegate(send: SendContext, asked: bigint | undefined): Promise<void> {
  if (asked !== undefined && (typeof asked !== "bigint" || asked <= 0n)) throw new PosternError("INVALID_ARGUMENT", "lamports is a bigint above 0n.");
  await send.channels.directory.refresh();
  const { generation, address: from } = currentDelegate(send);
  const { context, submitter } = send;
  const fee = await submitter.fees.signatureLamports();
  const { emptyLamports } = await submitter.fees.rentRate();
  const balance = await context.rpc.lamports(from);
  if (balance === 0n && asked === undefined) return;
  const lamports = asked === undefined || asked === balance ? balance - fee : asked;
  const left = balance - fee - lamports;
  const missing = balance < fee + emptyLamports ? fee + emptyLamports - balance : left < 0n ? -left : left > 0n && left < emptyLamports ? emptyLamports - left : 0n;
  if (missing > 0n) throw insufficientFunds(missing, balance);
  await submitter.submit({
    instructions: [transfer({ from, to: context.wallet, lamports })], feePayer: from, repeatable: false, sign: signWith([context.keyring.signer(generation)]),
  });
}
