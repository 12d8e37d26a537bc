/** An account of an instruction, with all that is known of it. */
import { PROGRAM_ADDRESS, inboxAddress, toAddress, type AccountRole, type Address, type Instruction } from "../../../../sdk/src/program/index.js";
import { instructionNamed, type IdlAccount } from "../idl.js";
import { CONTRACTS, type Rule } from "./contracts.js";
import { lamportsOf, type Trial } from "./trial.js";
import type { Variant } from "./variants.js";

export type Slot = { readonly at: number; readonly idl: IdlAccount; readonly rule: Rule };

export function slotsOf({ instruction, instead = {} }: Variant): Slot[] {
  return instructionNamed(instruction).accounts.map((idl, at) => {
    const rule = instead[idl.name] ?? CONTRACTS[instruction]?.[idl.name];
    if (rule === undefined) throw new Error(`Say in the contract what ${instruction} asks of ${idl.name}.`);
    return { at, idl, rule };
  });
}

export const roleOf = ({ instruction }: Trial, { at }: Slot): AccountRole => instruction.accounts[at]!;

/** The instruction with the account in one slot changed. */
export const withRole = (instruction: Instruction, slot: number, change: Partial<AccountRole>): Instruction => ({
  ...instruction,
  accounts: instruction.accounts.map((account, at) => (at === slot ? { ...account, ...change } : account)),
});

/** Whether Anchor refuses an account in this slot that stands in another as well. */
export const exclusive = ({ idl, rule }: Slot): boolean => idl.writable === true && rule.is !== "payer" && rule.is !== "receiver" && !(rule.is === "absent" && rule.type === undefined);

/** Lamports that the unchanged instruction takes from an account. */
export const cost = (trial: Trial, address: Address): bigint => lamportsOf(trial.before, address) - lamportsOf(trial.good, address);

/** Where another inbox of the same writer would stand; undefined when nothing but a whole inbox is there to go by. */
export function twinOf({ before }: Trial, inbox: Address): { readonly address: Address; readonly index: number } | undefined {
  const data = before.get(inbox)?.data;
  if (data === undefined) return undefined;
  const index = new DataView(data.buffer, data.byteOffset).getUint32(12, true) + 7_000;
  return { address: inboxAddress(toAddress(data.subarray(92, 124)), index, PROGRAM_ADDRESS), index };
}
