/** A WebSocket proxy, message by message, and what each fault does to one. */
import type http from "node:http";
import WebSocket from "ws";
import { corrupted, roll, SOCKET_CONNECTION, SOCKET_MESSAGE, type Fault, type SocketFault } from "./faults.js";
import { Reordering } from "./reordering.js";

const MAX_DELAY_MS = 400;

type MessageFault = Exclude<SocketFault, "socketRefuse">;

export class SocketFaults {
  readonly #server: WebSocket.Server;
  readonly #upstreams = new Set<WebSocket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #held = new Reordering();

  constructor(server: http.Server, upstreamUrl: string, faultFor: (what: string) => Fault | undefined) {
    this.#server = new WebSocket.Server({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      socket.on("error", () => socket.destroy());
      if (faultFor(SOCKET_CONNECTION)) socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      else this.#server.handleUpgrade(request, socket as never, head, (client) => this.#relay(client, upstreamUrl, faultFor));
    });
  }

  get open(): number {
    return this.#server.clients.size;
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#held.stop();
    for (const socket of [...this.#server.clients, ...this.#upstreams]) socket.terminate();
  }

  #relay(client: WebSocket, upstreamUrl: string, faultFor: (what: string) => Fault | undefined): void {
    const upstream = new WebSocket(upstreamUrl);
    this.#upstreams.add(upstream);
    const early: string[] = [];
    client.on("message", (data) => {
      if (upstream.readyState === WebSocket.OPEN) upstream.send(String(data));
      else early.push(String(data));
    });
    upstream.on("open", () => early.splice(0).forEach((text) => upstream.send(text)));
    upstream.on("message", (data) => {
      const fault = faultFor(SOCKET_MESSAGE);
      if (fault === undefined) tell(client, String(data));
      else this.#acts[fault.kind as MessageFault](client, String(data), fault);
      this.#held.pass();
    });
    for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
      socket.on("error", () => other.terminate());
      socket.on("close", () => {
        this.#upstreams.delete(upstream);
        other.terminate();
      });
    }
  }

  readonly #acts: Readonly<Record<MessageFault, (client: WebSocket, text: string, fault: Fault) => void>> = {
    socketDrop: () => undefined,
    socketDelay: (client, text, fault) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        tell(client, text);
      }, 1 + roll(fault, 0, MAX_DELAY_MS));
      this.#timers.add(timer);
    },
    socketDuplicate: (client, text) => {
      tell(client, text);
      tell(client, text);
    },
    socketReorder: (client, text) => void this.#held.wait().then(() => tell(client, text)),
    socketTruncate: (client, text, fault) => tell(client, text.slice(0, roll(fault, 0, text.length))),
    socketCorrupt: (client, text, fault) => tell(client, corrupted(text, fault)),
    socketCut: (client) => client.terminate(),
  };
}

function tell(client: WebSocket, text: string): void {
  if (client.readyState === WebSocket.OPEN) client.send(text);
}
