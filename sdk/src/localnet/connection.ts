import { Connection } from "@solana/web3.js";

/**
 * What web3.js 1.x keeps of its WebSocket. None of it is public, and there is no public way to close a Connection; the 1.x
 * line is frozen, so these names stay.
 */
interface Internals {
  _rpcWebSocket: {
    setAutoReconnect(reconnect: boolean): void;
    removeAllListeners(): void;
    on(event: "error", listener: () => void): void;
    connect(): void;
    close(): void;
  };
  _rpcWebSocketConnected: boolean;
  _rpcWebSocketGeneration: number;
  _rpcWebSocketHeartbeat: NodeJS.Timeout | null;
  _rpcWebSocketIdleTimeout: NodeJS.Timeout | null;
}

/** A web3.js Connection to a local network, and the way to end it. Without `wsUrl`, web3.js looks one port above `rpcUrl`'s. */
export function openConnection(rpcUrl: string, wsUrl?: string): { connection: Connection; close: () => void } {
  const connection = new Connection(rpcUrl, { commitment: "confirmed", ...(wsUrl !== undefined && { wsEndpoint: wsUrl }) });
  return { connection, close: () => closeConnection(connection) };
}

/**
 * Closes the socket for good. Left alone, web3.js keeps it 500 ms beyond the last subscription, reconnects for ever once the
 * server is gone, and prints an error each time; either keeps the process alive.
 */
function closeConnection(connection: Connection): void {
  const internals = connection as unknown as Internals;
  const socket = internals._rpcWebSocket;
  socket.setAutoReconnect(false);
  socket.removeAllListeners();
  socket.on("error", () => undefined); // a socket that is still connecting reports that it was closed
  socket.connect = () => undefined; // a subscription made from now on is never served, and costs nothing
  internals._rpcWebSocketConnected = false;
  internals._rpcWebSocketGeneration++; // answers that are on their way belong to the past
  if (internals._rpcWebSocketHeartbeat !== null) clearInterval(internals._rpcWebSocketHeartbeat);
  if (internals._rpcWebSocketIdleTimeout !== null) clearTimeout(internals._rpcWebSocketIdleTimeout);
  internals._rpcWebSocketHeartbeat = internals._rpcWebSocketIdleTimeout = null;
  socket.close();
}
