/** What was thrown, and what must never be in it. */
import { inspect } from "node:util";
import { isPosternError, type PosternError } from "@postern/sdk";
import { toBase58, toHex } from "@postern/sdk/crypto";
import { expect } from "chai";

const thrown: unknown[] = [];
/** By their bytes: what each is called, and how it would look in text. */
const secrets = new Map<string, { readonly name: string; readonly spellings: readonly string[] }>();

/** From now on these bytes must not be found in anything that was thrown. */
export function keepSecret(name: string, bytes: Uint8Array): void {
  const id = toHex(bytes);
  if (!secrets.has(id)) secrets.set(id, { name, spellings: spellingsOf(bytes) });
}

/** The error of a promise that must end in a PosternError of this code. */
export async function refused(promise: Promise<unknown>, code: string): Promise<PosternError> {
  const error = await promise.then((value) => expect.fail(`resolved with ${String(value)} instead of ${code}`), (reason: unknown) => reason);
  thrown.push(error);
  if (!isPosternError(error)) throw error;
  expect(error.code, error.message).to.equal(code);
  expect(error.message, "a sentence that says what to do").to.match(/^\S.*\s.*\.$/su);
  return error;
}

/** How the bytes would look in text. The first bytes are enough: a part of a secret must not show either. */
export function spellingsOf(secret: Uint8Array): string[] {
  const part = secret.subarray(0, 24);
  const base64 = Buffer.from(part).toString("base64"); // 24 bytes: no padding, a prefix of the whole
  const hex = toHex(part);
  return [hex, hex.toUpperCase(), toBase58(secret), base64, base64.replaceAll("+", "-").replaceAll("/", "_"), [...part].join(","), hex.replace(/..(?!$)/gu, "$& ")];
}

/** Everything that a logger could print of a value: every property, hidden ones and symbols too, down every branch. */
export function everythingIn(value: unknown): string {
  const seen = new Set<unknown>();
  const parts: string[] = [];
  const walk = (at: unknown): void => {
    if (ArrayBuffer.isView(at)) parts.push([...new Uint8Array(at.buffer, at.byteOffset, at.byteLength)].join(","));
    if ((typeof at !== "object" && typeof at !== "function") || at === null || seen.has(at)) return void parts.push(String(at));
    seen.add(at);
    if (ArrayBuffer.isView(at)) return;
    if (Array.isArray(at)) parts.push(at.join(","));
    if (at instanceof Map || at instanceof Set) for (const entry of at) walk(entry);
    for (const key of Reflect.ownKeys(at)) {
      parts.push(String(key));
      walk(Reflect.getOwnPropertyDescriptor(at, key)?.value);
    }
  };
  walk(value);
  const shown = inspect(value, { depth: 10, showHidden: true, maxArrayLength: null, maxStringLength: null, breakLength: Infinity });
  return `${parts.join("\n")}\n${shown.replace(/,\s+/gu, ",")}\n${json(value)}\n${value instanceof Error ? `${value.message}\n${value.stack}` : ""}`;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value, (_, at: unknown) => (typeof at === "bigint" ? String(at) : at)) ?? "";
  } catch {
    return ""; // a circle: the walk has seen it
  }
}

/** Names of the secrets that can be read out of a value. */
export function secretsIn(value: unknown): string[] {
  const text = everythingIn(value);
  return [...secrets.values()].filter(({ spellings }) => spellings.some((spelling) => text.includes(spelling))).map(({ name }) => name);
}

/** For the end of a suite: nothing that was thrown in it holds a secret. */
export function itTellsNoSecret(): void {
  it("tells no secret in any error: message, properties, stack, causes", () => {
    expect(thrown, "errors to look at").not.to.be.empty;
    expect(secrets.size, "secrets to look for").to.be.above(0);
    for (const error of thrown.splice(0)) expect(secretsIn(error)).to.deep.equal([]);
  });
}
