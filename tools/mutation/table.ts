/** docs/MUTATION.md: a row for each mutant, and the test that fails on it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const PAGE = join(__dirname, "..", "..", "docs", "MUTATION.md");
const HEAD = "| file | in | check | mutation | found by |\n|---|---|---|---|---|\n";
const CELL = /(?<!\\)\|/u;

/** `row`: file, function or type, check, mutation. `verdict`: a test, or why there can be none. */
export type Row = { readonly key: string; readonly row: readonly [string, string, string, string]; readonly verdict: string };

const escaped = (text: string): string => text.replaceAll("|", "\\|");
const cells = (line: string): string[] => line.split(CELL).slice(1, -1).map((cell) => cell.trim().replaceAll("\\|", "|"));
const bare = (cell: string): string => cell.replace(/^`(.*)`$/u, "$1");

export function readTable(page = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : ""): Row[] {
  const table = page.slice(page.indexOf(HEAD) + HEAD.length);
  if (!page.includes(HEAD)) return [];
  return table.split("\n").filter((line) => line.startsWith("| ")).map((line) => {
    const [file = "", place = "", check = "", mutation = "", verdict = ""] = cells(line);
    const row = [bare(file), bare(place), bare(check), mutation, verdict] as const;
    return { key: row.slice(0, 4).join(" | "), row: [row[0], row[1], row[2], row[3]], verdict };
  });
}

/** Replaces the table; what stands before it stays. */
export function writeTable(rows: readonly Row[]): void {
  const page = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : HEAD;
  const lines = rows.map(({ row: [file, place, check, mutation], verdict }) => `| ${[`\`${file}\``, `\`${place}\``, `\`${check}\``, mutation, verdict].map(escaped).join(" | ")} |\n`);
  writeFileSync(PAGE, page.slice(0, page.indexOf(HEAD)) + HEAD + lines.join(""));
}
