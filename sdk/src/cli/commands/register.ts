import type { ContactPolicy } from "../../program/index.js";
import { COMMON, lamportsOf, wordsOf } from "../options.js";
import { sol } from "../output.js";
import { withPostern } from "../session.js";
import { UsageError } from "../usage.js";

export async function register(args: string[]): Promise<void> {
  const { values } = wordsOf(args, { ...COMMON, policy: { type: "string" }, fund: { type: "string" } }, []);
  const fundLamports = lamportsOf("--fund", values.fund);
  const policy = policyOf(values.policy);
  await withPostern(values, async (postern, out) => {
    const was = await postern.isRegistered();
    await out.during("Registering", postern.register({ ...(fundLamports !== undefined && { fundLamports }), ...(policy && { policy }) }));
    if (was && policy) await out.during("Changing the policy", postern.setContactPolicy(policy));
    const lamports = await postern.balance();
    out.result({ wallet: postern.address, registered: true, balanceLamports: lamports }, `${was ? "Already registered" : "Registered"}: ${postern.address}, whose delegate owns ${sol(lamports)}.`);
  });
}

/** @throws UsageError */
function policyOf(text: string | undefined): ContactPolicy | undefined {
  if (text === undefined) return undefined;
  if (text === "open" || text === "closed") return { kind: text };
  const lamports = text.startsWith("postage:") ? lamportsOf("--policy postage:", text.slice("postage:".length)) : undefined;
  if (lamports === undefined) throw new UsageError("--policy takes open, closed, or postage:<lamports>.");
  return { kind: "postage", lamports };
}
