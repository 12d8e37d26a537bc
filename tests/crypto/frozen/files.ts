/** The vector files of suite 1, computed again from the cases. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleCases, certificateCases, safetyNumberCases, vaultCases } from "./cases/bundles.js";
import { certificateTransactionCases } from "./cases/certificate-transactions.js";
import { rekeyCases, restoreCases, restorePathCases } from "./cases/flows.js";
import { handshakeCases, ownerBoxCases, replyPointerCases } from "./cases/inboxes.js";
import { domainCases, generationCases, rootCases, suiteCases } from "./cases/keys.js";
import { logCases, messageCases } from "./cases/messages.js";
import { type Draft, type InvalidCase, type ValidCase, type VectorFile, outcomeOf } from "./format.js";
import { functions } from "./functions/index.js";

export const FOLDER = join(__dirname, "../../../sdk/vectors");

export const CASES: Readonly<Record<string, () => Draft[] | Promise<Draft[]>>> = {
  suite: suiteCases, domain: domainCases, root: rootCases, generations: generationCases, certificate: certificateCases, bundle: bundleCases,
  "safety-number": safetyNumberCases, "owner-box": ownerBoxCases, log: logCases, handshake: handshakeCases, message: messageCases,
  "reply-pointer": replyPointerCases, rekey: rekeyCases, restore: restoreCases, "restore-paths": restorePathCases, vault: vaultCases,
  "certificate-transaction": certificateTransactionCases,
};

/** @throws Error for a case whose function gives another outcome than the case expects */
export async function vectorFile(drafts: readonly Draft[]): Promise<VectorFile> {
  const valid: ValidCase[] = [];
  const invalid: InvalidCase[] = [];
  for (const { name, function: call, inputs, error } of drafts) {
    const outcome = await outcomeOf(functions[call]!.run, inputs);
    if ("error" in outcome ? outcome.error !== error : error !== undefined) {
      throw new Error(`${call}, ${name}: expected ${error ?? "outputs"}, found ${"error" in outcome ? outcome.error : "outputs"}`);
    }
    if ("outputs" in outcome) valid.push({ name, function: call, inputs, outputs: outcome.outputs });
    else invalid.push({ name, function: call, inputs, error: outcome.error });
  }
  return { protocol: "postern/1", valid, invalid };
}

/** The bytes of a vector file. */
export async function render(file: string): Promise<string> {
  const drafts = await CASES[file]!();
  return `${JSON.stringify(await vectorFile(drafts), null, 1)}\n`;
}

export const pathOf = (file: string): string => join(FOLDER, `${file}.json`);
export const readVectors = (file: string): VectorFile => JSON.parse(readFileSync(pathOf(file), "utf8")) as VectorFile;

/** SHA-256 of every frozen file by its name, as sdk/vectors/SHA256SUMS lists them. */
export function frozenSums(): ReadonlyMap<string, string> {
  const lines = readFileSync(join(FOLDER, "SHA256SUMS"), "utf8").trim().split("\n");
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}
