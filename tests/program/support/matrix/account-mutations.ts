/** Every way in which one account of an instruction can be another than was meant. */
import { PROGRAM_ADDRESS, SYSTEM_PROGRAM, type AccountData, type Address } from "../../../../sdk/src/program/index.js";
import { SOL, rent } from "../ledger.js";
import { personOf } from "../person.js";
import { discriminator } from "../raw-accounts.js";
import type { AccountType, Rule } from "./contracts.js";
import { asEver, happensTo, longer, madeOver } from "./effects.js";
import { HEADER, MEMO, MISSING_SIGNATURE, READ_ONLY, RESERVED, TAKEN, TOO_POOR, answered, loading, refused, substituted } from "./expected.js";
import { cost, roleOf, twinOf, withRole, type Slot } from "./slot.js";
import type { Mutation, Planted, Trial, Verdict } from "./trial.js";

const NOBODY = personOf("nobody").address;
/** Bytes that the runtime lets an account have. */
const LARGEST = 10_485_760;
const TYPES: readonly AccountType[] = ["Inbox", "Profile", "KeyBundle"];

export function accountMutations(trial: Trial, slots: readonly Slot[], slot: Slot): Mutation[] {
  return [...flags(trial, slot), ...substitutions(trial, slots, slot), ...twins(trial, slot), ...planted(trial, slot)];
}

function flags(trial: Trial, slot: Slot): Mutation[] {
  const { address, signer, writable } = roleOf(trial, slot);
  const sent = (change: { signer?: boolean; writable?: boolean }) => withRole(trial.instruction, slot.at, change);
  return [
    ...(signer ? [{ name: "unsigned", sent: sent({ signer: false }), verdict: refused(MISSING_SIGNATURE) }] : []),
    ...(writable
      ? [{ name: "read-only", sent: sent({ writable: false }), verdict: refused(signer ? MISSING_SIGNATURE : READ_ONLY) }]
      : address === PROGRAM_ADDRESS
        ? []
        : [{ name: "writable without need", sent: sent({ writable: true }), verdict: asEver("more rights than it needs change nothing") }]),
  ];
}

function substitutions(trial: Trial, slots: readonly Slot[], slot: Slot): Mutation[] {
  const { address: meant } = roleOf(trial, slot);
  const known: [string, Address][] = [
    ...RESERVED.map((address): [string, Address] => [address, address]),
    ["another program", MEMO],
    ["the program itself", PROGRAM_ADDRESS],
    ["an address that nobody has used", NOBODY],
    ...trial.world.people.map(({ address }, i): [string, Address] => [`person ${i}`, address]),
    ...[...trial.before].flatMap(([address, { owner }]): [string, Address][] => (owner === PROGRAM_ADDRESS ? [[`account ${address}`, address]] : [])),
    ...trial.instruction.accounts.map(({ address }, at): [string, Address] => [`the same as account ${at}`, address]),
  ];
  const names = new Map<Address, string>();
  for (const [name, address] of known) if (address !== meant) names.set(address, name);
  return [...names].map(([address, name]) => {
    const signer = slot.idl.signer === true && trial.world.people.some((person) => person.address === address);
    // No transaction marks a program that it calls as writable.
    const writable = slot.idl.writable === true && address !== PROGRAM_ADDRESS;
    return { name, sent: withRole(trial.instruction, slot.at, { address, signer, writable }), verdict: substituted(trial, slots, slot, address) };
  });
}

/** Another inbox of the same people. */
function twins(trial: Trial, { at, rule }: Slot): Mutation[] {
  const { address } = trial.instruction.accounts[at]!;
  const twin = rule.is === "account" && rule.type === "Inbox" ? twinOf(trial, address) : undefined;
  if (rule.is !== "account" || twin === undefined) return [];
  const account = trial.before.get(address)!;
  const data = account.data.slice();
  new DataView(data.buffer).setUint32(12, twin.index, true);
  const verdict = answered(rule.twin ?? rule.another, (because) => happensTo(twin.address, address, because));
  return [{ name: "another inbox of the same people", sent: withRole(trial.instruction, at, { address: twin.address }), planted: [twin.address, { ...account, data }], verdict }];
}

