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
  const warned = (warning: Error): void => void printed.push(String(warning));
  process.on("warning", warned);
  return [...undo, () => void process.off("warning", warned)];
}
