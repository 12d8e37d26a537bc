/**
 * What the delegate can spend. The runtime leaves a paying account either nothing or the rent of an empty account, and takes
 * the fee first; so that much, and the fee of a last withdrawal, is never spent on anything else.
 */
import { PosternError } from "../errors.js";
import type { SendContext } from "./context.js";

/** Below this many signatures' worth of lamports the app is told. */
const LOW_SIGNATURES = 20n;
export type Bill = { readonly rentLamports: bigint; readonly signatures: number };

/** Lamports per signature on this cluster. */
export function signatureLamports(send: SendContext): Promise<bigint> {
  return send.submitter.fees.signatureLamports();
}

/** What is missing to pay the bill, with what is bid at present, and still be able to withdraw the rest; 0 when nothing is. */
export async function missingLamports(send: SendContext, bill: Bill): Promise<bigint> {
  const perSignature = (await signatureLamports(send)) + send.submitter.priority.typicalLamports;
  const { emptyLamports } = await send.submitter.fees.rentRate();
  const needed = bill.rentLamports + perSignature * BigInt(bill.signatures) + emptyLamports + perSignature;
  const balance = send.channels.directory.balanceLamports;
  return needed > balance ? needed - balance : 0n;
}

/** @throws PosternError INSUFFICIENT_FUNDS with `context.missingLamports` */
export async function requireFunds(send: SendContext, bill: Bill): Promise<void> {
  const missing = await missingLamports(send, bill);
  if (missing > 0n) throw insufficientFunds(missing, send.channels.directory.balanceLamports);
}

export function insufficientFunds(missing: bigint, balanceLamports: bigint): PosternError {
  return new PosternError("INSUFFICIENT_FUNDS", "The delegate cannot pay for this. Call fund() with at least context.missingLamports.", {
    context: { missingLamports: missing, balanceLamports },
  });
}

/** Tells the app when only a few messages' worth is left. */
export async function warnWhenLow(send: SendContext): Promise<void> {
  const lamports = send.channels.directory.balanceLamports;
  const { emptyLamports } = await send.submitter.fees.rentRate();
  if (lamports < emptyLamports + LOW_SIGNATURES * (await signatureLamports(send))) send.context.emit({ kind: "lowBalance", lamports });
}
