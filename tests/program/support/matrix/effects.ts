/** What an instruction may do that was not meant like that, and does no harm: checks of a `Verdict`. */
import { expect } from "chai";
import { PROGRAM_ADDRESS, decodeInbox, decodeProfile, type Address } from "../../../../sdk/src/program/index.js";
import { differing } from "../ledger.js";
import { lamportsOf, type Run, type Verdict } from "./trial.js";

const INDEX_OFFSET = 12;
/** Where an inbox has these, and a profile. */
const [POSTAGE, RECIPIENT] = [[80, 88], [156, 188]] as const;
const [REQUESTS, RECENT] = [[32, 40], [144, 400]] as const;

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

/** Of the account that stands in `slot`: bytes, from one offset up to another, or its lamports. */
export type Change = { readonly slot: number } & ({ readonly bytes: readonly [from: number, to: number] } | { readonly lamports: true });

/** What the unchanged instruction makes, but for `changes`. */
export const butFor = (changes: readonly Change[]): Verdict => ({
  allowed: "within the rules",
  check: ({ trial, sent, after }) => {
    for (const address of differing(trial.good, after)) {
      const own = changes.filter(({ slot }) => sent.accounts[slot]?.address === address);
      const ranges = own.flatMap((change) => ("bytes" in change ? [change.bytes] : []));
      const [expected, found] = [trial.good.get(address), after.get(address)];
      if (!own.some((change) => "lamports" in change)) expect(found?.lamports, `lamports of ${address}`).to.equal(expected?.lamports);
      expect(without(ranges, found?.data), `bytes of ${address} that the argument is not for`).to.deep.equal(without(ranges, expected?.data));
      expect(found?.owner, `owner of ${address}`).to.equal(expected?.owner);
    }
  },
});

/** The bytes outside of `ranges`. */
const without = (ranges: readonly (readonly [from: number, to: number])[], data: Uint8Array = new Uint8Array()): Uint8Array =>
  data.filter((_, at) => !ranges.some(([from, to]) => at >= from && at < to));

/** An account that is longer than it should be is as the unchanged instruction makes it, and keeps what it has behind that; no other account of the program's differs. */
export const longer = (address: Address, because: string): Verdict => ({
  allowed: because,
  check: ({ trial, before, after }) => {
    expect(differing(trial.good, after).filter((other) => other !== address && trial.good.get(other)?.owner === PROGRAM_ADDRESS)).to.deep.equal([]);
    const { data } = trial.good.get(address) ?? { data: new Uint8Array() };
    const found = after.get(address)?.data ?? new Uint8Array();
    expect(found.subarray(0, data.length)).to.deep.equal(data);
    if (found.length > data.length) expect(Buffer.compare(found.subarray(data.length), before.get(address)!.data.subarray(data.length))).to.equal(0);
  },
});

/** A request to somebody else: the profile that was meant stays as it was, the other one counts the request and names it, the inbox says whose it is. */
export const askedOf = (other: Address, meant: Address, because: string): Verdict => ({
  allowed: because,
  check: ({ trial, sent, before, after }) => {
    const [payer, , inbox] = sent.accounts.map(({ address }) => address);
    expect(differing(trial.good, after).filter((address) => ![payer, inbox, other, meant].includes(address))).to.deep.equal([]);
    expect(after.get(meant)).to.deep.equal(before.get(meant));
    const profile = (state: typeof after): Uint8Array => without([REQUESTS, RECENT], state.get(other)?.data);
    expect(profile(after)).to.deep.equal(profile(before));
    const made = after.get(inbox!)!;
    expect(decodeProfile(after.get(other)!, PROGRAM_ADDRESS).recent[0]).to.equal(inbox);
    expect(decodeInbox(made, PROGRAM_ADDRESS).recipient).to.equal(decodeProfile(after.get(other)!, PROGRAM_ADDRESS).wallet);
    const own = (data: Uint8Array): Uint8Array => without([POSTAGE, RECIPIENT], data);
    expect(own(made.data)).to.deep.equal(own(trial.good.get(inbox!)!.data));
  },
});
