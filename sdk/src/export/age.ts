/** The age format (age-encryption.org/v1), by its author's library. */
import { armor, Decrypter, Encrypter } from "age-encryption";
import { encodeText } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { invalid } from "./read.js";

/** Whom a file is encrypted to: a passphrase, or age recipients (`age1…`, post-quantum `age1pq1…`). */
export type ExportLock = { readonly passphrase: string; readonly recipients?: undefined } | { readonly recipients: readonly string[]; readonly passphrase?: undefined };
/** What opens it: the passphrase, or age identities (`AGE-SECRET-KEY-1…`, `AGE-SECRET-KEY-PQ-1…`). */
export type ExportKey = { readonly passphrase: string; readonly identities?: undefined } | { readonly identities: readonly string[]; readonly passphrase?: undefined };

const ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----";

/** Checked before anything is read. @throws PosternError INVALID_ARGUMENT, INVALID_TEXT */
export function encrypter({ passphrase, recipients }: ExportLock): Encrypter {
  const age = new Encrypter();
  if (passphrase !== undefined) age.setPassphrase(checked(passphrase, recipients));
  else each(recipients, "recipients", (recipient) => age.addRecipient(recipient));
  return age;
}

/** @throws PosternError INVALID_ARGUMENT, INVALID_TEXT */
export function decrypter({ passphrase, identities }: ExportKey): Decrypter {
  const age = new Decrypter();
  if (passphrase !== undefined) age.addPassphrase(checked(passphrase, identities));
  else each(identities, "identities", (identity) => age.addIdentity(identity));
  return age;
}

/** @throws PosternError PASSPHRASE_WRONG, IDENTITY_WRONG, EXPORT_INVALID. Causes are left out: the library's may name a secret. */
export async function decrypt(age: Decrypter, file: Uint8Array, { passphrase }: ExportKey): Promise<Uint8Array> {
  try {
    return await age.decrypt(unarmored(file));
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("no identity matched")) throw invalid();
  }
  if (passphrase === undefined) throw new PosternError("IDENTITY_WRONG", "None of these identities opens this file. Pass one that it was encrypted to.");
  throw new PosternError("PASSPHRASE_WRONG", "The passphrase does not open this file. Try again, minding capitals and spaces.");
}

function unarmored(file: Uint8Array): Uint8Array {
  const isArmored = new TextDecoder("latin1").decode(file.subarray(0, 64)).trimStart().startsWith(ARMOR);
  return isArmored ? armor.decode(new TextDecoder().decode(file)) : file;
}

/** Byte for byte as given, as age's own tools take it. */
function checked(passphrase: string, other: unknown): string {
  if (other !== undefined) throw new PosternError("INVALID_ARGUMENT", "Pass either a passphrase or a list, not both.");
  if (typeof passphrase !== "string" || passphrase === "") throw new PosternError("INVALID_ARGUMENT", "Pass a passphrase that is not empty.");
  encodeText(passphrase);
  return passphrase;
}

function each(values: readonly string[] | undefined, name: string, add: (value: string) => void): void {
  const refusal = new PosternError("INVALID_ARGUMENT", `Pass a passphrase, or ${name} as age writes them, at least one.`);
  if (!Array.isArray(values) || values.length === 0) throw refusal;
  for (const value of values as readonly unknown[]) {
    if (typeof value !== "string") throw refusal;
    try {
      add(value);
    } catch {
      throw refusal;
    }
  }
}
