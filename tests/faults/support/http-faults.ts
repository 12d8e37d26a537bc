/** What each fault of JSON-RPC over HTTP does to a call and its answer. */
import { VersionedTransaction } from "@solana/web3.js";
import { toBase58 } from "@postern/sdk/crypto";
import type { Call, Reply } from "../../hostile/support/lying-rpc.js";
import { corrupted, roll, type Fault, type HttpFault } from "./faults.js";
import { Reordering } from "./reordering.js";

type Forward = (call?: Call) => Promise<Reply>;
type Act = (fault: Fault, call: Call, forward: Forward) => Reply | Promise<Reply>;

const MAX_DELAY_MS = 400;
/** Answers that are kept for each question, to give old ones; and of how many questions. */
const REMEMBERED = 4;
const REMEMBERED_QUESTIONS = 100;
/** How often a retracted transaction is said to be processed. */
const PROCESSED_FOR = 4;
const UNAVAILABLE = [500, 502, 503, 504];

export class HttpFaults {
  /** By method and parameters: what the network has answered, oldest first. */
  readonly #past = new Map<string, Reply[]>();
  /** Signatures of transactions that never arrived, and how often they are still said to be processed. */
  readonly #retracted = new Map<string, number>();
  /** Of transactions that were confirmed on a fork, and then left out. */
  readonly takenBack = new Set<string>();
  /** While the network is on a fork that it will leave, nothing is final. */
  onFork = false;
  readonly #held = new Reordering();
  readonly #timers = new Set<NodeJS.Timeout>();

  async answer(call: Call, forward: Forward, fault: Fault | undefined): Promise<Reply> {
    const passed: Forward = async (other = call) => this.#remember(other, this.#withRetracted(other, await forward(other)));
    const reply = fault === undefined ? await passed() : await this.#acts[fault.kind as HttpFault](fault, call, passed);
    this.#held.pass();
    return reply;
  }

  /** Lets go of answers that were given. */
  forget(): void {
    this.#past.clear();
    this.#retracted.clear();
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#held.stop();
  }

  readonly #acts: Readonly<Record<HttpFault, Act>> = {
    dropRequest: () => "hang",
    dropAnswer: (_, __, forward) => forward().then(() => "hang"),
    delay: async (fault, _, forward) => {
      await this.#wait(1 + roll(fault, 0, MAX_DELAY_MS));
      return forward();
    },
    duplicate: async (_, __, forward) => {
      await forward();
      return forward();
    },
    reorder: async (_, __, forward) => {
      const reply = await forward();
      await this.#held.wait();
      return reply;
    },
    truncate: async (fault, _, forward) => {
      const body = bodyOf(await forward());
      return { status: 200, body, bytes: roll(fault, 0, Buffer.byteLength(body)) };
    },
    corrupt: async (fault, _, forward) => {
      return { status: 200, body: corrupted(bodyOf(await forward()), fault) };
    },
    throttle: (fault) => ({ status: 429, body: "Too Many Requests", headers: { "retry-after": String(roll(fault, 0, 2)) } }),
    unavailable: (fault) => ({ status: UNAVAILABLE[roll(fault, 0, UNAVAILABLE.length)]!, body: "<html>oops</html>" }),
    cutRequest: () => "cut",
    cutAnswer: (_, __, forward) => forward().then(() => "cut"),
    behind: () => ({ error: { code: -32_005, message: "Node is behind by 42 slots" } }),
    stale: async (fault, call, forward) => {
      const past = this.#past.get(nameOf(call)) ?? [];
      return past[roll(fault, 0, Math.max(1, past.length))] ?? forward();
    },
    forget: (fault, { method, params }) => forgotten(fault, method, params),
    retract: async (_, { params }) => {
      const transaction = VersionedTransaction.deserialize(Buffer.from(params[0] as string, "base64"));
      const signature = toBase58(transaction.signatures[0]!);
      this.#retracted.set(signature, PROCESSED_FOR);
      return { result: signature };
    },
  };

  /** A retracted transaction is on the node's fork, for a while; when that is given up, it has never been. */
  #withRetracted({ method, params }: Call, reply: Reply): Reply {
    if (method !== "getSignatureStatuses" || typeof reply === "string" || !("result" in reply)) return reply;
    const { context, value } = reply.result as { context: { slot: number }; value: (object | null)[] };
    const told = value.map((status, i) => {
      const signature = (params[0] as string[])[i] ?? "";
      if (this.takenBack.has(signature)) return null;
      const left = this.#retracted.get(signature) ?? 0;
      if (status !== null) return this.onFork && "confirmationStatus" in status && status.confirmationStatus === "finalized" ? { ...status, confirmationStatus: "confirmed" } : status;
      if (left === 0) return null;
      this.#retracted.set(signature, left - 1);
      return { slot: context.slot, confirmations: 0, err: null, status: { Ok: null }, confirmationStatus: "processed" };
    });
    return { result: { context, value: told } };
  }

  #remember(call: Call, reply: Reply): Reply {
    const name = nameOf(call);
    const past = this.#past.get(name) ?? [];
    this.#past.delete(name); // to the end: the question that was not put for longest is forgotten
    this.#past.set(name, [...past, reply].slice(-REMEMBERED));
    for (const oldest of this.#past.keys()) if (this.#past.size > REMEMBERED_QUESTIONS) this.#past.delete(oldest);
    return reply;
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, delayMs);
      this.#timers.add(timer);
    });
  }
}

function forgotten(fault: Fault, method: string, params: readonly unknown[]): Reply {
  if (method === "getSignatureStatuses") return { result: { context: { slot: 1 }, value: (params[0] as string[]).map(() => null) } };
  if (roll(fault, 0, 2) === 0) return { error: { code: -32_011, message: "Transaction history is not available from this node" } };
  if (method === "getTransaction") return { result: null };
  const { before } = (params[1] ?? {}) as { before?: string };
  return before === undefined ? { result: [] } : { error: { code: -32_020, message: `Unknown signature ${before}` } };
}

const nameOf = ({ method, params }: Call): string => `${method} ${JSON.stringify(params)}`;

/** As the endpoint sends it. */
function bodyOf(reply: Reply): string {
  if (typeof reply === "string") return "";
  return "body" in reply ? reply.body : JSON.stringify({ jsonrpc: "2.0", id: "1", ...reply });
}
