/** A wallet of the second implementation, as a process that answers one JSON line with one. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Localnet } from "@postern/sdk/localnet";

const ANSWERS_WITHIN_MS = 60_000;

export interface ReadMessage {
  readonly mine: boolean;
  readonly seq: number;
  readonly text: string;
  readonly sent: number;
  readonly seen: number;
  readonly posted: number;
}

interface Answers {
  register: null;
  register_by_transactions: null;
  rotate: null;
  close_to_requests: null;
  move: null;
  follow: boolean;
  open: null;
  open_half: null;
  resume: string[];
  requests: { readonly from: string; readonly provenBy: string }[];
  accept: null;
  answered: boolean;
  send: number;
  read: ReadMessage[];
  acknowledge: number;
  restore: string[];
  safety: string;
}

export interface Agent {
  readonly address: string;
  /** Rejects with what the process said when it ended, or with the protocol's code that the command was refused with. */
  ask<C extends keyof Answers>(command: C, args?: Readonly<Record<string, string>>): Promise<Answers[C]>;
  /** Ends the process. Everything that it had not answered is rejected. */
  stop(): Promise<void>;
}

/** The interpreter that has the packages of requirements.txt. */
export function python(): string {
  const named = process.env["POSTERN_PYTHON"];
  if (named === undefined) throw new Error("POSTERN_PYTHON names no interpreter: use npm run test:interop.");
  return named;
}

export function startAgent(net: Localnet, wallet: { readonly address: string; readonly secretKey: Uint8Array }): Agent {
  const child = spawn(python(), ["-B", "agent.py"], { cwd: __dirname, env: { ...process.env, PYTHONUTF8: "1" }, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.resolve(line));
  void ended.then(() => waiting.splice(0).forEach(({ reject }) => reject(new Error(`the second implementation ended: ${complaints.trim()}`))));
  child.stdin.on("error", () => undefined); // told by the end of the process

  const put = (line: unknown): boolean => child.stdin.write(`${JSON.stringify(line)}\n`);
  put({ rpc: net.rpcUrl, program: net.programId, seed: Buffer.from(wallet.secretKey.subarray(0, 32)).toString("hex") });

  const exchange = (line: unknown): Promise<string> =>
    new Promise((resolve, reject) => {
      if (child.exitCode !== null) throw new Error(`the second implementation ended: ${complaints.trim()}`);
      const timer = setTimeout(() => reject(new Error(`no answer in ${ANSWERS_WITHIN_MS} ms to ${JSON.stringify(line)}`)), ANSWERS_WITHIN_MS);
      const settle = <T>(then: (value: T) => void) => (value: T) => {
        clearTimeout(timer);
        then(value);
      };
      waiting.push({ resolve: settle(resolve), reject: settle(reject) });
      put(line);
    });

  return {
    address: wallet.address,
    ask: async (command, args = {}) => {
      const answer = JSON.parse(await exchange({ do: command, ...args })) as { ok?: unknown; code?: string; error?: string };
      if (answer.code !== undefined) throw new Error(answer.error);
      return answer.ok as Answers[typeof command];
    },
    stop: async () => {
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
