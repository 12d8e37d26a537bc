import type { Postern } from "../client/postern.js";
import { internalsOf } from "../client/internals.js";
import { encrypter, type ExportLock } from "./age.js";
import { collect } from "./collect.js";
import { writeContent } from "./write.js";

export type ExportOptions = ExportLock & {
  /**
   * Puts the keys of every generation in as well (default: no). **Whoever opens such a file reads everything and writes in this
   * wallet's name, until its keys are rotated.** Not the root: it can neither rotate nor register.
   */
  readonly keys?: boolean;
};

/**
 * All that this session can read now, as one age file: conversations, requests, messages with their ids and times, those that
 * cannot be read, and what is missing. Reads, and marks nothing as read or handed over.
 *
 * With a passphrase, age stretches it with scrypt (256 MiB, a second or two in which the page does not answer). With recipients,
 * the file does not say who made it. Of those only `age1pq1…` resists a quantum computer; a passphrase does.
 *
 * @returns the bytes of the file; any tool for age decrypts it to JSON lines
 * @throws PosternError INVALID_ARGUMENT, INVALID_TEXT, NOT_REGISTERED (with `keys`), RPC_FAILED, CLOSED, LOCKED
 * @example
 * ```ts
 * import { exportEncrypted } from "@postern/sdk/export";
 *
 * await writeFile("messages.age", await exportEncrypted(postern, { passphrase, keys: true }));
 * ```
 */
export async function exportEncrypted(postern: Postern, options: ExportOptions): Promise<Uint8Array> {
  const internals = internalsOf(postern);
  const age = encrypter(options);
  return internals.session.run(async () => {
    const content = await collect(internals, { keys: options.keys === true });
    const plain = writeContent(content);
    try {
      return await age.encrypt(plain);
    } finally {
      plain.fill(0);
      for (const secret of content.keys?.generations.values() ?? []) secret.fill(0);
    }
  });
}
