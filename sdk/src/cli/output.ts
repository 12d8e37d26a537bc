/** What is printed: lines for people, or JSON objects for programs. */
import { isPosternError } from "../errors.js";
import { KeypairError } from "./exit-code.js";
import { UsageError } from "./usage.js";

/** What takes longer says what it is waiting for. */
const PATIENCE_MS = 1_000;

export type Output = {
  /** A result: `json` as one line of JSON, or `text` for people. */
  readonly result: (json: Readonly<Record<string, unknown>>, text: string) => void;
  /** What is no result, or that there is none, for people: on standard error, where no reader of results takes it for one. */
  readonly aside: (text: string) => void;
  /** Awaits work, and says on standard error what is going on once it takes longer than a second. */
  readonly during: <T>(what: string, work: Promise<T>) => Promise<T>;
};

export function outputTo(format: { readonly json: boolean }): Output {
  return {
    result: (json, text) => console.log(format.json ? toJson(json) : text),
    aside: (text) => void (format.json || console.error(text)),
    during: async (what, work) => {
      let startedToTell = false;
      const timer = setTimeout(() => {
        startedToTell = true;
        process.stderr.write(`${what} …\n`);
      }, PATIENCE_MS);
      const from = performance.now();
      try {
        return await work;
      } finally {
        clearTimeout(timer);
        if (startedToTell) process.stderr.write(`${what}: ${((performance.now() - from) / 1_000).toFixed(1)} s\n`);
      }
    },
  };
}

/** Amounts as decimal strings, which no reader rounds; times as ISO 8601. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? one.toString() : one));
}

export function errorJson(error: unknown): string {
  if (isPosternError(error)) return toJson({ error: error.code, message: error.message, context: error.context });
  const code = error instanceof UsageError ? "USAGE" : error instanceof KeypairError ? "KEYPAIR_INVALID" : "FAILED";
  return toJson({ error: code, message: error instanceof Error ? error.message : String(error) });
}

/** SOL, to the lamport. */
export function sol(lamports: bigint): string {
  const text = lamports.toString().padStart(10, "0");
  return `${text.slice(0, -9)}.${text.slice(-9).replace(/0+$/, "") || "0"} SOL`;
}

/**
 * A text from somebody else, fit for a terminal: what would move the cursor, set colours or titles, or turn the reading direction of
 * what follows is shown as its code point instead.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]/gu, (character) =>
    character === "\n" ? "\n  " : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
