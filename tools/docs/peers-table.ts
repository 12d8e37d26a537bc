/** The README's comparison with other on-chain messengers: from the benchmark's record and from `bench/peers/peers.json`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CONDITIONS, PEERS, rows, verdict, type Row } from "../../bench/peers/rows.js";
import type { Results } from "../../bench/figures.js";
import { number } from "../../examples/demo/print.js";

/** The table in Markdown, with the conditions under which its figures hold. */
export function peersTable(root: string): string {
  const results = JSON.parse(readFileSync(join(root, "bench", "results.json"), "utf8")) as Results;
  const all = rows(results);
  const names = Object.keys(all[0]?.others ?? {});
  const cell = (figure: number | null | undefined): string => (figure === null || figure === undefined ? "–" : number(BigInt(figure)));
  const line = (row: Row): string => `| ${[row.name, `**${cell(row.postern)}**`, ...names.map((name) => cell(row.others[name])), standing(row)].join(" | ")} |`;
  return [
    `| lower is better, but for lengths of texts | Postern | ${names.join(" | ")} | Postern is |`,
    `|---|${"---:|".repeat(names.length + 1)}---|`,
    ...all.map(line),
    "",
    ...CONDITIONS.map((sentence) => `- ${sentence}`),
    ...Object.entries(PEERS).map(([name, { source, framework, changed, state }]) => `- ${name}: ${source}, ${framework}, changed for the build: ${changed}; ${state}.`),
  ].join("\n");
}

function standing(row: Row): string {
  const { behind, level } = verdict(row);
  if (behind.length > 0) return `behind ${behind.join(", ")}`;
  return level.length > 0 ? `level with ${level.join(", ")}` : "ahead";
}
