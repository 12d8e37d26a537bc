/** What must come of an account that is another than was meant: rules by kind, in the order in which Anchor and the program look. */
import { PROGRAM_ADDRESS, SYSTEM_PROGRAM, toAddress, type AccountData, type Address } from "../../../../sdk/src/program/index.js";
import { argumentBytes } from "./argument-bytes.js";
import { hasType, siblingOf, type AccountType, type Answer } from "./contracts.js";
import { askedOf, asEver, paidBy } from "./effects.js";
import { cost, exclusive, roleOf, type Slot } from "./slot.js";
import { lamportsOf, type Trial, type Verdict } from "./trial.js";

export const MISSING_SIGNATURE = "MissingRequiredSignature";
export const READ_ONLY = "Custom(2000)";
export const NOT_A_PROGRAM = "Custom(2007)";
export const TWICE_WRITABLE = "Custom(2040)";
/** The System program's: the address is taken, the payer has too little. */
export const TAKEN = "Custom(0)";
export const TOO_POOR = "Custom(1)";

/** Programs of the runtime's own. */
const OTHER_PROGRAMS: readonly Address[] = ["ComputeBudget111111111111111111111111111111", "BPFLoaderUpgradeab1e11111111111111111111111"];
/** Nobody may write these: the runtime takes the flag away. */
export const RESERVED: readonly Address[] = [
  SYSTEM_PROGRAM,
  "SysvarC1ock11111111111111111111111111111111",
  "SysvarRent111111111111111111111111111111111",
  "Sysvar1nstructions1111111111111111111111111",
  "SysvarEpochSchedu1e111111111111111111111111",
  "SysvarS1otHashes111111111111111111111111111",
  "SysvarStakeHistory1111111111111111111111111",
  "SysvarS1otHistory11111111111111111111111111",
  "SysvarRecentB1ockHashes11111111111111111111",
  "SysvarEpochRewards1111111111111111111111111",
  "SysvarLastRestartS1ot1111111111111111111111",
  "SysvarFees111111111111111111111111111111111",
  ...OTHER_PROGRAMS,
];
/** A program of somebody else's, which is there on every cluster. */
export const MEMO: Address = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr";

export const HEADER: Readonly<Record<AccountType, number>> = { Inbox: 444, Profile: 432, KeyBundle: 1_488 };

export const refused = (error: string): Verdict => ({ refused: error });
export const answered = (answer: Answer, otherwise: (because: string) => Verdict): Verdict =>
  typeof answer === "string" ? refused(answer) : otherwise(answer.allowed);

/** What Anchor says of an account in the place of one of the program's; undefined when it is of the type and of this version. */
export function loading(type: AccountType, writable: boolean, account: AccountData | undefined): string | undefined {
  const { owner, data, lamports } = account ?? { owner: SYSTEM_PROGRAM, data: new Uint8Array(), lamports: 0n };
  const short = data.length < HEADER[type];
  if (writable && short) return "AccountDataTooSmall";
  if (owner !== PROGRAM_ADDRESS) return lamports === 0n && owner === SYSTEM_PROGRAM ? "UninitializedAccount" : "IllegalOwner";
  if (short) return "AccountDataTooSmall";
  if (!hasType(data, type)) return "InvalidAccountData";
  return data[8] === 1 ? undefined : "UnsupportedVersion";
}

/** What must come of `address` in a slot that is not its own. */
export function substituted(trial: Trial, slots: readonly Slot[], slot: Slot, address: Address): Verdict {
  const { idl, rule } = slot;
  const signs = trial.world.people.some((person) => person.address === address);
  const twice = slots.filter((other) => other !== slot && roleOf(trial, other).address === address);
  // The program's own address stands for an optional account that is not given.
  const clashing = (one: Slot): boolean => exclusive(one) && !(one.idl.optional === true && address === PROGRAM_ADDRESS);
  const clashes = twice.filter((other) => clashing(slot) || clashing(other));
  // Optional accounts are looked at in their turn, all others before.
  const early = clashes.some((other) => [slot, other].some((one) => clashing(one) && one.idl.optional !== true));
  if (early) return refused(TWICE_WRITABLE);
  if (idl.signer === true && !signs) return refused(MISSING_SIGNATURE);
  if (clashes.length > 0) return refused(TWICE_WRITABLE);

  const written = idl.writable === true;
  const none = idl.optional === true && address === PROGRAM_ADDRESS;
  if (rule.is !== "payer" && !none && written && (RESERVED.includes(address) || address === PROGRAM_ADDRESS)) return refused(READ_ONLY);
  switch (rule.is) {
    case "authority": {
      const also = rule.also?.(trial).includes(address) === true;
      return also ? asEver("this key is entitled as well") : answered(rule.stranger, (because) => asEver(because));
    }
    case "payer": {
      const meant = roleOf(trial, slot).address;
      return cost(trial, meant) > lamportsOf(trial.before, address) ? refused(TOO_POOR) : paidBy(address, meant);
    }
    case "receiver":
      return refused(rule.wrong);
    case "made":
      return refused([toAddress(argumentBytes(trial.instruction, "refund")), ...(rule.paid?.(trial) ?? [])].includes(address) ? "WrongRefund" : "WrongAddress");
    case "system":
      return refused([PROGRAM_ADDRESS, MEMO, ...OTHER_PROGRAMS].includes(address) ? "IncorrectProgramId" : NOT_A_PROGRAM);
    case "absent": {
      const error = rule.type === undefined ? rule.given : (loading(rule.type, written, trial.world.account(address)) ?? rule.given);
      return error === undefined ? asEver("there is nothing that it could receive") : refused(error);
    }
    case "account": {
      if (none) return refused("WrongAddress");
      const error = RESERVED.includes(address) ? "IllegalOwner" : loading(rule.type, written, trial.world.account(address));
      if (error !== undefined) return refused(error);
      if (rule.sibling !== undefined && address === siblingOf(trial)) return refused(rule.sibling);
      return answered(rule.another, (because) => askedOf(address, roleOf(trial, slot).address, because));
    }
  }
}
