/** What the program says about itself. */
import idl from "../../../sdk/artifacts/postern.json";

export const INSTRUCTIONS: readonly { readonly name: string; readonly accounts: readonly { readonly name: string }[] }[] = idl.instructions;
export const ERRORS: readonly string[] = idl.errors.map(({ name }) => name);
