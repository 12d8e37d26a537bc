/** Where the WebSocket of an RPC endpoint is. */
import type { Connection } from "./connection.js";

/**
 * The WebSocket address that belongs to a connection: the one web3.js keeps, else the endpoint's with `ws(s)` and, where it
 * names a port, the next port, as Solana's validators have it. Undefined where the transport must not open a socket.
 */
export function webSocketEndpoint(connection: Connection): string | undefined {
  if (typeof connection.onAccountChange !== "function") return undefined;
  const kept = "_rpcWsEndpoint" in connection ? connection._rpcWsEndpoint : undefined;
  if (typeof kept === "string") return kept;
  try {
    const url = new URL(connection.rpcEndpoint);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (url.port !== "") url.port = String(Number(url.port) + 1);
    return url.href;
  } catch {
    return undefined;
  }
}
