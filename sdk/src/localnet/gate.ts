import http from "node:http";
import net from "node:net";

import { PosternError } from "../errors.js";

/**
 * Requests that the network behind the gate works on at once. Surfpool 1.5 stops answering for good when some 128 calls of
 * `sendTransaction` are in flight; what is above this limit waits its turn in the gate.
 */
const MAX_IN_FLIGHT = 32;
const HOST = "127.0.0.1";
const PORT_ATTEMPTS = 20;

/** The network behind the gate. */
export interface GateTarget {
  readonly rpcUrl: string;
  readonly wsUrl: string;
}

export interface Gate {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** Lets clients through to a network. Before that JSON-RPC is answered with 502 and a WebSocket is cut. */
  lead(target: GateTarget): void;
  /** Cuts every connection, and resolves when both ports are free. Idempotent. */
  close(): Promise<void>;
}

/**
 * The two ports that users of a local network see. JSON-RPC is at `port` and WebSocket at `port + 1`, as every Solana client
 * expects that knows only the RPC URL; the network itself picks unrelated ports, after the gate has its own: the other way
 * round it might pick one of these two. No number of clients can hang it, and nothing outlives `close`.
 *
 * @throws PosternError `LOCALNET_UNAVAILABLE` when the port that was asked for, or the one after it, is taken.
 */
export async function openGate(port?: number): Promise<Gate> {
  let target: GateTarget | undefined;
  const agent = new http.Agent({ keepAlive: true, maxSockets: MAX_IN_FLIGHT });
  const tunnels = new Set<net.Socket>();
  const servers = await listenOnPair(() => makeServer(() => target, agent, tunnels), port);
  const rpcPort = portOf(servers[0]);
  let closed: Promise<void> | undefined;
  return {
    rpcUrl: `http://${HOST}:${rpcPort}`,
    wsUrl: `ws://${HOST}:${rpcPort + 1}`,
    lead: (network) => void (target = network),
    close: () => (closed ??= closeAll(servers, agent, tunnels)),
  };
}

function makeServer(target: () => GateTarget | undefined, agent: http.Agent, tunnels: Set<net.Socket>): http.Server {
  // Idle connections stay: a client whose next request crosses their closing would take it for a failure.
  const server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => forward(target()?.rpcUrl, agent, request, response));
  server.on("upgrade", (request, socket, head) => tunnel(target()?.wsUrl, tunnels, request, socket as net.Socket, head));
  return server;
}

function forward(rpcUrl: string | undefined, agent: http.Agent, request: http.IncomingMessage, response: http.ServerResponse): void {
  if (rpcUrl === undefined) {
    response.writeHead(502).end();
    return;
  }
  const { hostname, port } = new URL(rpcUrl);
  const headers = { ...endToEnd(request.headers), host: `${hostname}:${port}` };
  const upstream = http.request({ agent, hostname, port, path: request.url, method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    answer.pipe(response);
    answer.once("error", () => response.destroy());
  });
  upstream.once("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  response.once("close", () => upstream.destroy());
  request.pipe(upstream);
}

/** Without what concerns one connection only (RFC 9110, section 7.6.1). */
function endToEnd({ connection, "keep-alive": keepAlive, "transfer-encoding": transferEncoding, ...headers }: http.IncomingHttpHeaders): http.IncomingHttpHeaders {
  return headers;
}

/** Replays the upgrade request and joins the two sockets: from there on WebSocket frames pass unread. */
function tunnel(wsUrl: string | undefined, tunnels: Set<net.Socket>, request: http.IncomingMessage, client: net.Socket, head: Buffer): void {
  if (wsUrl === undefined) {
    client.destroy();
    return;
  }
  const { hostname, port } = new URL(wsUrl);
  const upstream = net.connect(Number(port), hostname, () => {
    const lines = [`GET ${request.url} HTTP/1.1`];
    for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
  });
  for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
    tunnels.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => other.destroy());
    socket.once("close", () => {
      tunnels.delete(socket);
      other.destroy();
    });
  }
}

type Pair = readonly [http.Server, http.Server];

/** Two servers on neighbouring ports: the given one and the next, or any. */
export async function listenOnPair(make: () => http.Server, port: number | undefined): Promise<Pair> {
  for (let attempt = 1; ; attempt++) {
    const pair: Pair = [make(), make()];
    try {
      await listen(pair[0], port ?? 0);
      await listen(pair[1], portOf(pair[0]) + 1);
      return pair;
    } catch (cause) {
      for (const server of pair) server.close();
      if (port !== undefined || attempt === PORT_ATTEMPTS) {
        const message = port === undefined
          ? "No two neighbouring ports are free on this machine; stop what holds them."
          : `A local network on port ${port} needs ports ${port} and ${port + 1}, and they are not both free; choose another port.`;
        throw new PosternError("LOCALNET_UNAVAILABLE", message, { context: { port }, cause });
      }
    }
  }
}

function listen(server: http.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function closeAll(servers: Pair, agent: http.Agent, tunnels: Set<net.Socket>): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  for (const socket of tunnels) socket.destroy();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(closed);
  agent.destroy();
}

function portOf(server: http.Server): number {
  return (server.address() as net.AddressInfo).port;
}
