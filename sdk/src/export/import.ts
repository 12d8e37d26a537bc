import { heldKeys } from "../client/held-keys.js";
import type { KeySource } from "../client/key-source.js";
import { domain, fromBase58 } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { decrypt, decrypter, type ExportKey } from "./age.js";
import type { ExportContent } from "./content.js";
import { readContent } from "./read.js";

export type ImportOptions = ExportKey & {
  /** Refuses an export of another wallet. */
  readonly wallet?: string;
  /** Refuses a longer file before it is worked on; default 64 MiB. */
  readonly maxBytes?: number;
};

export type ImportedHistory = Omit<ExportContent, "keys"> & {
  /** For `Postern.connect`, if the export has keys: unlocks without asking the wallet, as long as these are its current ones. */
  readonly keys: KeySource | undefined;
};

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Opens an export → plain objects, all or nothing. Needs no network and no wallet.
 *
 * With a passphrase, what is in it was written by someone who knew that. With identities, by anybody: the ledger is what proves
 * messages. The keys prove themselves when they connect.
 *
 * @throws PosternError PASSPHRASE_WRONG, IDENTITY_WRONG, EXPORT_INVALID, EXPORT_UNSUPPORTED, EXPORT_TOO_LARGE, EXPORT_MISPLACED,
 * INVALID_ARGUMENT, INVALID_TEXT
 * @example
 * ```ts
 * import { importEncrypted } from "@postern/sdk/export";
 *
 * const { conversations, keys, wallet } = await importEncrypted(await readFile("messages.age"), { passphrase });
 * for (const { peer, messages } of conversations) console.log(peer, messages.length);
 *
 * const publicKey = { toBase58: () => wallet }; // the wallet itself may be gone
 * const postern = await Postern.connect({ connection, wallet: { publicKey }, keys });
 * ```
 */
export async function importEncrypted(file: Uint8Array, options: ImportOptions): Promise<ImportedHistory> {
  if (!(file instanceof Uint8Array)) throw new PosternError("INVALID_ARGUMENT", "Pass the file as a Uint8Array.");
  const { maxBytes = MAX_BYTES } = options;
  if (file.length > maxBytes) {
    throw new PosternError("EXPORT_TOO_LARGE", "This file is longer than context.maxBytes. If you made it, pass a higher maxBytes.", { context: { bytes: file.length, maxBytes } });
  }
  const plain = await decrypt(decrypter(options), Uint8Array.from(file), options);
  try {
    const { keys, ...content } = readContent(plain);
    if (options.wallet !== undefined && options.wallet !== content.wallet) {
      throw new PosternError("EXPORT_MISPLACED", "This is an export of another wallet, context.wallet.", { context: { wallet: content.wallet } });
    }
    return { ...content, keys: keys && heldKeys(keys.kind, { wallet: content.wallet, domain: domainOf(content), scope: content.scope, secrets: keys.generations }) };
  } finally {
    plain.fill(0);
  }
}

function domainOf({ program, cluster }: { program: string; cluster: string }): Uint8Array {
  return domain({ programId: fromBase58(program, 32), genesisHash: fromBase58(cluster, 32) });
}
