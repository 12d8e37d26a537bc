/** `npm run docs:write`: what of the documentation is made from the code; with `--check` it is compared instead. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { costTable } from "./cost-table.js";
import { errorsPage } from "./errors-page.js";
import { griefingTable } from "./griefing-table.js";
import { peersTable } from "./peers-table.js";
import { scalingTables } from "./scaling-page.js";

const ROOT = join(__dirname, "..", "..");

/** A page's text with what is between the markers of `name` replaced. @throws when the markers are missing */
export function withTable(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}: made by \`npm run docs:write\` -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page lacks the markers ${begin} and ${end}.`);
  return `${page.slice(0, from + begin.length)}\n${table}\n${page.slice(to)}`;
}

/** Every made page, as it should be. */
export async function pages(): Promise<Map<string, string>> {
  const withTables = (page: string, tables: Iterable<readonly [name: string, table: string]>): string =>
    [...tables].reduce((text, [name, table]) => withTable(text, name, table), readFileSync(join(ROOT, page), "utf8"));
  return new Map([
    ["README.md", withTables("README.md", [["costs", await costTable()], ["peers", peersTable(ROOT)]])],
    ["docs/THREAT-MODEL.md", withTables("docs/THREAT-MODEL.md", [["griefing", griefingTable()]])],
    ["docs/SCALING.md", withTables("docs/SCALING.md", scalingTables(ROOT))],
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
