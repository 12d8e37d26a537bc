/** The rows of the comparison: what Postern and SPL Memo have in the record, beside what `peers.json` holds of the others. */
import { figureAt, type Results } from "../figures.js";
import { KEPT_MESSAGES } from "./measure.js";
import published from "./peers.json";

/** Of systems other than Postern; null where there is none. */
export type Others = Readonly<Record<string, number | null>>;
export type Row = { readonly name: string; readonly better: "lower" | "higher"; readonly postern: number; readonly others: Others };

export const MEMO_NAME = "SPL Memo";
export const PEERS = published.peers;
export const CONDITIONS: readonly string[] = published.conditions;

const FEE_LAMPORTS = 5_000;
const MESSAGES = 100;

/** All rows, from a record. @throws when a figure is missing in it, or a row of `peers.json` is not used. */
export function rows(results: Results): Row[] {
  const at = (...path: string[]): number => {
    const found = figureAt(results, path);
    if (found === undefined) throw new Error(`${path.join(" / ")} is not recorded`);
    return found;
  };
  const postern = (...path: string[]): number => at("peers", "Postern", ...path);
  const memo = (...path: string[]): number => at("peers", MEMO_NAME, ...path);
  const rent = (name: string): number => at("rent", "5,080 lamports/B", name);
  const fees = (flow: string): number => at("flows", flow, "fee lamports");
  const setUpFees = 2 * fees("register") + fees("first contact, with a message") - FEE_LAMPORTS;
  /** Two registrations, both first messages and 98 more, both sides closed, both profiles closed and delegates' balances taken back. */
  const all = 2 * fees("register") + fees("first contact, with a message") + fees("answer, with a message") + (MESSAGES - 2) * fees("message") + fees("close, both sides") + 2 * fees("unregister");
  const own: [name: string, better: Row["better"], postern: number, memo: number | null][] = [
    ["compute units, 32 B of text", "lower", postern("32 B", "compute units"), memo("32 B", "compute units")],
    ["compute units, 256 B", "lower", postern("256 B", "compute units"), memo("256 B", "compute units")],
    ["compute units, 800 B", "lower", postern("800 B", "compute units"), memo("800 B", "compute units")],
    ["compute units, 256 B into a full ring", "lower", postern("256 B into a full ring", "compute units"), null],
    ["wire bytes, 32 B of text", "lower", postern("32 B", "wire bytes"), memo("32 B", "wire bytes")],
    ["wire bytes, 256 B", "lower", postern("256 B", "wire bytes"), memo("256 B", "wire bytes")],
    ["wire bytes, 800 B", "lower", postern("800 B", "wire bytes"), memo("800 B", "wire bytes")],
    ["transactions for 800 B", "lower", 1, memo("800 B", "transactions")],
    ["longest text in one transaction, B", "higher", postern("longest text", "sender pays"), memo("longest text", "sender pays")],
    ["the same, a sponsor pays", "higher", postern("longest text", "a sponsor pays"), memo("longest text", "a sponsor pays")],
    ["accounts in a send", "lower", at("wire", "post", "accounts"), 2],
    ["accounts that all users' sends write", "lower", 0, 0],
    ["set-up: transactions", "lower", setUpFees / FEE_LAMPORTS, 0],
    ["set-up: wallets that must act", "lower", 2, 0],
    ["set-up: compute units", "lower", postern("set-up", "compute units"), 0],
    ["set-up: lamports locked", "lower", 2 * rent("registration") + rent("inbox, 2,048 B ring"), 0],
    ["set-up: lamports spent", "lower", setUpFees, 0],
    ["message of 256 B: lamports locked", "lower", 0, 0],
    ["message of 256 B: lamports spent", "lower", fees("message"), FEE_LAMPORTS],
    ["message of 256 B that stays readable: account bytes", "lower", postern("a message that stays", "account bytes"), null],
    ["message of 256 B that stays readable: lamports locked", "lower", Math.round(postern("a message that stays", "lamports locked, ring for 27") / KEPT_MESSAGES), null],
    ["refund: compute units to close", "lower", at("compute", "v0", "close_inbox, all read"), null],
    ["refund: lamports of the set-up that never return", "lower", 0, 0],
    ["100 messages of 256 B and all closed: lamports lost", "lower", all, MESSAGES * FEE_LAMPORTS],
    ["program, bytes", "lower", at("program", "postern.v0.so"), 2_304],
  ];
  const figures = new Map<string, Others>(Object.entries(published.figures));
  const unused = [...figures.keys()].filter((name) => !own.some(([row]) => row === name));
  if (unused.length > 0) throw new Error(`No row shows ${unused.join(", ")}.`);
  return own.map(([name, better, ours, theirs]) => {
    const peers = figures.get(name);
    if (peers === undefined) throw new Error(`peers.json has no row “${name}”.`);
    return { name, better, postern: ours, others: { [MEMO_NAME]: theirs, ...peers } };
  });
}

/** Who has a better figure, or the same. */
export function verdict({ better, postern, others }: Pick<Row, "better" | "postern" | "others">): { readonly behind: readonly string[]; readonly level: readonly string[] } {
  const named = (holds: (theirs: number) => boolean): string[] => Object.entries(others).flatMap(([name, theirs]) => (theirs !== null && holds(theirs) ? [name] : []));
  return {
    behind: named((theirs) => (better === "lower" ? theirs < postern : theirs > postern)),
    level: named((theirs) => theirs === postern),
  };
}
