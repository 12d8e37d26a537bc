/** Reading a command's words. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./usage.js";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Options that every command takes which works with a wallet. */
export const COMMON = {
  url: { type: "string", short: "u" },
  witness: { type: "string" },
  keypair: { type: "string", short: "k" },
  program: { type: "string" },
  store: { type: "string" },
  json: { type: "boolean" },
} as const satisfies Options;

export type Common = { readonly url?: string | undefined; readonly witness?: string | undefined; readonly keypair?: string | undefined; readonly program?: string | undefined; readonly store?: string | undefined; readonly json?: boolean | undefined };

type Words<T extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>>;

/** @throws UsageError for an unknown option, or another number of arguments than are named */
export function wordsOf<const T extends Options>(args: string[], options: T, names: readonly string[]): Words<T> {
  let words: Words<T>;
  try {
    words = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { positionals } = words;
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  if (positionals.length > names.length) throw new UsageError(`Too many arguments: ${positionals.slice(names.length).join(" ")}`);
  return words;
}

/** A whole number from 1; undefined where the option was not given. @throws UsageError */
export function countOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`${option} takes a whole number from 1.`);
  return Number(text);
}

/** Lamports; undefined where the option was not given. @throws UsageError */
export function lamportsOf(option: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,19}$/.test(text)) throw new UsageError(`${option} takes lamports: a whole number, of which 1,000,000,000 make one SOL.`);
  return BigInt(text);
}
