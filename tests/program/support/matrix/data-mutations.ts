/** Every way in which the data of an instruction can be another than was meant. */
import type { Instruction } from "../../../../sdk/src/program/index.js";
import { fitsTransaction } from "../../../../sdk/src/net/transaction.js";
import { fill } from "../bytes.js";
import { MAX_TRANSACTION_BYTES } from "../ledger.js";
import { personOf } from "../person.js";
import { argumentBytes, pieces, withArgument } from "./argument-bytes.js";
import { ARGUMENT_RULES, VARIANT_RULES } from "./argument-rules.js";
import { asEver, butFor } from "./effects.js";
import { MISSING_SIGNATURE, refused } from "./expected.js";
import { roleOf, slotsOf, withRole } from "./slot.js";
import type { Mutation, Trial } from "./trial.js";
import { values } from "./values.js";
import type { Variant } from "./variants.js";

const OUTSIDER = personOf("outsider").address;
const MALFORMED = "InvalidInstructionData";
const withData = (instruction: Instruction, data: Uint8Array): Instruction => ({ ...instruction, data });

/** Cut off at every byte, and with more behind it than belongs there. */
export function lengths({ instruction }: Trial): Mutation[] {
  const { data } = instruction;
  const cut = Array.from(data, (_, length) => ({ name: `cut to ${length} bytes`, sent: withData(instruction, data.subarray(0, length)), verdict: refused(MALFORMED) }));
  const oversized = longest(instruction) - data.length;
  const longer = [1, 4, 32, 100, oversized].filter((more) => more > 0 && more <= oversized).flatMap((more) =>
    [0, 1, 0xff].map((byte) => ({
      name: `with ${more} bytes of ${byte} behind`,
      sent: withData(instruction, Uint8Array.from([...data, ...fill(more, byte)])),
      verdict: asEver("bytes behind the arguments are ignored"),
    })),
  );
  return [...cut, ...longer];
}

/** Bytes of data with which the instruction fills a transaction that somebody else pays for. */
function longest(instruction: Instruction): number {
  let length = MAX_TRANSACTION_BYTES;
  while (!fitsTransaction([withData(instruction, new Uint8Array(length))], OUTSIDER)) length--;
  return length;
}

/** Numbers of instructions that do not exist. */
export const numbers = ({ instruction }: Trial, known: readonly number[]): Mutation[] =>
  Array.from({ length: 256 }, (_, number) => number)
    .filter((number) => !known.includes(number))
    .map((number) => ({
      name: `instruction ${number}`,
      sent: withData(instruction, Uint8Array.from([number, ...instruction.data.subarray(1)])),
      verdict: refused(MALFORMED),
    }));

/** Every argument at its boundaries. */
export function boundaries(trial: Trial, { name: variant, instruction }: Variant): Mutation[] {
  return pieces(trial.instruction).flatMap((piece) => {
    const rule = (VARIANT_RULES[variant] ?? ARGUMENT_RULES[instruction])?.[piece.name];
    if (rule === undefined) throw new Error(`Say in the rules what ${instruction} asks of ${piece.name}.`);
    const further = typeof rule.at === "function" ? rule.at(trial) : (rule.at ?? []);
    return values(piece.type, argumentBytes(trial.instruction, piece.name), further).map(({ bytes, malformed }) => {
      const error = malformed === true ? MALFORMED : rule.error(bytes, trial);
      return {
        name: `${piece.name} = ${Buffer.from(bytes.subarray(0, 40)).toString("hex")} (${bytes.length} bytes)`,
        sent: withArgument(trial.instruction, piece, bytes),
        verdict: error === undefined ? butFor(rule.changes ?? []) : refused(error),
      };
    });
  });
}

/** Too few accounts, too many, and all of them without their rights. */
export function counts(trial: Trial, variant: Variant): Mutation[] {
  const { instruction } = trial;
  const { accounts } = instruction;
  const stranger = { address: trial.another.accounts[0]!.address, signer: false, writable: true };
  const powerless = slotsOf(variant).reduce((sent, slot) => withRole(sent, slot.at, { signer: false, writable: roleOf(trial, slot).writable }), instruction);
  return [
    ...accounts.map((_, count) => ({
      name: `the first ${count} accounts`,
      sent: { ...instruction, accounts: accounts.slice(0, count) },
      verdict: refused("NotEnoughAccountKeys"),
    })),
    ...[1, 8].map((more) => ({
      name: `${more} accounts too many`,
      sent: { ...instruction, accounts: [...accounts, ...Array.from({ length: more }, () => stranger)] },
      verdict: asEver("accounts behind the named ones are ignored"),
    })),
    { name: "all accounts once more", sent: { ...instruction, accounts: [...accounts, ...accounts] }, verdict: asEver("accounts behind the named ones are ignored") },
    { name: "no signature at all", sent: powerless, verdict: refused(MISSING_SIGNATURE) },
  ];
}
