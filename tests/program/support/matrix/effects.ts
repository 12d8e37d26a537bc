/** What an instruction may do that was not meant like that, and does no harm: checks of a `Verdict`. */
import { expect } from "chai";
import type { Address } from "../../../../sdk/src/program/index.js";
import { differing } from "../ledger.js";
import { lamportsOf, type Run, type Verdict } from "./trial.js";

const INDEX_OFFSET = 12;

/** The same as ever, to the byte and the lamport, but for accounts that were planted: those keep what was planted, and gain the same. */
export const asEver = (because: string, planted: readonly Address[] = []): Verdict => ({
  allowed: because,
  check: ({ trial, before, after }) => {
    expect(differing(trial.good, after).filter((address) => !planted.includes(address))).to.deep.equal([]);
    for (const address of planted) {
      expect(lamportsOf(after, address) - lamportsOf(before, address)).to.equal(lamportsOf(trial.good, address) - lamportsOf(trial.before, address));
      expect(after.get(address)?.data ?? new Uint8Array()).to.deep.equal(before.get(address)?.data ?? new Uint8Array());
    }
  },
});

/** `payer` pays what `meant` would have paid; nothing else differs. */
export const paidBy = (payer: Address, meant: Address): Verdict => ({
  allowed: "whoever signs as payer pays",
  check: ({ trial, before, after }) => {
    expect(differing(trial.good, after).filter((address) => address !== payer && address !== meant)).to.deep.equal([]);
    const gain = (address: Address): bigint => lamportsOf(after, address) - lamportsOf(before, address);
    const meantTo = (address: Address): bigint => lamportsOf(trial.good, address) - lamportsOf(trial.before, address);
    expect([gain(meant), gain(payer)]).to.deep.equal([0n, meantTo(meant) + meantTo(payer)]);
  },
});

/** What should have happened to `meant` happens to its twin, byte for byte. */
export const happensTo = (twin: Address, meant: Address, because: string): Verdict => ({
  allowed: because,
  check: ({ trial, before, after }) => {
    expect(differing(trial.good, after).filter((address) => address !== twin && address !== meant)).to.deep.equal([]);
    expect(after.get(meant)).to.deep.equal(before.get(meant));
    const [expected, found] = [trial.good.get(meant), after.get(twin)];
    expect(found?.lamports).to.equal(expected?.lamports);
    const body = (data: Uint8Array = new Uint8Array(INDEX_OFFSET + 4)): Uint8Array => Uint8Array.from(data).fill(0, INDEX_OFFSET, INDEX_OFFSET + 4);
    expect(body(found?.data)).to.deep.equal(body(expected?.data));
  },
});

/** Lamports at the address count towards what the payer owes; the account that is made is the same to the byte. */
export const madeOver = (made: Address, payer: Address, prefund: bigint): Verdict => ({
  allowed: "lamports at an address do not block it",
  check: ({ trial, after }: Run) => {
    expect(differing(trial.good, after).filter((address) => address !== made && address !== payer)).to.deep.equal([]);
    const { data, owner } = trial.good.get(made)!;
    expect(after.get(made)).to.deep.include({ data, owner });
    const [cost, paid] = [trial.good, after].map((state) => lamportsOf(trial.before, payer) - lamportsOf(state, payer)) as [bigint, bigint];
    expect(paid <= cost && lamportsOf(after, made) === prefund + paid).to.equal(true);
  },
});

/** Nothing is known but what holds of everything that is allowed: no lamport is lost, and no account changes that is not named writable. */
export const free = (because: string): Verdict => ({ allowed: because, check: () => undefined });
