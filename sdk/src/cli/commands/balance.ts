import { COMMON, lamportsOf, wordsOf } from "../options.js";
import { sol } from "../output.js";
import { withPostern } from "../session.js";
import { UsageError } from "../usage.js";

export async function balance(args: string[]): Promise<void> {
  const { values } = wordsOf(args, { ...COMMON, fund: { type: "string" }, withdraw: { type: "boolean" } }, []);
  const fundLamports = lamportsOf("--fund", values.fund);
  if (fundLamports !== undefined && values.withdraw === true) throw new UsageError("Pass --fund or --withdraw, not both.");
  await withPostern(values, async (postern, out) => {
    if (fundLamports !== undefined) await out.during("Funding", postern.fund(fundLamports));
    if (values.withdraw === true) await out.during("Withdrawing", postern.withdraw());
    const lamports = await postern.balance();
    out.result({ wallet: postern.address, balanceLamports: lamports }, sol(lamports));
  });
}
