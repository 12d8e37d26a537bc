/** A real HTTP proxy in front of a network's JSON-RPC that passes everything on, but for what a test tells it to lie about. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Connection } from "@solana/web3.js";

export type PlainAccount = { readonly lamports: number; readonly owner: string; readonly data: Uint8Array; readonly executable: boolean };
/** What the network has at an address, and what the client is told. */
export type AccountLie = (account: PlainAccount | null) => PlainAccount | null;

export type Call = { readonly method: string; readonly params: readonly unknown[] };
/** `hang` never answers, `cut` closes the connection; `body` is sent as it is, or its first `bytes`, whereupon the connection is closed. */
export type Reply =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>>; readonly bytes?: number }
  | "hang" | "cut";
export type MethodLie = (call: Call, forward: (call?: Call) => Promise<Reply>) => Reply | Promise<Reply>;

type WireAccount = { lamports: number; owner: string; data: [string, "base64"]; executable: boolean; rentEpoch: number; space: number };
type Config = { dataSlice?: { offset: number; length: number } };

export class LyingRpc {
  readonly #server: http.Server;
  readonly #upstream: string;
  readonly #wsUrl: string;
  readonly #hanging = new Set<http.ServerResponse>();
  readonly #accounts = new Map<string, AccountLie>();
  readonly #methods = new Map<string, MethodLie>();
  /** Answers every call whose method has no lie of its own. */
  always: MethodLie | undefined;
  /** Every call that arrived, in order. */
  readonly calls: Call[] = [];
  /** Whether {@link calls} grows; counted they are in any case. */
  remembersCalls = true;
  /** How many calls arrived, by method. */
  readonly counts = new Map<string, number>();
  /** Calls that have arrived and are not answered. */
  inFlight = 0;
  /** Bytes of all answers' bodies. */
  sentBytes = 0;

  private constructor(server: http.Server, upstream: { rpcUrl: string; wsUrl: string }) {
    this.#server = server;
    this.#upstream = upstream.rpcUrl;
    this.#wsUrl = upstream.wsUrl;
  }

  static async start(upstream: { rpcUrl: string; wsUrl: string }): Promise<LyingRpc> {
    const server = http.createServer({ keepAliveTimeout: 0 });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return LyingRpc.on(server, upstream);
  }

