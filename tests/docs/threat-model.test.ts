/** docs/THREAT-MODEL.md names, for every line, the test that shows it: one that exists, under that title. */
import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "..", "..");
const PAGE = readFileSync(join(ROOT, "docs", "THREAT-MODEL.md"), "utf8");
/** Who the page must speak of: a heading each. */
const ATTACKERS = [
  "outsider", "RPC endpoint", "sponsor", "recipient", "sender", "device", "delegate's key", "thief of the wallet", "hostile dApp", "quantum", "global observer", "upgrades the program",
];
const NAMED = /`([\w./-]+\.test\.ts)` “([^”]*)”/gu;
/** What a line says that names no test. */
const HONEST = /^\*\*(?:not protected\*\*|not built yet\*\*|not shown by a test\*\*: \S)/u;

type Row = { readonly heading: string; readonly what: string; readonly shown: string };

/** Rows of every table, with the heading that they stand under. */
function rows(page: string): Row[] {
  let heading = "";
  return page.split("\n").flatMap((line) => {
    if (line.startsWith("## ")) heading = line.slice(3);
    if (!line.startsWith("| ") || line.startsWith("| learns or can do |")) return [];
    const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
    return [{ heading, what: cells[0] ?? "", shown: cells.length === 3 ? cells[2] ?? "" : "" }];
  });
}

/** What stands in a row's last cell that may not, or undefined. */
function wrong({ shown }: Row, titles: (file: string) => readonly string[] | undefined): string | undefined {
  const named = [...shown.matchAll(NAMED)];
  if (named.length === 0 && !HONEST.test(shown)) return "names no test, and does not say that nothing protects";
  for (const [, file = "", title = ""] of named) {
    const known = titles(file);
    if (known === undefined) return `${file} does not exist`;
    if (title.trim().length < 8 || !known.some((candidate) => candidate.includes(title))) return `${file} has no title with “${title}”`;
  }
  return undefined;
}

/** Titles of a test file: what describe, it and their like are called with, and the keys and names of tables of cases. */
function titlesOf(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(?:describe|it|test|onEachBuild)$/u.test(node.expression.getText())) found.push(textOf(node.arguments[0]));
    if (ts.isPropertyAssignment(node) && ts.isStringLiteral(node.name)) found.push(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("test.ts", text, ts.ScriptTarget.Latest, true));
  return found;
}

function textOf(node: ts.Node | undefined): string {
  if (node === undefined) return "";
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
  return "";
}

const titlesIn = (file: string): readonly string[] | undefined => {
  const path = join(ROOT, "tests", file);
  return existsSync(path) ? titlesOf(readFileSync(path, "utf8")) : undefined;
};

describe("docs/THREAT-MODEL.md", () => {
  it("speaks of every attacker, and of each in lines", () => {
    const found = rows(PAGE);
    expect(found).to.have.length.above(70);
    for (const attacker of ATTACKERS) expect(found.some(({ heading }) => heading.includes(attacker)), attacker).to.equal(true);
  });

  it("names for every line a test that exists, or says plainly that nothing protects or nothing shows it", () => {
    expect(rows(PAGE).flatMap((row) => {
      const reason = wrong(row, titlesIn);
      return reason === undefined ? [] : [`${row.heading} | ${row.what}: ${reason}`];
    })).to.deep.equal([]);
  });

  it("has tables that are shown as tables: the rule directly below the head", () => {
    const lines = PAGE.split("\n");
    const heads = lines.flatMap((line, i) => (line.startsWith("|") && lines[i - 1]?.startsWith("|") !== true ? [i] : []));
    expect(heads.length).to.be.above(10);
    expect(heads.filter((i) => !/^\|(?:-+\|)+$/u.test(lines[i + 1] ?? "")).map((i) => lines[i])).to.deep.equal([]);
  });

  it("would be found out if it named none, one that is gone or another title", () => {
    const row = (shown: string): Row => ({ heading: "", what: "", shown });
    const some = [...PAGE.matchAll(NAMED)][0];
    expect(wrong(row(`\`${some?.[1]}\` “${some?.[2]}”`), titlesIn)).to.equal(undefined);
    expect(wrong(row(""), titlesIn)).to.match(/names no test/u);
    expect(wrong(row("see the tests"), titlesIn)).to.match(/names no test/u);
    expect(wrong(row("**not shown by a test**"), titlesIn)).to.match(/names no test/u);
    expect(wrong(row("`e2e/gone.test.ts` “whatever it was”"), titlesIn)).to.match(/does not exist/u);
    expect(wrong(row(`\`${some?.[1]}\` “a title that nobody wrote”`), titlesIn)).to.match(/no title/u);
    expect(wrong(row(`\`${some?.[1]}\` “”`), titlesIn)).to.match(/no title/u);
  });
});
