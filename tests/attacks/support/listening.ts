/** Hears what the SDK says to anybody but its caller: every error that it makes, even one that it keeps to itself, and every line that it prints. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { PosternError } from "@postern/sdk";

type Errors = { PosternError: typeof PosternError };

export type Listening = {
  readonly made: PosternError[];
  readonly printed: string[];
  stop(): void;
};

/** From now on until `stop`. */
export function listenToSdk(): Listening {
  const made: PosternError[] = [];
  const printed: string[] = [];
  const undo = [recordErrors(made), ...recordPrinting(printed)];
  return { made, printed, stop: () => undo.forEach((act) => act()) };
}

/** The CommonJS build makes every error by this property of one module. */
function recordErrors(made: PosternError[]): () => void {
  const require = createRequire(__filename);
  const errors = require(join(dirname(require.resolve("@postern/sdk")), "errors.js")) as Errors;
  const original = errors.PosternError;
  errors.PosternError = new Proxy(original, {
    construct(target, args, newTarget) {
      const error = Reflect.construct(target, args, newTarget) as PosternError;
      made.push(error);
      return error;
    },
  });
  return () => void (errors.PosternError = original);
}

function recordPrinting(printed: string[]): (() => void)[] {
  const methods = ["log", "info", "warn", "error", "debug", "trace", "dir", "table"] as const;
  const undo = methods.map((method) => {
    const original = console[method];
    console[method] = (...values: unknown[]) => void printed.push(values.map(String).join(" "));
    return () => void (console[method] = original);
  });
  const streams = [process.stdout, process.stderr].map((stream) => {
    const original = stream.write;
    stream.write = ((...args: Parameters<typeof original>): boolean => {
      if (isReporting()) return original.apply(stream, args);
      printed.push(typeof args[0] === "string" ? args[0] : Buffer.from(args[0]).toString());
      return true;
    }) as typeof original;
    return () => void (stream.write = original);
  });
  const warned = (warning: Error): void => void printed.push(String(warning));
  process.on("warning", warned);
  return [...undo, ...streams, () => void process.off("warning", warned)];
}

/** True while the reporter of the tests writes a line. */
function isReporting(): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const { stack = "" } = new Error("where");
  Error.stackTraceLimit = stackTraceLimit;
  return /[\\/](?:mocha[\\/]lib[\\/]reporters|tools[\\/]test)[\\/]/u.test(stack);
}
