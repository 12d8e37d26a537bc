/** The lies that can be told of an account: parts of its bytes changed, cut off or added, its owner, its existence. */
import { u32 } from "@postern/sdk/crypto";
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

/** What can be wrong with an inbox besides. */
export const WRONG_INBOX: readonly NamedLie[] = [
  ["in an unknown state", put(9, [7])],
  ["with counts that contradict each other", put(56, u32(0xffff_ffff))],
  ["acknowledged beyond its end", put(60, u32(0xffff_ffff))],
  ["with a capacity that it has not", put(440, u32(0xffff_ffff))],
  ["longer than it says", longer(100)],
  ["with its ring cut off", cut(444)],
  ["with a tail outside of the ring", put(64, u32(0xffff_fff0))],
  ["with more used than there is", put(68, u32(0xffff_ffff))],
  ["with four billion frames", put(48, u32(0xffff_ffff))],
];
