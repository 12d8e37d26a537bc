import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { PosternError } from "../errors.js";
import type { Backend, BackendOptions } from "./backend.js";
import { rpcCall, waitUntil } from "./rpc.js";

const HOST = "127.0.0.1";
const READY_WITHIN_MS = 60_000;
const POLL_INTERVAL_MS = 50;
const KILL_AFTER_MS = 5_000;
const OUTPUT_KEPT_CHARS = 2_000;
/** Of `solana-test-validator`: a slot of 64 ticks lasts 400 ms. */
const TICK_MS = 6.25;
/** What the validator needs beside its RPC ports, for gossip, repair and the rest. */
const DYNAMIC_PORTS = 32;

/** The full path of a program on the PATH. */
export function findExecutable(name: string): string | undefined {
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const candidate of names.map((file) => join(folder, file))) {
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // not here
      }
    }
  }
  return undefined;
}

/** Runs the Surfpool CLI. The program is written over RPC, which needs no deployment project in the current folder. */
export async function startSurfpool(executable: string, options: BackendOptions): Promise<Backend> {
  const [rpcPort, wsPort] = await freePorts(2);
  const network = await startProcess(executable, { rpcPort, wsPort }, (folder) => [
    "start", "--offline", "--no-tui", "--no-studio", "--no-deploy",
    "--host", HOST, "--port", String(rpcPort), "--ws-port", String(wsPort),
    "--block-production-mode", "clock", "--slot-time", String(options.slotTimeMs),
    "--log-path", folder,
  ]);
  try {
    await rpcCall(network.rpcUrl, "surfnet_writeProgram", [options.programId, (await readFile(options.programFile)).toString("hex"), 0]);
  } catch (error) {
    await network.stop();
    throw error;
  }
  return { ...network, fund: async (address, lamports) => void (await rpcCall(network.rpcUrl, "surfnet_setAccount", [address, { lamports }])) };
}

/** Runs Agave's test validator, whose WebSocket port is the one after its RPC port. */
export async function startTestValidator(executable: string, options: BackendOptions): Promise<Backend> {
  const rpcPort = await freePair();
  const [faucetPort, gossipPort] = await freePorts(2);
  const network = await startProcess(executable, { rpcPort, wsPort: rpcPort + 1 }, (folder) => [
    "--bpf-program", options.programId, options.programFile,
    "--reset", "--quiet", "--ledger", folder, "--bind-address", HOST,
    "--rpc-port", String(rpcPort), "--faucet-port", String(faucetPort), "--gossip-port", String(gossipPort),
    "--dynamic-port-range", `${gossipPort + 1}-${gossipPort + 1 + DYNAMIC_PORTS}`,
    "--ticks-per-slot", String(Math.max(2, Math.round(options.slotTimeMs / TICK_MS))),
  ]);
  return { ...network, fund: async (address, lamports) => void (await rpcCall(network.rpcUrl, "requestAirdrop", [address, lamports])) };
}

/** Spawns it in a folder of its own, and resolves when its RPC is healthy. */
async function startProcess(executable: string, ports: { rpcPort: number; wsPort: number }, args: (folder: string) => string[]): Promise<Omit<Backend, "fund">> {
  const folder = await mkdtemp(join(tmpdir(), "postern-localnet-"));
  const child = spawn(executable, args(folder), { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const supervised = supervise(child);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= supervised.end().then(() => rm(folder, { recursive: true, force: true })));

  const rpcUrl = `http://${HOST}:${ports.rpcPort}`;
  const healthy = async (): Promise<boolean> => (await rpcCall(rpcUrl, "getHealth")) === "ok";
  if (!(await waitUntil(healthy, { timeoutMs: READY_WITHIN_MS, intervalMs: POLL_INTERVAL_MS, signal: supervised.ended }))) {
    await stop();
    throw new PosternError("LOCALNET_UNAVAILABLE", `${executable} did not become a healthy network; run it by hand to see why, or install another release of it.`, {
      context: { executable, output: supervised.output() },
    });
  }
  return { rpcUrl, wsUrl: `ws://${HOST}:${ports.wsPort}`, stop };
}

interface Supervised {
  /** Aborted when the process is gone. */
  readonly ended: AbortSignal;
  /** The last of what it printed. */
  output(): string;
  end(): Promise<void>;
}

/** Holds on to a child: it ends with us, and does not keep us alive. */
function supervise(child: ChildProcess): Supervised {
  const gone = new AbortController();
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-OUTPUT_KEPT_CHARS)));
  }
  const killNow = (): void => void child.kill("SIGKILL");
  process.once("exit", killNow);
  const closed = new Promise<void>((resolve) => {
    const end = (): void => {
      process.off("exit", killNow);
      gone.abort();
      resolve();
    };
    child.once("close", end);
    child.once("error", (error) => {
      output += error.message;
      end();
    });
  });
  const end = async (): Promise<void> => {
    child.kill("SIGTERM");
    const timer = setTimeout(killNow, KILL_AFTER_MS);
    await closed;
    clearTimeout(timer);
  };
  return { ended: gone.signal, output: () => output, end };
}

/** Ports that were free a moment ago; held together, so that no two are the same. */
async function freePorts(count: 2): Promise<[number, number]> {
  const servers = await Promise.all(Array.from({ length: count }, () => bind(0)));
  const ports = servers.map(({ port }) => port) as [number, number];
  await Promise.all(servers.map(({ release }) => release()));
  return ports;
}

async function freePair(): Promise<number> {
  for (;;) {
    const first = await bind(0);
    const second = await bind(first.port + 1).catch(() => undefined);
    await first.release();
    await second?.release();
    if (second !== undefined) return first.port;
  }
}

function bind(port: number): Promise<{ port: number; release(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(port, HOST, () => {
      const bound = (server.address() as net.AddressInfo).port;
      resolve({ port: bound, release: () => new Promise((released) => server.close(() => released())) });
    });
  });
}
