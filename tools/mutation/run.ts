/**
 * Runs the program's tests on every mutant until one fails, and writes the table: `ts-node -T tools/mutation/run.ts FOLDER`, with the
 * folder that `python3 -m mutation build FOLDER` has made. Rows that are there already are kept: delete those to try again.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import Mocha from "mocha";
import { BUILDS } from "../../tests/program/support/builds.js";
import { numbered } from "./patch.js";
import { readTable, writeTable, type Row } from "./table.js";

const ROOT = join(__dirname, "..", "..");
const TESTS = join(ROOT, "tests", "program");
/** The rules first, what takes long last. Budgets are left out: a switch costs compute units. */
const ORDER = [
  "errors",
  ...["1-writer", "2-request", "3-eviction", "4-consent", "5-acknowledge", "6-money", "7-new-life", "8-lengths"].map((name) => `rules/${name}`),
  "post", "key-bundle", "profile", "requests", "open", "resize", "accounts", "griefing-money", "griefing-access", "ring", "matrix-accounts", "matrix-data", "model",
].slice(0, Number(process.env["POSTERN_MUTATION_FILES"] ?? 99));
/** Where the test that fails is probably, by what the file of a mutant is called: those come before all others. */
const LIKELY: readonly (readonly [RegExp, readonly string[]])[] = [
  [/acknowledge/u, ["rules/5-acknowledge"]],
  [/key_bundle/u, ["key-bundle", "rules/8-lengths"]],
  [/profile/u, ["profile", "rules/8-lengths"]],
  [/answer|open_request/u, ["rules/4-consent", "requests"]],
  [/close_inbox/u, ["rules/6-money"]],
  [/opening|open_inbox|account/u, ["rules/7-new-life", "open"]],
  [/post\.rs/u, ["rules/1-writer", "post"]],
  [/resize/u, ["resize", "rules/7-new-life"]],
  [/clock/u, ["errors"]],
  [/ring\.rs/u, ["post", "resize", "rules/8-lengths"]],
  [/inbox\.rs/u, ["rules/8-lengths", "rules/3-eviction"]],
];

type Planned = { readonly row: readonly [string, string, string, string]; readonly program: string; readonly number: number };

class Silent {}

/** A file of tests, loaded once and run as often as is asked. */
async function load(name: string): Promise<Mocha> {
  const mocha = new Mocha({ bail: true, timeout: 0, reporter: Silent as never });
  mocha.cleanReferencesAfterRun(false);
  mocha.addFile(join(TESTS, `${name}.test.ts`));
  await mocha.loadFilesAsync();
  return mocha;
}

/** The title of the first test that fails, or undefined. */
function failure(mocha: Mocha): Promise<string | undefined> {
  return new Promise((resolve) => {
    let found: string | undefined;
    mocha.run(() => resolve(found)).on("fail", ({ title }) => {
      found ??= title;
    });
  });
}

/** The first test that fails of those in `names`, as the table names it. */
async function firstFailure(suites: ReadonlyMap<string, Mocha>, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const title = await failure(suites.get(name)!);
    if (title !== undefined) return `\`${name}.test.ts\` “${title}”`;
  }
  return undefined;
}

function orderFor(file: string): string[] {
  const likely = LIKELY.filter(([pattern]) => pattern.test(file)).flatMap(([, names]) => names);
  return [...new Set([...likely, ...ORDER])].filter((name) => ORDER.includes(name));
}

async function main(folder: string, only: string | undefined): Promise<void> {
  const plan = JSON.parse(readFileSync(join(folder, "mutants.json"), "utf8")) as Planned[];
  const suites = new Map<string, Mocha>();
  for (const name of ORDER) suites.set(name, await load(name));
  const build = BUILDS[0];
  if (build === undefined || BUILDS.length !== 1) throw new Error("Set POSTERN_ARTIFACTS to a folder with one build.");
  if (process.env["POSTERN_MUTATION_BASE"] !== "trusted") {
    const clean = await firstFailure(suites, ORDER);
    if (clean !== undefined) throw new Error(`The tests fail without any mutation: ${clean}`);
  }

  const rows = new Map(readTable().map((row): [string, Row] => [row.key, row]));
  for (const { row, program, number } of plan) {
    const key = row.join(" | ");
    if (rows.has(key) || (only !== undefined && !key.includes(only))) continue;
    const file = join(folder, program);
    if (program === "" || !existsSync(file)) {
      rows.set(key, { key, row, verdict: "does not compile" });
    } else {
      build.program = numbered(readFileSync(file), number);
      const start = Date.now();
      const verdict = (await firstFailure(suites, orderFor(row[0]))) ?? "SURVIVES";
      console.log(`${basename(file)} ${number}  ${((Date.now() - start) / 1000).toFixed(1)} s  ${key}  ->  ${verdict}`);
      rows.set(key, { key, row, verdict });
    }
    writeTable(plan.flatMap((one) => rows.get(one.row.join(" | ")) ?? []));
  }
}

main(process.argv[2] ?? "", process.argv[3]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