/** The right address, where something else lies than should. */
function planted(trial: Trial, slot: Slot): Mutation[] {
  const { address } = roleOf(trial, slot);
  const mutation = (name: string, account: Planted[1], verdict: Verdict): Mutation => ({ name, sent: trial.instruction, planted: [address, account], verdict });
  switch (slot.rule.is) {
    case "account":
      return spoilt(slot.rule, address, slot.idl.writable === true, trial.before.get(address)!).map(([name, account, verdict]) => mutation(name, account, verdict));
    case "made":
      return [
        ...[1n, rent(0), rent(HEADER[slot.rule.type]), SOL].map((lamports) =>
          mutation(`${lamports} lamports lie there`, { lamports }, madeOver(address, trial.instruction.accounts[0]!.address, lamports)),
        ),
        mutation("it exists", trial.good.get(address), refused(TAKEN)),
        mutation("a system account with data lies there", { data: new Uint8Array(1) }, refused(TAKEN)),
        mutation("an account of another program lies there", { owner: MEMO }, refused(TAKEN)),
      ];
    case "payer": {
      const due = cost(trial, address);
      const idle = asEver("there is nothing to pay", [address]);
      const unless = (error: string): Verdict => (due > 0n ? refused(error) : idle);
      return [
        mutation("a payer without lamports", undefined, unless(TOO_POOR)),
        mutation("a payer who lacks one lamport", { lamports: due > 0n ? due - 1n : 1n }, unless(TOO_POOR)),
        mutation("a payer left with one lamport", { lamports: due + 1n }, unless("InsufficientFundsForRent")),
        mutation("a payer with data", { data: new Uint8Array(8), lamports: 100n * SOL }, unless("InvalidArgument")),
        mutation("a payer that another program owns", { owner: MEMO, lamports: 100n * SOL }, unless("ExternalAccountLamportSpend")),
      ];
    }
    case "authority":
      return [
        mutation("a signer without an account", undefined, asEver("a signature needs no account", [address])),
        mutation("a signer that another program owns", { owner: MEMO, data: new Uint8Array(8) }, asEver("a signature needs no owner", [address])),
      ];
    case "receiver": {
      const gain = -cost(trial, address);
      const small = gain > 0n && gain < rent(0);
      return [
        mutation("a receiver without lamports", undefined, small ? refused("InsufficientFundsForRent") : asEver("anybody may receive", [address])),
        mutation("a receiver that another program owns", { owner: MEMO, data: new Uint8Array(8) }, asEver("anybody may receive", [address])),
      ];
    }
    case "system":
    case "absent":
      return [];
  }
}

type Spoilt = [name: string, account: Planted[1], verdict: Verdict];

/** An account of the program's as it must not be; who can put it there is not asked. */
function spoilt({ type, longer: rule }: Extract<Rule, { is: "account" }>, address: Address, written: boolean, real: AccountData): Spoilt[] {
  const { data } = real;
  const edited = (at: number, bytes: Uint8Array): Uint8Array => Uint8Array.from([...data.subarray(0, at), ...bytes, ...data.subarray(at + bytes.length)]);
  const cases: [string, AccountData | undefined][] = [
    ["closed", undefined],
    ["closed and funded again", { owner: SYSTEM_PROGRAM, lamports: SOL, data: new Uint8Array() }],
    ["of zeroes", { ...real, data: new Uint8Array(data.length) }],
    ["without its bytes", { ...real, data: new Uint8Array() }],
    ...[SYSTEM_PROGRAM, NOBODY, MEMO].map((owner): [string, AccountData] => [`owned by ${owner}`, { ...real, owner }]),
    ...TYPES.filter((other) => other !== type).map((other): [string, AccountData] => [`marked as ${other}`, { ...real, data: edited(0, discriminator(other)) }]),
    ["marked as closed", { ...real, data: edited(0, new Uint8Array(8).fill(255)) }],
    ...[0, 2, 255].map((version): [string, AccountData] => [`of version ${version}`, { ...real, data: edited(8, Uint8Array.of(version)) }]),
    ...[1, 7, 8, 9, 440, HEADER[type] - 1].map((length): [string, AccountData] => [`of ${length} bytes`, { ...real, data: data.slice(0, Math.min(length, HEADER[type] - 1)) }]),
  ];
  const extendedTo = (length: number): AccountData => {
    const bytes = new Uint8Array(length);
    bytes.set(data);
    return { ...real, lamports: rent(length), data: bytes };
  };
  const unread = { allowed: "bytes behind the layout are not looked at, and only the program can add them" };
  return [
    ...cases.map(([name, account]): Spoilt => [name, account, refused(loading(type, written, account) ?? "none")]),
    ...(type === "Inbox" ? [["shorter than its ring", { ...real, data: data.slice(0, -1) }, refused("InvalidAccountData")] as Spoilt] : []),
    ["longer than it should be", extendedTo(data.length + 1), answered(rule ?? unread, (because) => longer(address, because))],
    ["as long as an account can be", extendedTo(LARGEST), answered(rule ?? unread, (because) => longer(address, because))],
  ];
}
