/** What an error says to somebody at a terminal: in the words of the command line, with amounts and times in place of the names of fields. */
import { isPosternError } from "../errors.js";
import { sol } from "./output.js";

/** Where the SDK's sentence names a function. */
const SENTENCES: Readonly<Record<string, string>> = {
  NOT_REGISTERED: "This wallet is not registered yet. Run postern register once.",
  POSTAGE_REQUIRED: "This wallet asks postage of those it does not know. Agree to it with --max-postage.",
};

export function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!isPosternError(error)) return message;
  const sentence = (SENTENCES[error.code] ?? message).replace(/context\.(\w+)/g, (field, name: string) => shown(name, error.context[name]) ?? field);
  const more = ["missingLamports", "postageLamports", "closableAt", "unreadByPeer", "limitBytes"].flatMap((name) => {
    const value = shown(name, error.context[name]);
    return value === undefined || sentence.includes(value) ? [] : [`${name}: ${value}`];
  });
  return more.length === 0 ? sentence : `${sentence} (${more.join(", ")})`;
}

function shown(name: string, value: unknown): string | undefined {
  if (typeof value === "bigint" && name.endsWith("Lamports")) return `${value} lamports (${sol(value)})`;
  return value === undefined ? undefined : value instanceof Date ? value.toISOString() : String(value);
}
