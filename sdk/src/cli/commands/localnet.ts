import { PublicKey } from "@solana/web3.js";
import { parseArgs } from "node:util";

import { startLocalnet, type Localnet } from "../../localnet/index.js";
import { UsageError } from "../usage.js";

/** Where Solana's tools look for a local network. */
const DEFAULT_PORT = 8899;
const FUNDED_LAMPORTS = 10_000_000_000;

/** Runs a local network until SIGINT or SIGTERM. Whatever is printed to standard output stays the same for scripts: `name: value` a line. */
export async function runLocalnet(args: string[]): Promise<void> {
  const { port, slotTimeMs, fund } = parse(args);
  const net = await startLocalnet({ port, slotTimeMs });
  try {
    await pay(net, fund);
    console.log(`RPC: ${net.rpcUrl}\nWebSocket: ${net.wsUrl}\nProgram: ${net.programId}\nReady. Ctrl-C stops it.`);
    await interrupted();
  } finally {
    await net.stop();
  }
}

function parse(args: string[]): { port: number; slotTimeMs: number | undefined; fund: PublicKey[] } {
  let values;
  try {
    ({ values } = parseArgs({ args, options: { port: { type: "string" }, "slot-time": { type: "string" }, fund: { type: "string", multiple: true } } }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  return {
    port: wholeNumber("--port", values.port) ?? DEFAULT_PORT,
    slotTimeMs: wholeNumber("--slot-time", values["slot-time"]),
    fund: (values.fund ?? []).map(address),
  };
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${option} takes a whole number.`);
  return Number(text);
}

function address(text: string): PublicKey {
  try {
    return new PublicKey(text);
  } catch {
    throw new UsageError(`--fund takes an address in base58, not ${text}.`);
  }
}

async function pay(net: Localnet, addresses: PublicKey[]): Promise<void> {
  const connection = net.connection();
  for (const to of addresses) await connection.requestAirdrop(to, FUNDED_LAMPORTS);
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
