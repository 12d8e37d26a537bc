/** Which root number a wallet without a profile registers under: a closed profile forgets it, transaction history does not. */
import { readU32 } from "../crypto/index.js";
import { isPosternError, PosternError } from "../errors.js";
import type { Rpc } from "../net/rpc.js";
import { DISCRIMINATOR, profileAddress, type Address } from "../program/index.js";
import { instructionsOf, type HistoricInstruction } from "../sync/posts.js";

const PAGE = 1_000;
/** A history longer than this was made to be long; it is not waited for. */
const MAX_PAGES = 10;
/** `create_profile`: discriminator 1, delegate 32, root number 4. */
const CREATE_ROOT_AT = 33;
const CREATE_BYTES = 37;
/** `create_key_bundle`: discriminator 1, and of the card its suite and certificate kind come before. */
const GENERATION_AT = 3;
const MAX_ROOT_NUMBER = 0xffff_ffff;

/**
 * The root number that the app gives, else the last one of the wallet's closed profile, 1 for a wallet that never had one. Where the keys of
 * that profile were replaced, the next one: they begin at generation 0 again, which may be what was stolen.
 * @throws PosternError INVALID_ARGUMENT; ROOT_HISTORY_UNAVAILABLE when the endpoint lists transactions that it cannot show
 */
export async function newRootNumber(rpc: Rpc, wallet: Address, program: Address, given: number | undefined): Promise<number> {
  if (given === undefined) return lastRootNumber(rpc, wallet, program);
  if (Number.isInteger(given) && given >= 1 && given <= MAX_ROOT_NUMBER) return given;
  throw new PosternError("INVALID_ARGUMENT", "rootNumber is a whole number from 1 to 4,294,967,295.");
}

/** That of the newest life of the profile. */
async function lastRootNumber(rpc: Rpc, wallet: Address, program: Address): Promise<number> {
  const profile = profileAddress(wallet, program);
  let last: number | undefined;
  let isReplaced = false;
  try {
    for (let page = 0, before: string | undefined; page < MAX_PAGES; page++) {
      const batch = await rpc.signatures(profile, { limit: PAGE, ...(before !== undefined && { before }) });
      for (const { signature, err } of batch) {
        if (err !== null) continue;
        const transaction = await rpc.transaction(signature);
        if (transaction === null) throw unavailable(wallet);
        for (const instruction of instructionsOf(transaction).reverse()) {
          if (instruction.program !== program) continue;
          last ??= rootNumberIn(instruction, profile);
          isReplaced ||= replacesKeys(instruction, profile);
          if (isBirth(instruction, profile)) return isReplaced ? Math.min((last ?? 0) + 1, MAX_ROOT_NUMBER) : (last ?? 1);
        }
      }
      if (batch.length < PAGE) return last ?? 1;
      before = batch.at(-1)?.signature;
    }
  } catch (cause) {
    if (isPosternError(cause, "RPC_FAILED")) throw unavailable(wallet, cause);
    throw cause;
  }
  throw unavailable(wallet);
}

const isBirth = ({ accounts, data }: HistoricInstruction, profile: Address): boolean =>
  data[0] === DISCRIMINATOR.createProfile && accounts[2] === profile && data.length >= CREATE_BYTES;

/** True for a later generation's card, and for a wallet that gives its profile another delegate. */
function replacesKeys({ accounts, data }: HistoricInstruction, profile: Address): boolean {
  if (data[0] === DISCRIMINATOR.createKeyBundle) return accounts[2] === profile && data.length >= GENERATION_AT + 4 && readU32(data, GENERATION_AT) > 0;
  return data[0] === DISCRIMINATOR.updateProfile && accounts[1] === profile && data[1] === 1;
}

function rootNumberIn(instruction: HistoricInstruction, profile: Address): number | undefined {
  const { accounts, data } = instruction;
  if (isBirth(instruction, profile)) return readU32(data, CREATE_ROOT_AT);
  if (data[0] === DISCRIMINATOR.updateProfile && accounts[1] === profile) {
    const rootAt = data[1] === 1 ? 34 : 2; // behind the optional delegate
    if (data[rootAt] === 1 && data.length >= rootAt + 5) return readU32(data, rootAt + 1);
  }
  return undefined;
}

function unavailable(wallet: Address, cause?: unknown): PosternError {
  return new PosternError("ROOT_HISTORY_UNAVAILABLE", "This wallet may have had a profile before, and this RPC endpoint cannot show its history. Use an endpoint that keeps it, or connect with the rootNumber that is to be used.", { context: { wallet }, cause });
}
