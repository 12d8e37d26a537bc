/** What the program says about itself. */
import idl from "../../../sdk/artifacts/postern.json";

export type IdlType = string | { readonly option: string } | { readonly array: readonly (string | number)[] };
export type IdlAccount = { readonly name: string; readonly signer?: boolean; readonly writable?: boolean; readonly optional?: boolean };
export type IdlInstruction = {
  readonly name: string;
  readonly discriminator: readonly number[];
  readonly accounts: readonly IdlAccount[];
  readonly args: readonly { readonly name: string; readonly type: IdlType }[];
};

export const INSTRUCTIONS: readonly IdlInstruction[] = idl.instructions as readonly IdlInstruction[];
export const ERRORS: readonly string[] = idl.errors.map(({ name }) => name);

export function instructionNamed(name: string): IdlInstruction {
  const found = INSTRUCTIONS.find((instruction) => instruction.name === name);
  if (found === undefined) throw new Error(`The program has no instruction ${name}.`);
  return found;
}
