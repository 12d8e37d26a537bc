/** The format of the vector files: functions with named inputs and outputs, and cases that call them. Described in sdk/vectors/README.md. */
import * as c from "../../../sdk/src/crypto/index.js";
import { isPosternError } from "../../../sdk/src/errors.js";

export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Values = Readonly<Record<string, Value>>;
export type Fields = Readonly<Record<string, string>>;

/** A function of the protocol as the vectors call it; types are those of sdk/vectors/README.md. */
export type VectorFunction = {
  /** Section of docs/PROTOCOL.md. */
  readonly section: string;
  readonly inputs: Fields;
  readonly outputs: Fields;
  readonly run: (inputs: Reader) => Results | Promise<Results>;
};
type Result = Value | Uint8Array | readonly Result[] | { readonly [name: string]: Result };
export type Results = { readonly [name: string]: Result };

export type ValidCase = { readonly name: string; readonly function: string; readonly inputs: Values; readonly outputs: Values };
export type InvalidCase = { readonly name: string; readonly function: string; readonly inputs: Values; readonly error: string };
export type VectorFile = { readonly protocol: "postern/1"; readonly valid: readonly ValidCase[]; readonly invalid: readonly InvalidCase[] };

/** A case before its outputs are computed: valid, or refused with `error`. */
export type Draft = { readonly name: string; readonly function: string; readonly inputs: Values; readonly error?: string };

/** Reads the inputs of a case by name and type. */
export class Reader {
  readonly #values: Values;

  constructor(values: Values) {
    this.#values = values;
  }

  has = (name: string): boolean => this.#values[name] !== null;
  text = (name: string): string => String(this.#values[name]);
  number = (name: string): number => Number(this.#values[name]);
  bytes = (name: string): Uint8Array => c.fromHex(this.text(name));
  list = (name: string): Reader[] => (this.#values[name] as readonly Values[]).map((values) => new Reader(values));
  byteList = (name: string): Uint8Array[] => (this.#values[name] as readonly string[]).map((text) => c.fromHex(text));

  cluster = (): c.Cluster => c.cluster({ programId: this.bytes("programId"), genesisHash: this.bytes("genesisHash"), scope: this.text("scope") });
  inbox = (): c.InboxIdentity => ({ inbox: this.bytes("inbox"), writer: this.bytes("writer"), openSalt: this.bytes("openSalt") });
}

function toValue(result: Result): Value {
  if (result instanceof Uint8Array) return c.toHex(result);
  if (Array.isArray(result)) return (result as readonly Result[]).map(toValue);
  if (typeof result === "object" && result !== null) return toValues(result as Results);
  return result as Value;
}

export function toValues(results: Results): Values {
  return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, toValue(result)]));
}

/** What a function gives for these inputs: its outputs, or the code of its error. */
export async function outcomeOf(run: VectorFunction["run"], inputs: Values): Promise<{ readonly outputs: Values } | { readonly error: string }> {
  try {
    return { outputs: toValues(await run(new Reader(inputs))) };
  } catch (error) {
    if (!isPosternError(error)) throw error;
    return { error: error.code };
  }
}

/** True when `value` has a type of the vector files' README. */
export function isOfType(value: Value | undefined, type: string): boolean {
  if (type.endsWith("?")) return value === null || isOfType(value, type.slice(0, -1));
  if (type.endsWith("[]")) return Array.isArray(value) && (value as readonly Value[]).every((item) => isOfType(item, type.slice(0, -2)));
  if (type === "text") return typeof value === "string";
  if (type === "boolean") return typeof value === "boolean";
  if (type === "number") return typeof value === "number" && Number.isSafeInteger(value);
  if (type === "bytes") return typeof value === "string" && /^([0-9a-f]{2})*$/.test(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  throw new Error(`no type of the vector files: ${type}`);
}
