/**
 * LiteSVM, a Solana runtime in this process, by the SDK's own types. Its wrapper writes every address as base58 anew, which takes
 * longer than the transactions themselves: here each address is converted once.
 */
import { Account, Clock, FailedTransactionMetadata, FeatureSet, LiteSvm, Rent, type TransactionMetadata } from "litesvm/dist/internal.js";
import { addressBytes, toAddress, type AccountData, type Address } from "../../../sdk/src/program/index.js";

export class Runtime {
  readonly #svm: LiteSvm;
  readonly #bytes = new Map<Address, Uint8Array>();
  readonly #addresses = new Map<string, Address>();

  constructor(svm = new LiteSvm()) {
    this.#svm = svm;
    // Without a history, the same transaction may be sent again: a replay meets the program, not the runtime.
    this.#svm.setTransactionHistory(0n);
  }

  /** A runtime as no cluster is: nobody there knows the time. */
  static withoutClock(): Runtime {
    const svm = LiteSvm.default();
    svm.setFeatureSet(FeatureSet.allEnabled());
    svm.setBuiltins();
    return new Runtime(svm);
  }

  addProgram(address: Address, binary: Uint8Array): void {
    this.#svm.addProgram(this.#bytesOf(address), binary);
  }

  get blockhash(): string {
    return this.#svm.latestBlockhash();
  }

  /** A whole transaction, signed. */
  send(transaction: Uint8Array): TransactionMetadata | FailedTransactionMetadata {
    return this.#svm.sendVersionedTransaction(transaction);
  }

  account(address: Address): AccountData | undefined {
    const account = this.#svm.getAccount(this.#bytesOf(address));
    return account === null ? undefined : this.#read(account);
  }

  /** Every account of a program. */
  accountsOf(program: Address): [Address, AccountData][] {
    return this.#svm.getProgramAccounts(this.#bytesOf(program)).map((found) => [this.#addressOf(found.address), this.#read(found.account())]);
  }

  setAccount(address: Address, { owner, lamports, data }: AccountData): void {
    this.#svm.setAccount(this.#bytesOf(address), new Account(lamports, data, this.#bytesOf(owner), false, 0n));
  }

  get clock(): Clock {
    return this.#svm.getClock();
  }

  setTime(seconds: number): void {
    const clock = this.clock;
    clock.unixTimestamp = BigInt(seconds);
    this.#svm.setClock(clock);
  }

  setLamportsPerByte(lamportsPerByte: bigint): void {
    this.#svm.setRent(new Rent(lamportsPerByte, 1, 50));
  }

  #read(account: Account): AccountData {
    return { owner: this.#addressOf(account.owner()), lamports: account.lamports(), data: account.data() };
  }

  #bytesOf(address: Address): Uint8Array {
    const bytes = this.#bytes.get(address) ?? addressBytes(address);
    this.#bytes.set(address, bytes);
    return bytes;
  }

  #addressOf(bytes: Uint8Array): Address {
    const key = Buffer.from(bytes).toString("latin1");
    const address = this.#addresses.get(key) ?? toAddress(Uint8Array.from(bytes));
    this.#addresses.set(key, address);
    return address;
  }
}
