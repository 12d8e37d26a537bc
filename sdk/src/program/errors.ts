/**
 * What a failed transaction says, in Postern's codes: the program's own errors, and those that Anchor and the runtime give
 * before the program speaks.
 */
import { PosternError } from "../errors.js";
import { PROGRAM_ERRORS } from "./generated/errors.js";

/** The program's error of a custom code (6000 and up), with its sentence; undefined for any other number. */
export function programErrorOf(code: number): { readonly name: string; readonly code: string; readonly message: string } | undefined {
  return PROGRAM_ERRORS[code];
}

/** Program errors for which the client has a word of its own. */
const CLIENT_CODE: Readonly<Record<string, string>> = {
  POLICY_CLOSED: "CONTACT_REFUSED",
  POSTAGE_TOO_HIGH: "POSTAGE_REQUIRED",
  PAYLOAD_TOO_LARGE: "INBOX_FULL",
  NO_ACTIVE_KEYS: "PEER_NOT_REGISTERED",
};

const PAYER = "The payer must be a wallet: an account of the System program, without data.";

/**
 * Errors of Anchor and the runtime that an instruction of this program can meet. Codes end the sentence's guesswork; the
 * runtime's own name stays in `context.reason`.
 */
const BUILTIN: Readonly<Record<string, readonly [code: string, message: string]>> = {
  IllegalOwner: ["ACCOUNT_INVALID", "An account belongs to another program. Read it again; it may have been closed."],
  IncorrectProgramId: ["ACCOUNT_INVALID", "An account belongs to another program. Read it again; it may have been closed."],
  InvalidAccountOwner: ["ACCOUNT_INVALID", "An account belongs to another program. Read it again; it may have been closed."],
  InvalidAccountData: ["ACCOUNT_INVALID", "An account has another type than the instruction needs. Read it again."],
  UninitializedAccount: ["ACCOUNT_INVALID", "An account does not exist. Read it again; it may have been closed."],
  AccountDataTooSmall: ["ACCOUNT_INVALID", "An account is too short for its type. Read it again; it may have been closed."],
  AccountAlreadyInitialized: ["ADDRESS_TAKEN", "This address is in use already. Read it and take the next index."],
  MissingRequiredSignature: ["MISSING_SIGNATURE", "A signature is missing. Sign with the key that the instruction names."],
  InvalidArgument: ["INVALID_ARGUMENT", PAYER],
  ExternalAccountLamportSpend: ["INVALID_ARGUMENT", PAYER],
  InvalidRealloc: ["BAD_CAPACITY", "An instruction may add 10,240 bytes at most. Grow in smaller steps."],
  NotEnoughAccountKeys: ["INVALID_ARGUMENT", "An account is missing. Name all that the instruction needs, in its order."],
  InvalidInstructionData: ["INVALID_ARGUMENT", "The program does not understand this instruction. Use the SDK version that belongs to it."],
  InsufficientFunds: ["INSUFFICIENT_FUNDS", "The paying account has too few lamports. Fund it and try again."],
  InsufficientFundsForFee: ["INSUFFICIENT_FUNDS", "The fee payer has too few lamports. Fund it and try again."],
  InsufficientFundsForRent: ["INSUFFICIENT_FUNDS", "An account would be left with less than its rent. Fund it and try again."],
  AccountNotFound: ["INSUFFICIENT_FUNDS", "The fee payer has no lamports. Fund it and try again."],
  BlockhashNotFound: ["TRANSACTION_EXPIRED", "The transaction's blockhash is too old. Build it again."],
  ProgramAccountNotFound: ["PROGRAM_NOT_FOUND", "The program is not deployed on this cluster. Check the programId and the RPC endpoint."],
  UnsupportedProgramId: ["PROGRAM_NOT_FOUND", "The program is not deployed on this cluster. Check the programId and the RPC endpoint."],
  InvalidProgramForExecution: ["PROGRAM_NOT_FOUND", "The program is not deployed on this cluster. Check the programId and the RPC endpoint."],
};

/** `Custom(0)` and `Custom(1)` of the System program, met when our instructions create or fund accounts; 2000 and up are Anchor's. */
const FOREIGN: Readonly<Record<number, readonly [code: string, message: string]>> = {
  0: ["ADDRESS_TAKEN", "This address is in use already. Read it and take the next index."],
  1: ["INSUFFICIENT_FUNDS", "The paying account has too few lamports. Fund it and try again."],
  2000: ["INVALID_ARGUMENT", "An account must be writable. Give it the flags that the instruction names."],
  2007: ["INVALID_ARGUMENT", "An account must be a program. Name the System program."],
  2040: ["INVALID_ARGUMENT", "One account stands in two places that both change it. Name different accounts."],
};

/** A transaction's error as the RPC gives it: a name, `{ Name: … }`, or `{ InstructionError: [index, name | { Custom: code }] }`. */
export type TransactionErrorValue = unknown;

/**
 * The coded error of a transaction that the network refused.
 * @param value the `err` of a simulation or a signature status; any shape is survived
 */
export function transactionError(value: TransactionErrorValue, context: Record<string, unknown> = {}): PosternError {
  const { index, reason, custom } = parse(value);
  const where = { ...context, ...(index === undefined ? {} : { instruction: index }), ...(reason === undefined ? {} : { reason }) };
  if (custom !== undefined) {
    const own = programErrorOf(custom);
    if (own) return new PosternError(CLIENT_CODE[own.code] ?? own.code, own.message, { context: { ...where, programError: own.name } });
    const foreign = FOREIGN[custom];
    if (foreign) return new PosternError(foreign[0], foreign[1], { context: where });
    return new PosternError("TRANSACTION_FAILED", `The program refused the transaction with error ${custom}.`, { context: { ...where, programError: custom } });
  }
  const builtin = reason !== undefined && Object.hasOwn(BUILTIN, reason) ? BUILTIN[reason] : undefined;
  if (builtin) return new PosternError(builtin[0], builtin[1], { context: where });
  return new PosternError("TRANSACTION_FAILED", "The network refused the transaction. See context.reason.", { context: { reason: "unknown", ...where } });
}

function parse(value: unknown): { index?: number; reason?: string; custom?: number } {
  if (typeof value === "string") return { reason: value };
  const entry = firstEntry(value);
  if (entry === undefined) return {};
  const [name, inner] = entry;
  if (name !== "InstructionError" || !Array.isArray(inner)) return { reason: name };
  const index = typeof inner[0] === "number" ? { index: inner[0] } : {};
  if (typeof inner[1] === "string") return { ...index, reason: inner[1] };
  const detail = firstEntry(inner[1]);
  if (detail === undefined) return { ...index };
  const [reason, code] = detail;
  return reason === "Custom" && typeof code === "number" ? { ...index, reason, custom: code } : { ...index, reason };
}

function firstEntry(value: unknown): [string, unknown] | undefined {
  return typeof value === "object" && value !== null ? Object.entries(value)[0] : undefined;
}
