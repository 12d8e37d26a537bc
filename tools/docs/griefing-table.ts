/** docs/THREAT-MODEL.md's table of what griefing costs: what the tests assert. */
import { number } from "../../examples/demo/print.js";
import { GRIEFING, type Griefing } from "../../tests/program/support/griefing-costs.js";

export function griefingTable(): string {
  const row = ([name, { per, gone, locked, achieves, shownBy: [file, title] }]: [string, Griefing]): string => {
    const back = locked === undefined ? "" : `; ${number(locked.lamports)} more are locked until ${locked.until}`;
    return `| ${name}: ${achieves} | ${number(gone)} for each ${per}${back} | \`${file}\` “${title}” |`;
  };
  return ["| learns or can do | what it costs | shown by |", "|---|---|---|", ...Object.entries(GRIEFING).map(row)].join("\n");
}
