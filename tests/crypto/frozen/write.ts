/**
 * Writes the vector files that are missing or not frozen yet. What sdk/vectors/SHA256SUMS lists is never written again: another
 * value there would be another suite. The list itself is kept by hand.
 *
 *     npm run vectors:write
 */
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { CASES, frozenSums, pathOf, render } from "./files.js";

async function main(): Promise<void> {
  const sums = frozenSums();
  for (const file of Object.keys(CASES)) {
    const text = await render(file);
    const frozen = sums.get(`${file}.json`);
    const sum = createHash("sha256").update(text).digest("hex");
    if (frozen !== undefined && frozen !== sum) throw new Error(`${file}.json is frozen, and the cases give other values. Undo what changed them; another value is another suite.`);
    if (frozen === undefined || !existsSync(pathOf(file))) writeFileSync(pathOf(file), text);
    if (frozen === undefined) console.log(`${sum}  ${file}.json`);
  }
}

void main();
