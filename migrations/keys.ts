/**
 * `npm run deploy:keys`: makes the key of your own deployment in `target/deploy/postern-keypair.json`, where Anchor looks for
 * it, and writes its address into the sources, as `anchor keys sync` does. Build the program anew afterwards.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOrMakeKeypair } from "./keypair.js";

/** Where an address stands in a source file: the line's text before and after it. */
const PLACES = {
  "programs/postern/src/lib.rs": /(declare_id!\(")[1-9A-HJ-NP-Za-km-z]{32,44}("\))/g,
  "Anchor.toml": /(^postern\s*=\s*")[1-9A-HJ-NP-Za-km-z]{32,44}(")/gm,
} as const;

/** @returns the address and the files that changed */
export function syncKeys(root: string): { address: string; changed: string[] } {
  const address = readOrMakeKeypair(join(root, "target", "deploy", "postern-keypair.json")).publicKey.toBase58();
  const changed: string[] = [];
  for (const [name, pattern] of Object.entries(PLACES)) {
    const file = join(root, name);
    if (!existsSync(file)) continue;
    const before = readFileSync(file, "utf8");
    const after = before.replace(pattern, `$1${address}$2`);
    if (after === before) continue;
    writeFileSync(file, after);
    changed.push(name);
  }
  return { address, changed };
}

if (require.main === module) {
  const { address, changed } = syncKeys(join(__dirname, ".."));
  console.log(`Your deployment's address is ${address}. Keep target/deploy/postern-keypair.json: it is never committed.`);
  console.log(changed.length > 0 ? `Changed: ${changed.join(", ")}. Now run \`npm run build:program\`.` : "The sources name it already.");
}
