/**
 * A Solana runtime in this process, with the program deployed. Amounts are lamports, times Unix seconds.
 *
 * Fees are paid by somebody outside the story unless a test says who: what people gain and lose is then exact.
 */
import {
  AccountRole,
  appendTransactionMessageInstructions,
  compileTransactionMessage,
  createTransactionMessage,
  getCompiledTransactionMessageEncoder,
  getTransactionEncoder,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
  type Address as KitAddress,
  type Blockhash,
  type SignatureBytes,
  type Transaction,
} from "@solana/kit";
import { expect } from "chai";
import { FailedTransactionMetadata } from "litesvm/dist/internal.js";
import { PROGRAM_ADDRESS, SYSTEM_PROGRAM, type AccountData, type Address, type Instruction } from "../../../sdk/src/program/index.js";
import { errorName } from "./error-name.js";
import { personOf, type Person } from "./person.js";
import { Runtime } from "./runtime.js";

export const SOL = 1_000_000_000n;
/** What the cluster charges for a byte, and the bytes it adds to every account. */
export const LAMPORTS_PER_BYTE = 5_080n;
export const rent = (bytes: number): bigint => LAMPORTS_PER_BYTE * (128n + BigInt(bytes));
/** What the cluster charges for a signature. */
export const FEE = 5_000n;
export const START_TIME = 1_800_000_000;
export const MAX_TRANSACTION_BYTES = 1_232;

export type Outcome = {
  /** The program's name of its error, the runtime's, or `Custom(n)`; undefined after a success. */
  readonly error: string | undefined;
  readonly computeUnits: number;
  readonly transactionBytes: number;
  readonly logs: readonly string[];
};

export type State = ReadonlyMap<Address, AccountData>;
export type Snapshot = ReadonlyMap<Address, string>;

export class Ledger {
  readonly #program: Uint8Array;
  readonly #runtime: Runtime;
  readonly #people = new Map<Address, Person>();
  readonly #watched = new Set<Address>();
  readonly #feePayer: Person;

  constructor(program: Uint8Array, runtime?: Runtime) {
    this.#program = program;
    this.#runtime = runtime ?? new Runtime();
    this.#runtime.setLamportsPerByte(LAMPORTS_PER_BYTE);
    this.#runtime.addProgram(PROGRAM_ADDRESS, program);
    if (runtime === undefined) this.setTime(START_TIME);
    this.#feePayer = this.person();
    this.#watched.delete(this.#feePayer.address);
  }

