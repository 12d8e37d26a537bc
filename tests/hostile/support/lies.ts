/** The lies that can be told of an account: parts of its bytes changed, cut off or added, its owner, its existence. */
import { SYSTEM_PROGRAM } from "@postern/sdk/program";
import { ownedBy, withData, type AccountLie } from "./lying-rpc.js";
import { random } from "./raw-device.js";

/** Told with other bytes at an offset. */
export const put = (at: number, bytes: Iterable<number>): AccountLie => withData((data) => data.set([...bytes], at));
export const cut = (length: number): AccountLie => withData((data) => data.slice(0, length));
export const longer = (by: number): AccountLie => withData((data) => Uint8Array.from([...data, ...new Uint8Array(by)]));
export const flippedAt = (at: number): AccountLie => withData((data) => void (data[at]! ^= 1));

export type NamedLie = readonly [name: string, lie: AccountLie];

/** What can be wrong with an account of any type of the program. */
export const WRONG_ACCOUNT: readonly NamedLie[] = [
  ["owned by another program", ownedBy(SYSTEM_PROGRAM)],
  ["with another type", put(0, random(8))],
  ["of an unknown version", put(8, [2])],
  ["with no data", cut(0)],
  ["cut in its discriminator", cut(5)],
  ["one byte short of its header", cut(431)],
];
