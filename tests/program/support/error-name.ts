/** Names for what LiteSVM gives as numbers. */
import { InstructionErrorCustom, TransactionErrorInstructionError, TransactionErrorInsufficientFundsForRent } from "litesvm/dist/internal.js";
import { programErrorOf } from "../../../sdk/src/program/entry.js";

/** The runtime's `InstructionError`, in the order in which LiteSVM numbers them; only the program's own can follow these. */
const INSTRUCTION_ERRORS: readonly string[] = [
  "GenericError",
  "InvalidArgument",
  "InvalidInstructionData",
  "InvalidAccountData",
  "AccountDataTooSmall",
  "InsufficientFunds",
  "IncorrectProgramId",
  "MissingRequiredSignature",
  "AccountAlreadyInitialized",
  "UninitializedAccount",
  "UnbalancedInstruction",
  "ModifiedProgramId",
  "ExternalAccountLamportSpend",
  "ExternalAccountDataModified",
  "ReadonlyLamportChange",
  "ReadonlyDataModified",
  "DuplicateAccountIndex",
  "ExecutableModified",
  "RentEpochModified",
  "NotEnoughAccountKeys",
  "AccountDataSizeChanged",
  "AccountNotExecutable",
  "AccountBorrowFailed",
  "AccountBorrowOutstanding",
  "DuplicateAccountOutOfSync",
  "InvalidError",
  "ExecutableDataModified",
  "ExecutableLamportChange",
  "ExecutableAccountNotRentExempt",
  "UnsupportedProgramId",
  "CallDepth",
  "MissingAccount",
  "ReentrancyNotAllowed",
  "MaxSeedLengthExceeded",
  "InvalidSeeds",
  "InvalidRealloc",
  "ComputationalBudgetExceeded",
  "PrivilegeEscalation",
  "ProgramEnvironmentSetupFailure",
  "ProgramFailedToComplete",
  "ProgramFailedToCompile",
  "Immutable",
  "IncorrectAuthority",
  "AccountNotRentExempt",
  "InvalidAccountOwner",
  "ArithmeticOverflow",
  "UnsupportedSysvar",
  "IllegalOwner",
  "MaxAccountsDataAllocationsExceeded",
  "MaxAccountsExceeded",
];

/** What the runtime says when a program panics, faults or runs away. */
export const CRASH = "ProgramFailedToComplete";

/** The program's name for its error, the runtime's for its own, `Custom(n)` for another's, `Transaction(…)` for what no instruction gave. */
export function errorName(error: unknown): string {
  if (error instanceof TransactionErrorInsufficientFundsForRent) return "InsufficientFundsForRent";
  if (!(error instanceof TransactionErrorInstructionError)) return `Transaction(${String(error)})`;
  const inner = error.err();
  if (inner instanceof InstructionErrorCustom) return programErrorOf(inner.code)?.name ?? `Custom(${inner.code})`;
  return (typeof inner === "number" ? INSTRUCTION_ERRORS[inner] : undefined) ?? `Instruction(${String(inner)})`;
}
