/** docs/MUTATION.md has a row for every check that the program has now, and names tests that exist. */
import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { readTable } from "../../tools/mutation/table.js";

const ROOT = join(__dirname, "..", "..");
const NAMED = /^`([\w/-]+\.test\.ts)` “([^”]+)”$/u;
/** A mutant that no test can find, and why. */
const SAME = /^\*\*the same program\*\*: \S/u;

/** Titles as patterns: what a template puts in may be anything. */
function titlesOf(file: string): RegExp[] {
  const found: RegExp[] = [];
  const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
  const visit = (node: ts.Node): void => {
    const title = ts.isCallExpression(node) && /^(?:it|test)$/u.test(node.expression.getText()) ? node.arguments[0] : undefined;
    if (title !== undefined && ts.isStringLiteralLike(title)) found.push(new RegExp(`^${quoted(title.text)}$`, "u"));
    if (title !== undefined && ts.isTemplateExpression(title)) {
      found.push(new RegExp(`^${quoted(title.head.text)}${title.templateSpans.map(({ literal }) => `.+${quoted(literal.text)}`).join("")}$`, "u"));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true));
  return found;
}

describe("docs/MUTATION.md", () => {
  const rows = readTable();

  it("has a row for every mutant of the program as it is now, and no other", () => {
    const listed = execFileSync("python3", ["-B", "-m", "mutation", "list"], { env: { ...process.env, PYTHONPATH: join(ROOT, "tools") }, encoding: "utf8" });
    const mutants = (JSON.parse(listed) as string[][]).map((row) => row.join(" | "));
    expect(mutants.length).to.be.above(300);
    expect(rows.map(({ key }) => key).sort()).to.deep.equal(mutants.sort());
  });

  it("names for every mutant a test that exists, or says that there is none", () => {
    const known = new Map<string, RegExp[]>();
    const wrong = rows.filter(({ verdict }) => {
      const [, file = "", title = ""] = NAMED.exec(verdict) ?? [];
      if (file === "") return !SAME.test(verdict);
      const path = join(ROOT, "tests", "program", file);
      if (!existsSync(path)) return true;
      const titles = known.get(path) ?? titlesOf(path);
      known.set(path, titles);
      return !titles.some((pattern) => pattern.test(title));
    });
    expect(wrong.map(({ key, verdict }) => `${key}: ${verdict}`)).to.deep.equal([]);
  });
});
