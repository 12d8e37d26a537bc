/** The postern command as a process of its own, as a user starts it. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PACKAGE = require.resolve("@postern/sdk/package.json");
export const { bin, version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { bin: { postern: string }; version: string };
const EXECUTABLE = join(dirname(PACKAGE), bin.postern);

export type Ended = { readonly exit: unknown; readonly stdout: string; readonly stderr: string };
export type Run = { readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly printed: (pattern: RegExp) => Promise<string> };

export function start(args: readonly string[], options: { env?: Readonly<Record<string, string>>; input?: string } = {}): Run {
  const child = spawn(EXECUTABLE, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...options.env } });
  child.stdin.end(options.input ?? "");
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once("close", (code, signal) => resolve({ exit: signal ?? code, stdout, stderr })));
  const seen: (() => void)[] = [];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const look of seen) look();
  });
  const printed = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (pattern.test(stdout) && resolve(stdout));
      seen.push(look);
      look();
      void ended.then(() => reject(new Error(`ended without printing ${pattern}: ${stdout}${stderr}`)));
    });
  return { child, ended, printed };
}
