import { Program, type Provider } from "@anchor-lang/core";

import { IDL, type Postern } from "../program/generated/idl.js";

export type { Postern };

/**
 * The program as a typed Anchor `Program`: `methods`, `account` and `coder`. For those who build their own client; the rest of
 * the SDK does not use it. The program logs no error names, which cost compute: what fails carries a number, and `idl.errors`
 * has its name and what to do.
 *
 * The provider may be one of `@anchor-lang/core` or of `@coral-xyz/anchor`. Its instruction encoder stops at 1,000 bytes, so
 * that a payload of more than 990 goes by the builders of `@postern/sdk/program`.
 *
 * @param options.programId - Where the program was deployed, in base58. Default: the address in the IDL.
 *
 * @example
 * ```ts
 * import { AnchorProvider } from "@anchor-lang/core";
 * import { posternProgram } from "@postern/sdk/anchor";
 *
 * const program = posternProgram(new AnchorProvider(connection, wallet));
 * const profiles = await program.account.profile.all();
 * ```
 */
export function posternProgram(provider: Provider, options: { programId?: string } = {}): Program<Postern> {
  return new Program<Postern>({ ...IDL, address: options.programId ?? IDL.address }, provider);
}
