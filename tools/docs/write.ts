/** `npm run docs:write`: what of the documentation is made from the code; with `--check` it is compared instead. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { costTable } from "./cost-table.js";
import { errorsPage } from "./errors-page.js";

const ROOT = join(__dirname, "..", "..");
const BEGIN = "<!-- costs: made by `npm run docs:write` -->";
const END = "<!-- /costs -->";

/** A file's text with what is between the markers replaced. @throws when the markers are missing */
export function withCosts(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md lacks the markers ${BEGIN} and ${END}.`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${table}\n${readme.slice(end)}`;
}

/** Every made page, as it should be. */
export async function pages(): Promise<Map<string, string>> {
  return new Map([
    ["README.md", withCosts(readFileSync(join(ROOT, "README.md"), "utf8"), await costTable())],
    ["docs/ERRORS.md", errorsPage(ROOT)],
  ]);
}

async function main(): Promise<void> {
  const checkOnly = process.argv.includes("--check");
  for (const [name, text] of await pages()) {
    const file = join(ROOT, name);
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    console.log(`${name} ${checkOnly ? "is stale; run `npm run docs:write`" : "written"}.`);
    if (checkOnly) process.exitCode = 1;
    else writeFileSync(file, text);
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
