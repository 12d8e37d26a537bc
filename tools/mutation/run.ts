/**
 * Runs the program's tests on every mutant until one fails, and writes the table: `ts-node -T tools/mutation/run.ts FOLDER [WORDS]`,
 * with the folder that `python3 -m mutation build FOLDER` has made, for the rows that hold WORDS. Rows that are there already are
 * kept: delete those to try again. `POSTERN_MUTATION_PROCESSES` shares the work out, `POSTERN_MUTATION_ATTEMPTS` is how many files of
 * tests are tried for each: the likely ones come first, those that take long last.
 */
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUILDS } from "../../tests/program/support/builds.js";
import { numbered } from "./patch.js";
import { Suites, type Attempt } from "./suites.js";
import { readTable, writeTable, type Row } from "./table.js";

/** The rules first, what takes long last. Budgets are left out: a switch costs compute units. */
const ORDER = [
  "errors", "limits", "contradictions", "clock",
  ...["1-writer", "2-request", "3-eviction", "4-consent", "5-acknowledge", "6-money", "7-new-life", "8-lengths"].map((name) => `rules/${name}`),
  "post", "key-bundle", "profile", "requests", "open", "resize", "accounts", "griefing-money", "griefing-access", "ring", "matrix-accounts", "matrix-data", "model",
];
const ATTEMPTS = Number(process.env["POSTERN_MUTATION_ATTEMPTS"] ?? Number.MAX_SAFE_INTEGER);
/** Where the test that fails is probably, by what the file of a mutant is called: those come before all others. */
const LIKELY: readonly (readonly [RegExp, readonly string[]])[] = [
  [/acknowledge/u, ["rules/5-acknowledge"]],
  [/key_bundle/u, ["key-bundle", "contradictions", "rules/8-lengths"]],
  [/profile/u, ["profile", "contradictions", "rules/8-lengths"]],
  [/answer|open_request/u, ["rules/4-consent", "requests"]],
  [/close_inbox/u, ["rules/6-money"]],
  [/opening|open_inbox|account/u, ["rules/7-new-life", "open"]],
  [/post\.rs/u, ["rules/1-writer", "post"]],
  [/resize/u, ["resize", "limits", "rules/7-new-life"]],
  [/clock/u, ["clock", "errors"]],
  [/ring\.rs/u, ["post", "resize", "ring"]],
  [/state\/inbox\.rs/u, ["rules/8-lengths", "limits", "rules/3-eviction", "rules/2-request"]],
];
const OF_ACCOUNTS = /unchecked|writable|stand twice|left out/u;
/** Instructions of the files that are not called after one. */
const INSTRUCTIONS: Readonly<Record<string, string>> = { answer: "accept|decline", opening: "open_inbox|open_request" };

type Planned = { readonly number: number; readonly row: Row["row"]; readonly key: string };

/** The matrix tries each instruction in a test of its own: it knows at once what an account must be. */
function attemptsOn([file, , , mutation]: Row["row"]): Attempt[] {
  const likely = [...new Set(LIKELY.filter(([pattern]) => pattern.test(file)).flatMap(([, names]) => names))].map((name) => ({ name }));
  const instruction = /^instructions\/(\w+)\.rs$/u.exec(file)?.[1];
  const own = instruction === undefined ? [] : ["matrix-accounts", "matrix-data"].map((name) => ({ name, only: new RegExp(`\\) (?:${INSTRUCTIONS[instruction] ?? instruction}) `, "u") }));
  const first = OF_ACCOUNTS.test(mutation) ? [...own, ...likely] : [...likely, ...own];
  return [...first, ...ORDER.filter((name) => !likely.some((one) => one.name === name)).map((name) => ({ name }))].slice(0, ATTEMPTS);
}

async function tryOut(folder: string, mutants: readonly Planned[], tell: (verdict: [string, string]) => void): Promise<void> {
  const program = readFileSync(join(folder, "mutants.so"));
  const build: (typeof BUILDS)[number] = { version: "v0", program };
  BUILDS.splice(0, BUILDS.length, build);
  const suites = await Suites.load(ORDER);
  for (const { number, row, key } of mutants) {
    const start = Date.now();
    build.program = Uint8Array.from(numbered(program, number));
    const found = await suites.firstFailure(attemptsOn(row));
    build.program = program;
    // What fails without the mutation as well has found nothing.
    if (found !== undefined && !(await suites.passes(found))) throw new Error(`Without any mutation fails ${found.name}: ${found.title}`);
    const verdict = found === undefined ? "**survives**" : `\`${found.name}.test.ts\` “${found.title}”`;
    console.log(`${number}  ${((Date.now() - start) / 1000).toFixed(1)} s  ${key}  ->  ${verdict}`);
    tell([key, verdict]);
  }
}

function share(folder: string, mutants: readonly Planned[], processes: number): void {
  const rows = new Map(readTable().map((row): [string, Row] => [row.key, row]));
  const all = plan(folder);
  for (let part = 0; part < processes; part++) {
    const child = fork(__filename, [folder], { env: { ...process.env, POSTERN_MUTATION_PART: mutants.filter((_, i) => i % processes === part).map(({ number }) => number).join(",") } });
    child.on("message", ([key, verdict]: [string, string]) => {
      rows.set(key, { key, row: all.find((one) => one.key === key)!.row, verdict });
      writeTable(all.flatMap((one) => rows.get(one.key) ?? []));
    });
    child.on("exit", (code) => {
      process.exitCode ||= code ?? 1;
    });
  }
}

const plan = (folder: string): Planned[] =>
  (JSON.parse(readFileSync(join(folder, "mutants.json"), "utf8")) as Row["row"][]).map((row, i) => ({ number: i + 1, row, key: row.join(" | ") }));

async function main(folder: string, words = ""): Promise<void> {
  const part = process.env["POSTERN_MUTATION_PART"]?.split(",").map(Number);
  if (part !== undefined) return tryOut(folder, plan(folder).filter(({ number }) => part.includes(number)), (verdict) => process.send?.(verdict));
  const tried = new Set(readTable().map(({ key }) => key));
  share(folder, plan(folder).filter(({ key }) => !tried.has(key) && key.includes(words)), Number(process.env["POSTERN_MUTATION_PROCESSES"] ?? 1));
}

main(process.argv[2] ?? "", process.argv[3]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
