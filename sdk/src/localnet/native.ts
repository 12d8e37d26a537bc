import { createRequire } from "node:module";

import { here } from "../here.js";
import type { Backend, BackendOptions } from "./backend.js";

/** The part of the native package's `Surfnet` class that is used. */
interface Surfnet {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  deploy(options: { programId: string; soPath: string }): string;
  fundSol(address: string, lamports: number): void;
  drainEvents(): unknown[];
  stop(): void;
}

interface SurfnetClass {
  startWithConfig(config: { offline: boolean; blockProductionMode: "clock"; slotTimeMs: number }): Surfnet;
}

/** How often the events that Surfpool queues for its host are thrown away: nobody else takes them. */
const DRAIN_INTERVAL_MS = 5_000;

/** The native package of this platform, or undefined where none is published or installed. */
export function loadSurfnet(): SurfnetClass | undefined {
  const name = `@solana/surfpool-${process.platform}-${process.arch}${process.platform === "linux" ? "-gnu" : ""}`;
  try {
    return (createRequire(here)(name) as { Surfnet: SurfnetClass }).Surfnet;
  } catch {
    return undefined; // not published for this platform, left out at installation, or for another libc
  }
}

/** Runs Surfpool inside this process. */
export function startNative(surfnetClass: SurfnetClass, options: BackendOptions): Backend {
  // In the default "transaction" mode a blockhash dies after some 150 transactions; a clock is what a cluster has.
  const surfnet = surfnetClass.startWithConfig({ offline: true, blockProductionMode: "clock", slotTimeMs: options.slotTimeMs });
  const drain = setInterval(() => surfnet.drainEvents(), DRAIN_INTERVAL_MS);
  drain.unref();
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    clearInterval(drain);
    surfnet.stop();
  };
  try {
    surfnet.deploy({ programId: options.programId, soPath: options.programFile });
  } catch (error) {
    void stop();
    throw error;
  }
  const fund = async (address: string, lamports: number): Promise<void> => surfnet.fundSol(address, lamports);
  return { rpcUrl: surfnet.rpcUrl, wsUrl: surfnet.wsUrl, fund, stop };
}
