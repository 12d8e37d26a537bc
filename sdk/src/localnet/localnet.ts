import type { Connection } from "@solana/web3.js";

import { PosternError } from "../errors.js";
import { PROGRAM_ADDRESS } from "../program/generated/address.js";
import { startBackend } from "./backends.js";
import { openConnection } from "./connection.js";
import { openGate } from "./gate.js";
import { programFile } from "./program.js";
import { fundedWallet, type LocalnetWallet } from "./wallet.js";

export interface LocalnetOptions {
  /** Milliseconds of one slot, from 20 to 10,000. Default 200, as on mainnet. */
  readonly slotTimeMs?: number;
  /** The port of JSON-RPC; WebSocket takes the next one. Default, and 0: any two that are free. */
  readonly port?: number;
}

/** A real JSON-RPC and WebSocket Solana network on loopback, with the program deployed. */
export interface Localnet {
  readonly rpcUrl: string;
  /** One port above `rpcUrl`'s, where clients look that know only that one. */
  readonly wsUrl: string;
  readonly programId: string;
  /** A new web3.js Connection at "confirmed". `stop` closes it. */
  connection(): Connection;
  /** A new wallet that owns `sol` SOL (default 10), visible to every reader when this resolves. */
  wallet(options?: { sol?: number }): Promise<LocalnetWallet>;
  /** Ends the network and every connection that it made. Idempotent. Nothing is left that keeps the process alive. */
  stop(): Promise<void>;
}

const DEFAULT_SLOT_TIME_MS = 200;
const DEFAULT_SOL = 10;

/**
 * Starts a network for tests. Ready in under a second; several may run side by side.
 *
 * What runs is Surfpool, inside this process, from the package `@solana/surfpool-<platform>` (Linux with glibc and macOS);
 * elsewhere a `surfpool` or `solana-test-validator` that is on the PATH. Rent, fees and features are its own, not
 * mainnet's: ask the cluster, as everywhere.
 *
 * @throws PosternError `LOCALNET_UNAVAILABLE` where neither is there, or the port is taken; `INVALID_ARGUMENT` for options
 * out of range.
 *
 * @example
 * ```ts
 * import { Postern } from "@postern/sdk";
 * import { startLocalnet } from "@postern/sdk/localnet";
 *
 * const net = await startLocalnet();
 * const postern = await Postern.connect({ connection: net.connection(), wallet: await net.wallet() });
 * await postern.close();
 * await net.stop();
 * ```
 */
export async function startLocalnet(options: LocalnetOptions = {}): Promise<Localnet> {
  const slotTimeMs = inRange("slotTimeMs", options.slotTimeMs ?? DEFAULT_SLOT_TIME_MS, 20, 10_000);
  const port = options.port === undefined ? undefined : inRange("port", options.port, 0, 65_534);
  const gate = await openGate(port || undefined);
  const backend = await startBackend({ slotTimeMs, programId: PROGRAM_ADDRESS, programFile: programFile() }).catch(async (error: unknown) => {
    await gate.close();
    throw error;
  });
  gate.lead(backend);

  const stopped = new AbortController();
  const closings: (() => void)[] = [];
  const connection = (): Connection => {
    const opened = openConnection(gate.rpcUrl, gate.wsUrl);
    if (stopped.signal.aborted) opened.close();
    else closings.push(opened.close);
    return opened.connection;
  };
  const faucet = { connection: connection(), pay: backend.fund, stopped: stopped.signal };

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopped.abort();
    for (const close of closings) close();
    await gate.close();
    await backend.stop();
  };

  return {
    rpcUrl: gate.rpcUrl,
    wsUrl: gate.wsUrl,
    programId: PROGRAM_ADDRESS,
    connection,
    wallet: ({ sol = DEFAULT_SOL } = {}) => fundedWallet(faucet, sol),
    stop: () => (stopping ??= stop()),
  };
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new PosternError("INVALID_ARGUMENT", `${name} is a whole number from ${least} to ${most}.`, { context: { [name]: value } });
}
