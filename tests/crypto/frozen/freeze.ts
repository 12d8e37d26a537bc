/**
 * Writes sdk/vectors/suite-1.json. Run it once, for a new suite: what is frozen is never written again.
 *
 *     npx ts-node -T tests/crypto/frozen/freeze.ts sdk/vectors/suite-1.json
 */
import { writeFileSync } from "node:fs";
import { invalidVectors } from "./invalid.js";
import { validVectors } from "./valid.js";

async function main(path: string): Promise<void> {
  const vectors = { protocol: "postern/1", valid: await validVectors(), invalid: await invalidVectors() };
  writeFileSync(path, `${JSON.stringify(vectors, null, 1)}\n`, { flag: "wx" });
}

const path = process.argv[2];
if (path === undefined) throw new Error("Name the file to write; it must not exist.");
void main(path);