  /** Serves on a server that listens already. */
  static on(server: http.Server, upstream: { rpcUrl: string; wsUrl: string }): LyingRpc {
    const rpc = new LyingRpc(server, upstream);
    server.on("request", (request, response) => void rpc.#serve(request, response).catch(() => response.destroy())); // a client that is gone
    return rpc;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A web3.js Connection through the proxy; its notifications are the network's own, another server's, or absent. */
  connection(options: { notifications?: boolean; wsUrl?: string } = {}): Connection {
    const connection = new Connection(this.url, { commitment: "confirmed", wsEndpoint: options.wsUrl ?? this.#wsUrl, disableRetryOnRateLimit: true });
    if (options.notifications === false) Object.defineProperty(connection, "onAccountChange", { value: undefined });
    return connection;
  }

  /** From now on, what stands at an address is told through `lie`. */
  account(address: string, lie: AccountLie): void {
    this.#accounts.set(address, lie);
  }

  /** From now on, a method is answered by `lie`. */
  method(name: string, lie: MethodLie): void {
    this.#methods.set(name, lie);
  }

  /** Ends every lie; calls that hang are cut. */
  honest(): void {
    this.#accounts.clear();
    this.#methods.clear();
    this.always = undefined;
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
  }

  /** How many calls hang. */
  get hanging(): number {
    return this.#hanging.size;
  }

  async stop(): Promise<void> {
    this.honest();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { id, method, params = [] } = JSON.parse(Buffer.concat(parts).toString()) as { id: unknown; method: string; params?: unknown[] };
    const call = { method, params };
    if (this.remembersCalls) this.calls.push(call);
    this.counts.set(method, (this.counts.get(method) ?? 0) + 1);
    const forward = (other: Call = call): Promise<Reply> => this.#answer(other);
    const lie = this.#methods.get(method) ?? this.always;
    this.inFlight++;
    const reply = await Promise.resolve(lie ? lie(call, forward) : forward()).catch((): Reply => "cut").finally(() => this.inFlight--);
    if (reply === "hang") this.#hang(response);
    else if (reply === "cut") response.destroy();
    else if ("body" in reply) this.#send(response, reply);
    else this.#send(response, { status: 200, body: JSON.stringify({ jsonrpc: "2.0", id, ...reply }) });
  }

  #hang(response: http.ServerResponse): void {
    this.#hanging.add(response);
    response.once("close", () => this.#hanging.delete(response)); // the client has given it up
    if (response.destroyed) this.#hanging.delete(response);
  }

  #send(response: http.ServerResponse, { status, body, headers, bytes }: Extract<Reply, { body: string }>): void {
    const all = Buffer.from(body);
    this.sentBytes += all.length;
    response.writeHead(status, { "content-type": "application/json", "content-length": all.length, ...headers });
    if (bytes === undefined) response.end(all);
    else response.write(all.subarray(0, bytes), () => response.destroy());
  }

  async #answer(call: Call): Promise<Reply> {
    if (this.#accounts.size > 0 && call.method === "getMultipleAccounts") return this.#multiple(call);
    if (this.#accounts.size > 0 && call.method === "getProgramAccounts") return this.#program(call);
    return this.#forward(call);
  }

  async #multiple({ method, params: [addresses, config] }: Call): Promise<Reply> {
    const { dataSlice, ...whole } = (config ?? {}) as Config;
    const reply = await this.#forward({ method, params: [addresses, whole] });
    if (typeof reply === "string" || !("result" in reply)) return reply;
    const { context, value } = reply.result as { context: unknown; value: (WireAccount | null)[] };
    return { result: { context, value: value.map((account, i) => slice(this.#told((addresses as string[])[i] ?? "", account), dataSlice)) } };
  }

  async #program(call: Call): Promise<Reply> {
    const reply = await this.#forward(call);
    if (typeof reply === "string" || !("result" in reply)) return reply;
    const told = (reply.result as { pubkey: string; account: WireAccount }[]).flatMap(({ pubkey, account }) => {
      const lie = this.#told(pubkey, account);
      return lie === null ? [] : [{ pubkey, account: lie }];
    });
    return { result: told };
  }

  #told(address: string, account: WireAccount | null): WireAccount | null {
    const lie = this.#accounts.get(address);
    if (lie === undefined) return account;
    const told = lie(account && { lamports: account.lamports, owner: account.owner, data: Buffer.from(account.data[0], "base64"), executable: account.executable });
    return told && { lamports: told.lamports, owner: told.owner, data: [Buffer.from(told.data).toString("base64"), "base64"], executable: told.executable, rentEpoch: 0, space: told.data.length };
  }

  async #forward({ method, params }: Call): Promise<Reply> {
    const answer = await fetch(this.#upstream, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
    const { result, error } = (await answer.json()) as { result?: unknown; error?: { code: number; message: string } };
    return error === undefined ? { result } : { error };
  }
}

function slice(account: WireAccount | null, part: Config["dataSlice"]): WireAccount | null {
  if (account === null || part === undefined) return account;
  const bytes = Buffer.from(account.data[0], "base64").subarray(part.offset, part.offset + part.length);
  return { ...account, data: [bytes.toString("base64"), "base64"] };
}

/** Told with other bytes: `change` gets a copy of the data and may edit it or return another. */
export const withData = (change: (data: Uint8Array) => Uint8Array | void): AccountLie => (account) => {
  if (account === null) return null;
  const data = Uint8Array.from(account.data);
  return { ...account, data: change(data) ?? data };
};
export const hidden: AccountLie = () => null;
export const ownedBy = (owner: string): AccountLie => (account) => account && { ...account, owner };
