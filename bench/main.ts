/**
 * `record` measures and writes `results.json`; `check` measures and fails where that file is wrong or a promise is broken.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compare, describe, merge } from "./compare.js";
import type { Figures } from "./figures.js";
import { measure } from "./measure.js";
import { brokenMusts, MUSTS } from "./musts.js";
import { printed } from "./table.js";

const FILE = join(__dirname, "results.json");

function recorded(): Figures | undefined {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Figures) : undefined;
}

async function record(): Promise<void> {
  const before = recorded();
  const results = await measure();
  writeFileSync(FILE, `${JSON.stringify(merge(before, results), undefined, 2)}\n`);
  console.log(printed(results));
  report("since the last record", before === undefined ? [] : compare(before, results).map(describe));
  report("broken promises", brokenMusts(results), true);
}

async function check(): Promise<void> {
  const before = recorded();
  if (before === undefined) throw new Error("Nothing is recorded. Run: npm run bench");
  const results = await measure();
  const differences = compare(before, results).map(describe);
  report("not as recorded (npm run bench records it; commit bench/results.json with the reason)", differences, true);
  const broken = brokenMusts(results);
  report("broken promises", broken, true);
  if (differences.length + broken.length === 0) console.log(`All figures are as recorded, and all ${MUSTS.length} promises hold.`);
}

/** Lists lines under a title, if there are any. Failures end the process with 1. */
function report(title: string, lines: readonly string[], failure = false): void {
  if (lines.length === 0) return;
  console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
  if (failure) process.exitCode = 1;
}

const commands: Record<string, () => Promise<void>> = { record, check };
const command = commands[process.argv[2] ?? ""];
if (command === undefined) throw new Error("Say record or check.");
void command();
