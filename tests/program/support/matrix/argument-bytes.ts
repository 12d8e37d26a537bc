/** The arguments of an instruction, found in its data by what the IDL says of their types. */
import type { Instruction } from "../../../../sdk/src/program/index.js";
import { INSTRUCTIONS, type IdlInstruction, type IdlType } from "../idl.js";

const WIDTH: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, u64: 8, pubkey: 32 };

export type Piece = { readonly name: string; readonly type: IdlType; readonly from: number; readonly to: number };

function lengthOf(type: IdlType, rest: Uint8Array): number {
  if (type === "bytes") return 4 + new DataView(rest.buffer, rest.byteOffset).getUint32(0, true);
  if (typeof type === "string") return known(WIDTH[type], type);
  if ("option" in type) return rest[0] === 0 ? 1 : 1 + lengthOf(type.option, rest.subarray(1));
  const [item, count] = type.array;
  return known(typeof item === "string" && typeof count === "number" ? lengthOf(item, rest) * count : undefined, type);
}

function known(length: number | undefined, type: IdlType): number {
  if (length === undefined) throw new Error(`Say how long a ${JSON.stringify(type)} is.`);
  return length;
}

export function idlOf({ data }: Instruction): IdlInstruction {
  const found = INSTRUCTIONS.find(({ discriminator }) => discriminator[0] === data[0]);
  if (found === undefined) throw new Error("The IDL has no instruction of this number.");
  return found;
}

/** Where each argument lies. */
export function pieces(instruction: Instruction): Piece[] {
  let from = 1;
  return idlOf(instruction).args.map(({ name, type }) => {
    const piece = { name, type, from, to: from + lengthOf(type, instruction.data.subarray(from)) };
    from = piece.to;
    return piece;
  });
}

export function argumentBytes(instruction: Instruction, name: string): Uint8Array {
  const piece = pieces(instruction).find((one) => one.name === name);
  if (piece === undefined) throw new Error(`There is no argument ${name}.`);
  return instruction.data.subarray(piece.from, piece.to);
}

/** The instruction with other bytes for one of its arguments. */
export const withArgument = (instruction: Instruction, { from, to }: Piece, bytes: Uint8Array): Instruction => ({
  ...instruction,
  data: Uint8Array.from([...instruction.data.subarray(0, from), ...bytes, ...instruction.data.subarray(to)]),
});