  /** The same accounts and people where nobody knows the time. */
  withoutClock(): Ledger {
    const timeless = new Ledger(this.#program, Runtime.withoutClock());
    for (const person of this.people) timeless.#people.set(person.address, person);
    for (const [address, account] of this.state()) timeless.plant(address, account);
    return timeless;
  }

  /** Somebody new. */
  person(balance = 100n * SOL): Person {
    const person = personOf(`person ${this.#people.size}`);
    this.#people.set(person.address, person);
    this.#watched.add(person.address);
    if (balance > 0n) this.plant(person.address, { lamports: balance });
    return person;
  }

  /** Sends one transaction, signed by everyone whose signature it needs. */
  send(instructions: readonly Instruction[], feePayer: Person = this.#feePayer): Outcome {
    const message = pipe(
      createTransactionMessage({ version: 0 }),
      (m) => setTransactionMessageFeePayer(feePayer.address as KitAddress, m),
      (m) => setTransactionMessageLifetimeUsingBlockhash({ blockhash: this.#runtime.blockhash as Blockhash, lastValidBlockHeight: 0n }, m),
      (m) => appendTransactionMessageInstructions(instructions.map(kitInstruction), m),
    );
    const compiled = compileTransactionMessage(message);
    const messageBytes = new Uint8Array(getCompiledTransactionMessageEncoder().encode(compiled));
    const signers = compiled.staticAccounts.slice(0, compiled.header.numSignerAccounts);
    const signatures = Object.fromEntries(signers.map((signer) => [signer, this.#signer(signer).sign(messageBytes) as SignatureBytes]));
    const transaction = { messageBytes, signatures } as unknown as Transaction;
    const bytes = new Uint8Array(getTransactionEncoder().encode(transaction));
    const transactionBytes = bytes.length;
    expect(transactionBytes, "bytes of the transaction").to.be.at.most(MAX_TRANSACTION_BYTES);
    const result = this.#runtime.send(bytes);
    const failed = result instanceof FailedTransactionMetadata;
    const meta = failed ? result.meta() : result;
    return { error: failed ? errorName(result.err()) : undefined, computeUnits: Number(meta.computeUnitsConsumed()), transactionBytes, logs: meta.logs() };
  }

  account(address: Address): AccountData | undefined {
    return this.#runtime.account(address);
  }

  balance(address: Address): bigint {
    return this.account(address)?.lamports ?? 0n;
  }

  /** Puts an account where the runtime would not have let it come from. */
  plant(address: Address, account: Partial<AccountData>): void {
    this.#watched.add(address);
    this.#runtime.setAccount(address, { owner: SYSTEM_PROGRAM, lamports: SOL, data: new Uint8Array(), ...account });
  }

  /** Looks after an address from now on, though nothing may lie there yet. */
  watch(...addresses: readonly Address[]): void {
    for (const address of addresses) this.#watched.add(address);
  }

  /** Changes the bytes of an account behind the program's back. */
  forge(address: Address, change: (view: DataView, bytes: Uint8Array) => void): void {
    const account = this.account(address);
    if (account === undefined) throw new Error("Nothing to forge there.");
    const data = account.data.slice();
    change(new DataView(data.buffer), data);
    this.plant(address, { ...account, data });
  }

  get time(): number {
    return Number(this.#runtime.clock.unixTimestamp);
  }

  get slot(): bigint {
    return this.#runtime.clock.slot;
  }

  setTime(seconds: number): void {
    this.#runtime.setTime(seconds);
  }

  pass(seconds: number): void {
    this.setTime(this.time + seconds);
  }

  setLamportsPerByte(lamportsPerByte: bigint): void {
    this.#runtime.setLamportsPerByte(lamportsPerByte);
  }

  /** Everybody but who pays the fees. */
  get people(): readonly Person[] {
    return [...this.#people.values()].filter((person) => person !== this.#feePayer);
  }

  /** Every account of the program: what a scan has to go through. */
  programAccounts(): [Address, AccountData][] {
    return this.#runtime.accountsOf(PROGRAM_ADDRESS);
  }

  /** Every account of the program, of a person or planted. Who pays the fees alone is left out. */
  state(): State {
    const accounts = new Map(this.programAccounts());
    for (const address of this.#watched) {
      const account = this.account(address);
      if (account !== undefined) accounts.set(address, account);
    }
    return accounts;
  }

  /** Puts every account back to what it was; what was not there goes. `now` is what there is. */
  restore(state: State, now = this.state()): void {
    for (const address of differing(now, state)) this.plant(address, state.get(address) ?? { lamports: 0n });
  }

  /** `state`, in a form that compares fast. */
  snapshot(): Snapshot {
    return snapshotOf(this.state());
  }

  #signer(address: Address): Person {
    const person = this.#people.get(address);
    if (person === undefined) throw new Error(`Nobody here signs for ${address}.`);
    return person;
  }
}

/** Owner, lamports and bytes of every account as text. */
export const snapshotOf = (state: State): Snapshot =>
  new Map([...state].map(([address, { owner, lamports: balance, data }]) => [address, `${owner} ${balance} ${Buffer.from(data).toString("base64")}`]));

const same = (a: AccountData | undefined, b: AccountData | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.owner === b.owner && a.lamports === b.lamports && Buffer.compare(a.data, b.data) === 0);

/** Addresses whose accounts are not the same in both. */
export const differing = (a: State, b: State): Address[] => [...new Set([...a.keys(), ...b.keys()])].filter((address) => !same(a.get(address), b.get(address)));

const ROLE = {
  true: { true: AccountRole.WRITABLE_SIGNER, false: AccountRole.READONLY_SIGNER },
  false: { true: AccountRole.WRITABLE, false: AccountRole.READONLY },
} as const;

function kitInstruction({ programAddress, accounts, data }: Instruction) {
  return {
    programAddress: programAddress as KitAddress,
    accounts: accounts.map(({ address, signer, writable }) => ({ address: address as KitAddress, role: ROLE[`${signer}`][`${writable}`] })),
    data,
  };
}
