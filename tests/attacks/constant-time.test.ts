/** Bytes are compared by one helper, whose time depends on lengths alone: no other comparison of bytes stands in the code. */
import { expect } from "chai";
import { join, relative } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "../..");
const SOURCES = join(ROOT, "sdk/src");

/** Comparisons of public bytes, by file and function, with the reason why their time may depend on what they compare. */
const PUBLIC: Readonly<Record<string, string>> = {
  "crypto/safety-number.ts compare": "orders two wallets and two bundle hashes, which are public",
  "program/accounts/reader.ts openAccount": "compares the type of an account, which is public",
  "store/store.ts update": "asks whether two names are one object, not what is in it",
  "store/memory.ts memoryStore": "asks whether two names are one object, and compares with the helper if they are not",
  "store/indexed-db-records.ts ": "compares what a database holds, which is no secret to that database",
  "store/conformance.ts ": "compares the values of a test",
  "store/conformance.ts bytes": "compares the values of a test",
  "crypto/store-box.ts unpad": "looks at padding after it was authenticated; where it ends is how long the answer is",
};

/** Functions that turn bytes into something that `===` could compare. */
const SPELLERS = new Set(["toHex", "toBase58", "bytesToHex", "decodeText", "toString", "String"]);
const ORDER = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.EqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.LessThanToken, ts.SyntaxKind.LessThanEqualsToken, ts.SyntaxKind.GreaterThanToken, ts.SyntaxKind.GreaterThanEqualsToken,
]);

type Finding = { readonly place: string; readonly line: number; readonly code: string };

/** Every comparison of bytes in the given files that does not go through `equal`. */
function comparisons(files: readonly string[], base: string): Finding[] {
  const options = ts.parseJsonConfigFileContent(ts.readConfigFile(join(ROOT, "sdk/tsconfig.json"), ts.sys.readFile).config, ts.sys, join(ROOT, "sdk")).options;
  const program = ts.createProgram(files, { ...options, rootDir: undefined, noEmit: true });
  const checker = program.getTypeChecker();
  const isBytes = (node: ts.Expression): boolean => {
    const type = checker.getTypeAtLocation(node);
    const parts = type.isUnion() ? type.types : [type];
    return parts.some((part) => /^(Uint8Array|Buffer)$/.test(part.getSymbol()?.name ?? ""));
  };
  const isByte = (node: ts.Expression): boolean => {
    const bare = ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node) ? node.expression : node;
    return ts.isElementAccessExpression(bare) && isBytes(bare.expression);
  };
  const isSpelled = (node: ts.Expression): boolean => {
    if (!ts.isCallExpression(node)) return false;
    const { expression } = node;
    const name = ts.isIdentifier(expression) ? expression.text : ts.isPropertyAccessExpression(expression) ? expression.name.text : "";
    const subjects = ts.isPropertyAccessExpression(expression) ? [expression.expression, ...node.arguments] : [...node.arguments];
    return SPELLERS.has(name) && subjects.some(isBytes);
  };
  const isPlain = (node: ts.Expression): boolean => ts.isIdentifier(node) && (node.text === "undefined" || node.text === "null") || node.kind === ts.SyntaxKind.NullKeyword;

  const found: Finding[] = [];
  for (const file of files) {
    const source = program.getSourceFile(file)!;
    const visit = (node: ts.Node, within: string): void => {
      const name = (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.name ? node.name.getText() : within;
      const note = (): number => found.push({
        place: `${relative(base, file).replaceAll("\\", "/")} ${name}`, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, code: node.getText(),
      });
      if (ts.isBinaryExpression(node) && ORDER.has(node.operatorToken.kind)) {
        const sides = [node.left, node.right];
        const whole = sides.some(isBytes) && !sides.some(isPlain);
        if (whole || sides.every(isByte) || sides.every(isSpelled)) note();
      }
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const { expression: subject, name: method } = node.expression;
        if (/^(equals|compare|includes|indexOf|timingSafeEqual|localeCompare)$/.test(method.text) && (isBytes(subject) || node.arguments.some(isBytes))) note();
        if (/^(every|some|find|findIndex)$/.test(method.text) && isBytes(subject)) note();
      }
      ts.forEachChild(node, (child) => visit(child, name));
    };
    visit(source, "");
  }
  return found;
}

const shown = ({ place, line, code }: Finding): string => `${place}, line ${line}: ${code}`;

describe("comparisons of bytes", function () {
  this.timeout(120_000);

  it("go through the one helper everywhere, but for a few of public bytes", () => {
    const files = ts.sys.readDirectory(SOURCES, [".ts"]).filter((file) => !/\/(generated|localnet|cli|anchor|node)\//.test(file));
    expect(files).to.have.length.above(60);
    const found = comparisons(files, SOURCES);
    expect(found.filter(({ place }) => PUBLIC[place] === undefined).map(shown)).to.deep.equal([]);
    expect(new Set(found.map(({ place }) => place)), "exceptions that nobody needs any more").to.have.all.keys(...Object.keys(PUBLIC));
  });

  it("that do not are found, in whatever way they are written", () => {
    const file = join(SOURCES, "crypto", "leaky-example.ts");
    const lines = [
      "a === b", "a.every((byte, i) => byte === b[i])", "a[0] === b[0]", "a[i]! !== b[i]!", "toHex(a) === toHex(b)", "a.toString() === b.toString()", "Buffer.compare(a, b) === 0",
      "Buffer.from(a).equals(b)", "a.indexOf(b[0]!) === 0", "a.some((byte, i) => byte !== b[i])", "String(a) === String(b)", "a < b",
    ];
    const fine = ["a.length === b.length", "a === undefined", "a[0] === 1", "equal(a, b)", "i === 0", "toHex(a) === 'ff'"];
    const code = [`import { equal, toHex } from "./bytes.js";`, "export function leaky(a: Uint8Array, b: Uint8Array, i: number) {", "  return [", ...[...lines, ...fine].map((line) => `    ${line},`), "    equal, toHex,", "  ];", "}"].join("\n");
    const { readFile, fileExists } = ts.sys;
    ts.sys.readFile = (path, encoding) => (path === file ? code : readFile(path, encoding));
    ts.sys.fileExists = (path) => path === file || fileExists(path);
    try {
      const found = new Set(comparisons([file], SOURCES).map(({ line }) => line));
      expect([...found].sort((a, b) => a - b)).to.deep.equal(lines.map((_, i) => i + 4));
    } finally {
      Object.assign(ts.sys, { readFile, fileExists });
    }
  });
});
