/** Transaction history of logs that were never posted: an endpoint lists a transaction for each frame, and shows it. */
import { DISCRIMINATOR } from "@postern/sdk/program";
import { fromBase58, readU32, toBase58, u32, u8, concat } from "@postern/sdk/crypto";
import { PublicKey, type Connection } from "@solana/web3.js";
import type { Call, LyingRpc, Reply } from "../../hostile/support/lying-rpc.js";
import { program } from "../../hostile/support/raw-device.js";
import type { LongLog } from "./long-log.js";

type Listed = { readonly signature: string };
type ListOptions = { readonly limit?: number; readonly before?: string };

const SIGNATURE_BYTES = 64;
const MARK = 0xee;

/** From now on the endpoint has the logs' history below what stands on the network, newest first, in pages as they are asked for. */
export async function serveHistory(rpc: LyingRpc, logs: readonly LongLog[], connection: Connection): Promise<void> {
  const newest = async ({ address }: LongLog): Promise<string | undefined> => (await connection.getSignaturesForAddress(new PublicKey(address), { limit: 1 }, "confirmed"))[0]?.signature;
  const ends = new Map(await Promise.all(logs.map(async (log) => [log.address, await newest(log)] as const)));
  rpc.method("getSignaturesForAddress", async (call, forward) => {
    const [address, { limit = 1_000, before } = {}] = call.params as [string, ListOptions?];
    const log = logs.find((each) => each.address === address);
    if (log === undefined) return forward();
    const at = before === undefined ? undefined : frameOf(logs, before);
    const real = at === undefined ? await listed(call, forward) : [];
    const since = real.slice(0, Math.max(0, real.findIndex(({ signature }) => signature === ends.get(log.address))));
    const from = at?.seq ?? log.count;
    const made = Array.from({ length: Math.min(Math.max(0, limit - since.length), from) }, (_, i) => entry(logs.indexOf(log), from - 1 - i, log.time(from - 1 - i)));
    return { result: [...since, ...made] };
  });
  rpc.method("getTransaction", (call, forward) => {
    const found = frameOf(logs, call.params[0] as string);
    return found ? { result: transaction(found.log, found.seq) } : forward();
  });
}

async function listed(call: Call, forward: (call?: Call) => Promise<Reply>): Promise<Listed[]> {
  const reply = await forward(call);
  if (typeof reply === "string" || !("result" in reply)) throw new Error("the network gives no history");
  return reply.result as Listed[];
}

function signatureOf(log: number, seq: number): string {
  return toBase58(concat(u8(MARK), u8(log), u32(seq), new Uint8Array(SIGNATURE_BYTES - 6).fill(MARK)));
}

function frameOf(logs: readonly LongLog[], signature: string): { readonly log: LongLog; readonly seq: number } | undefined {
  const bytes = fromBase58(signature);
  const log = bytes[0] === MARK && bytes[63] === MARK && bytes[62] === MARK ? logs[bytes[1] as number] : undefined;
  return log && { log, seq: readU32(bytes, 2) };
}

const entry = (log: number, seq: number, blockTime: number): object => ({ signature: signatureOf(log, seq), slot: 1, err: null, memo: null, blockTime, confirmationStatus: "finalized" });

/** As `getTransaction` gives it with JSON encoding. */
function transaction({ address, inbox, payload, time }: LongLog, seq: number): object {
  const bytes = payload(seq);
  const data = toBase58(concat(u8(DISCRIMINATOR.post), u32(seq), u32(bytes.length), bytes));
  return {
    slot: 1, blockTime: time(seq), version: "legacy",
    meta: { err: null, fee: 5_000, innerInstructions: [], preBalances: [1, 1, 1], postBalances: [1, 1, 1], logMessages: [] },
    transaction: {
      signatures: [signatureOf(0, seq)],
      message: {
        accountKeys: [inbox.writer, address, program],
        header: { numRequiredSignatures: 1, numReadonlySignedAccounts: 0, numReadonlyUnsignedAccounts: 1 },
        recentBlockhash: toBase58(new Uint8Array(32).fill(1)),
        instructions: [{ programIdIndex: 2, accounts: [0, 1], data }],
      },
    },
  };
}
