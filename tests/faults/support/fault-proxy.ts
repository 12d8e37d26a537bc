/** A real proxy in front of a network's JSON-RPC and WebSocket that does to both what a schedule of faults says. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Connection } from "@solana/web3.js";
import { listenOnPair } from "../../../sdk/src/localnet/gate.js";
import { LyingRpc, type Call, type Reply } from "../../hostile/support/lying-rpc.js";
import type { Fault, FaultKind, Occasion, Schedule } from "./faults.js";
import { HttpFaults } from "./http-faults.js";
import { SocketFaults } from "./socket-faults.js";

export class FaultProxy {
  readonly rpc: LyingRpc;
  readonly #servers: readonly [http.Server, http.Server];
  readonly #http: HttpFaults;
  readonly #socket: SocketFaults;
  readonly #numbers = new Map<string, number>();
  /** How often a fault of each kind has happened. */
  readonly happened = new Map<FaultKind, number>();
  /** Calls that clients wait for now, and the most there ever were at once. */
  inFlight = 0;
  mostInFlight = 0;
  /** May be changed at any time; undefined: no faults. */
  schedule: Schedule | undefined;

  private constructor(servers: readonly [http.Server, http.Server], upstream: { rpcUrl: string; wsUrl: string }) {
    this.#servers = servers;
    this.rpc = LyingRpc.on(servers[0], upstream);
    this.#http = new HttpFaults();
    this.#socket = new SocketFaults(servers[1], upstream.wsUrl, (what) => this.#faultFor(what));
    this.be(undefined);
  }

  /** On two neighbouring ports, where every client looks that knows only the RPC URL. */
  static async start(upstream: { rpcUrl: string; wsUrl: string }, schedule?: Schedule): Promise<FaultProxy> {
    const proxy = new FaultProxy(await listenOnPair(() => http.createServer({ keepAliveTimeout: 0 }), undefined), upstream);
    proxy.be(schedule);
    return proxy;
  }

  /** From now on, faults as the schedule says, counted anew. */
  be(schedule: Schedule | undefined): void {
    this.schedule = schedule;
    this.#numbers.clear();
    this.happened.clear();
    this.mostInFlight = 0;
    this.rpc.always = (call, forward) => this.#answer(call, forward);
  }

  /** While it is true, no transaction is finalized. */
  set onFork(onFork: boolean) {
    this.#http.onFork = onFork;
  }

  /** From now on these transactions have never been. */
  takenBack(signatures: readonly string[]): void {
    for (const signature of signatures) this.#http.takenBack.add(signature);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#servers[0].address() as AddressInfo).port}`;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${(this.#servers[1].address() as AddressInfo).port}`;
  }

  /** Lets go of what it remembers of calls and answers. */
  forget(): void {
    this.rpc.calls.length = 0;
    this.#http.forget();
  }

  /** As an app would make one. */
  connection(): Connection {
    return new Connection(this.url, { commitment: "confirmed", wsEndpoint: this.wsUrl, disableRetryOnRateLimit: true });
  }

  /** WebSockets that clients have open. */
  get sockets(): number {
    return this.#socket.open;
  }

  /** Connections that clients have open to JSON-RPC. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => this.#servers[0].getConnections((error, count) => (error ? reject(error) : resolve(count))));
  }

  async stop(): Promise<void> {
    this.#http.stop();
    this.#socket.stop();
    await Promise.all([this.rpc.stop(), new Promise((resolve) => this.#servers[1].close(resolve))]);
  }

  #faultFor(what: string): Fault | undefined {
    const occasion: Occasion = { what, n: this.#numbers.get(what) ?? 0 };
    this.#numbers.set(what, occasion.n + 1);
    const fault = this.schedule?.(occasion);
    if (fault) this.happened.set(fault.kind, (this.happened.get(fault.kind) ?? 0) + 1);
    return fault;
  }

  async #answer(call: Call, forward: (call?: Call) => Promise<Reply>): Promise<Reply> {
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    try {
      return await this.#http.answer(call, forward, this.#faultFor(call.method));
    } finally {
      this.inFlight--;
    }
  }
}
