/** A real connection that fails, or is watched, where a test says so. */
import type { Connection } from "@solana/web3.js";

type Method = "sendRawTransaction" | "getMultipleAccountsInfo" | "getSignatureStatuses" | "getLatestBlockhash" | "getBlockHeight" | "getProgramAccounts" | "simulateTransaction" | "getTransaction" | "getSignaturesForAddress" | "getRecentPrioritizationFees";
/** Runs around every call; calls `pass` to let it through. `call` counts the calls of this method from 1. */
export type Hook = (call: number, pass: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>;

type WithContext = { readonly context: unknown; readonly value: unknown };

/** The connection with hooks around some of its methods. They may be changed at any time. That of getMultipleAccountsInfo is around the one with context, too, and that of getBlockHeight around the other way to ask for it. */
export function hooked(connection: Connection, hooks: Partial<Record<Method, Hook>>): Connection {
  const calls = new Map<string, number>();
  return new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        const pass = (): Promise<unknown> => Reflect.apply(value, target, args) as Promise<unknown>;
        const withContext = name === "getMultipleAccountsInfoAndContext";
        const method = withContext ? "getMultipleAccountsInfo" : name === "getEpochInfo" ? "getBlockHeight" : (name as Method);
        const hook = hooks[method];
        if (hook === undefined) return pass();
        const call = (calls.get(method) ?? 0) + 1;
        calls.set(method, call);
        if (!withContext) return hook(call, pass, args);
        let context: unknown;
        const accounts = hook(call, async () => {
          const answer = (await pass()) as WithContext;
          context = answer.context;
          return answer.value;
        }, args);
        return accounts.then((value): WithContext => ({ context, value }));
      };
    },
  });
}

/** Tells of each call of sendRawTransaction which transaction it is of, from 1: the same bytes are handed over again until they are seen to have landed. */
export function numbered(): (args: readonly unknown[]) => number {
  const wires: string[] = [];
  return ([bytes]) => {
    const wire = Buffer.from(bytes as Uint8Array).toString("hex");
    if (!wires.includes(wire)) wires.push(wire);
    return wires.indexOf(wire) + 1;
  };
}

/** A failure as an endpoint's. */
export const down = async (): Promise<never> => {
  throw new Error("503 Service Unavailable");
};
