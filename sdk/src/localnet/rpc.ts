import net from "node:net";

import { PosternError } from "../errors.js";

/** One JSON-RPC call, for what the network is asked before there is a Connection. */
export async function rpcCall(rpcUrl: string, method: string, params: unknown[] = []): Promise<unknown> {
  const response = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: unknown; error?: { message?: string } };
  if (answer.error !== undefined) {
    throw new PosternError("RPC_FAILED", `The local network refused ${method}: ${answer.error.message ?? "no reason given"}`, { context: { method } });
  }
  return answer.result;
}

/** Whether somebody listens at the host and port of a URL. */
export function accepts(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname);
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Asks again until the answer is yes; an error counts as no. False when the time is up or `signal` is aborted. */
export async function waitUntil(condition: () => Promise<boolean>, options: { timeoutMs: number; intervalMs: number; signal?: AbortSignal }): Promise<boolean> {
  const deadline = Date.now() + options.timeoutMs;
  while (options.signal?.aborted !== true) {
    if (await condition().catch(() => false)) return true;
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, options.intervalMs));
  }
  return false;
}
