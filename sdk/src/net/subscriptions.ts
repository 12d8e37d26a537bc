/**
 * Account notifications, as hints to read again: they may be lost, doubled or late, and nothing in them is believed.
 *
 * A socket of our own, not the connection's: web3.js 1.x keeps its socket 500 ms beyond the last subscription, reconnects
 * for ever to a server that is gone and prints each failure; none of that can be stopped from outside.
 */
import type { Address } from "../program/index.js";

const RECONNECT_MIN_MS = 250;
const RECONNECT_MAX_MS = 30_000;

/** `readyState` of a socket that can send. */
const OPEN = 1;

/** What browsers, Node and `ws` have in common; `ws` alone can end a connection without the other side. */
type Socket = {
  readonly readyState: number;
  onopen: unknown;
  onmessage: unknown;
  onerror: unknown;
  onclose: unknown;
  send(text: string): void;
  close(): void;
  terminate?(): void;
};

type Watch = { readonly address: Address; readonly onHint: () => void; subscription: number | undefined };

export class Subscriptions {
  readonly #endpoint: string | undefined;
  readonly #commitment: string;
  readonly #watches = new Map<number, Watch>();
  #socket: Socket | undefined;
  #connecting = false;
  /** What changed while there was no socket, nobody told: it is not waited for that the endpoint confirms anew. */
  #wasCut = false;
  #nextId = 1;
  #reconnectMs = RECONNECT_MIN_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** No socket is opened before the first {@link watch}, and none at all without an endpoint. */
  constructor(endpoint: string | undefined, commitment: string) {
    this.#endpoint = endpoint;
    this.#commitment = commitment;
  }

  /** True while notifications of every account that is watched can arrive: the endpoint has confirmed each; without it, poll more often. */
  get live(): boolean {
    return this.#isOpen && [...this.#watches.values()].every(({ subscription }) => subscription !== undefined);
  }

  get #isOpen(): boolean {
    return this.#socket?.readyState === OPEN;
  }

  /**
   * Calls `onHint` when the account may have changed, after every reconnect, and when the endpoint has confirmed that it tells of changes:
   * what has changed before it told nobody. Returns the end of it.
   */
  watch(address: Address, onHint: () => void): () => void {
    if (this.#closed || this.#endpoint === undefined) return () => undefined;
    const id = this.#nextId++;
    const watch: Watch = { address, onHint, subscription: undefined };
    this.#watches.set(id, watch);
    if (this.#isOpen) this.#subscribe(id, watch);
    else this.#connect();
    return () => {
      if (!this.#watches.delete(id)) return;
      if (watch.subscription !== undefined) this.#send({ id: this.#nextId++, method: "accountUnsubscribe", params: [watch.subscription] });
      if (this.#watches.size === 0) this.#drop();
    };
  }

  /** Ends every subscription and the socket at once. */
  close(): void {
    this.#closed = true;
    this.#watches.clear();
    this.#drop();
  }

  #connect(): void {
    if (this.#closed || this.#endpoint === undefined || this.#socket !== undefined || this.#connecting || this.#timer !== undefined) return;
    this.#connecting = true;
    openSocket(this.#endpoint).then((socket) => this.#use(socket), () => this.#retryLater()).finally(() => (this.#connecting = false));
  }

  #use(socket: Socket): void {
    this.#socket = socket;
    if (this.#closed || this.#watches.size === 0) return this.#drop();
    socket.onopen = () => {
      this.#reconnectMs = RECONNECT_MIN_MS;
      for (const [id, watch] of this.#watches) {
        this.#subscribe(id, watch);
        if (this.#wasCut) watch.onHint();
      }
      this.#wasCut = false;
    };
    socket.onmessage = ({ data }: { data: unknown }) => this.#receive(data);
    socket.onerror = () => undefined; // a close follows
    socket.onclose = () => {
      this.#wasCut = true;
      this.#socket = undefined; // of one that was dropped nothing is heard any more
      for (const watch of this.#watches.values()) watch.subscription = undefined;
      this.#retryLater();
    };
  }

  #retryLater(): void {
    if (this.#closed || this.#watches.size === 0 || this.#timer !== undefined) return;
    const delayMs = this.#reconnectMs * (0.5 + Math.random() / 2);
    this.#reconnectMs = Math.min(2 * this.#reconnectMs, RECONNECT_MAX_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#connect();
    }, delayMs);
  }

  #subscribe(id: number, watch: Watch): void {
    const config = { encoding: "base64", commitment: this.#commitment, dataSlice: { offset: 0, length: 0 } };
    this.#send({ id, method: "accountSubscribe", params: [watch.address, config] });
  }

  #send(request: { id: number; method: string; params: unknown[] }): void {
    if (this.#isOpen) this.#socket?.send(JSON.stringify({ jsonrpc: "2.0", ...request }));
  }

  #receive(data: unknown): void {
    const message = parse(data);
    if (message === undefined) return;
    const asked = typeof message.id === "number" ? this.#watches.get(message.id) : undefined;
    if (asked !== undefined) {
      if (typeof message.result !== "number") return;
      const isNew = asked.subscription === undefined;
      asked.subscription = message.result;
      if (isNew) asked.onHint();
      return;
    }
    if (typeof message.result === "number") this.#send({ id: this.#nextId++, method: "accountUnsubscribe", params: [message.result] }); // nobody waits for it any more
    const subscription = message.params?.subscription;
    if (typeof subscription !== "number") return;
    for (const watch of this.#watches.values()) if (watch.subscription === subscription) watch.onHint();
  }

  /** Terminates rather than closes: a server that is gone never answers a closing handshake. */
  #drop(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = () => undefined;
    if (socket.terminate) socket.terminate();
    else socket.close();
  }
}

/** By `ws` in Node, which can terminate; by the platform elsewhere. */
async function openSocket(endpoint: string): Promise<Socket> {
  const inNode = typeof process === "object" && process.versions?.node !== undefined;
  if (!inNode) return new WebSocket(endpoint) as Socket;
  const { default: NodeWebSocket } = await import("ws");
  return new NodeWebSocket(endpoint);
}

function parse(data: unknown): { id?: unknown; result?: unknown; params?: { subscription?: unknown } } | undefined {
  try {
    const message: unknown = JSON.parse(String(data));
    return typeof message === "object" && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
