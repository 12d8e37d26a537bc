/** docs/ERRORS.md, from the code: the unions of codes, what is thrown with them, and the program's numbers. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { transactionError } from "../../sdk/src/program/errors.js";

type Source = { readonly file: string; readonly text: string };

/** Sections of the page: the name of a union in errors.ts, its heading, and what stands below that. */
const SECTIONS = [
  ["ClientErrorCode", "The client's", "What the SDK itself finds, before or after it talks to the network."],
  ["ProtocolErrorCode", "The protocol's", "One for each check that a frame, bundle, certificate or box can fail; docs/PROTOCOL.md says where each belongs. One that concerns a single message is the `reason` of an `unreadable` message, one that concerns a request is the `reason` of a `rejected` event; neither hides what comes next."],
] as const;

export function errorsPage(root: string): string {
  const sources = sdkSources(join(root, "sdk", "src"));
  const sentences = sentencesByCode(sources);
  const program = programErrors(sources);
  const known = new Set([...SECTIONS.flatMap(([union]) => unionMembers(sources, union)), ...program.map(({ code }) => code)]);
  const strangers = [...sentences.keys()].filter((code) => !known.has(code));
  if (strangers.length > 0) throw new Error(`Thrown, and in no union of sdk/src/errors.ts: ${strangers.join(", ")}.`);
  const parts = SECTIONS.flatMap(([union, heading, intro]) => [
    `## ${heading}`, intro,
    table(["code", "what it says"], unionMembers(sources, union).map((code) => [`\`${code}\``, says(code, sentences.get(code), sources)])),
  ]);
  return [
    "# Errors",
    "<!-- Made from the code by `npm run docs:write`; a test fails when it is stale. -->",
    "Everything thrown is a `PosternError`: a stable `code`, a sentence that says what to do, a typed `context`, and the `cause` underneath. No key, signature, passphrase or text of a message is in any of them. Branch on the code, with `isPosternError(error, \"INBOX_FULL\")`. Codes are only ever added.",
    ...parts,
    "## The program's",
    "By the number in `InstructionError: { Custom: … }`. The SDK throws them under the code on the right; where that has a word of the client's own, the program's name is in `context.programError`.",
    table(["number", "name", "what it says", "thrown as"], program.map(({ number, name, message, code }) => [number, name, message, `\`${clientWord(sources, code)}\``])),
    "## Anchor's and the runtime's",
    "What is refused before the program speaks: by its name in `InstructionError` or as the error of the whole transaction, or by the number in `Custom`. The name stays in `context.reason`.",
    table(["name or number", "what it says", "thrown as"], foreignErrors(sources)),
    "",
  ].join("\n\n").trimEnd() + "\n";
}

/** Every name and number in program/errors.ts that is not the program's, and what becomes of it. */
function foreignErrors(sources: readonly Source[]): string[][] {
  const body = (name: string): string => new RegExp(`^const ${name}: [^=]*= \\{$([^]*?)^\\};`, "m").exec(sourceOf(sources, "program/errors.ts"))?.[1] ?? "";
  const keys = (name: string): string[] => [...body(name).matchAll(/^ {2}(\w+): \[/gm)].map((match) => match[1] ?? "");
  const row = (name: string, detail: unknown): string[] => {
    const { code, message } = transactionError({ InstructionError: [0, detail] });
    return [name, message, `\`${code}\``];
  };
  return [...keys("BUILTIN").map((name) => row(name, name)), ...keys("FOREIGN").map((number) => row(number, { Custom: Number(number) }))];
}

function sdkSources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => ({ file: file.replaceAll("\\", "/"), text: readFileSync(join(folder, file), "utf8") }));
}

const sourceOf = (sources: readonly Source[], file: string): string => sources.find((source) => source.file === file)?.text ?? "";

function unionMembers(sources: readonly Source[], name: string): string[] {
  const body = new RegExp(`export type ${name} =([^;]*);`).exec(sourceOf(sources, "errors.ts"))?.[1] ?? "";
  return [...body.matchAll(/"([A-Z_]+)"/g)].map((match) => match[1] ?? "");
}

/** Every sentence that stands beside a code: in `new PosternError(code, sentence)`, and in the pairs of program/errors.ts. */
function sentencesByCode(sources: readonly Source[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (code: ts.Node | undefined, sentence: ts.Node | undefined): void => {
    if (code === undefined || sentence === undefined || !ts.isStringLiteral(code) || !/^[A-Z][A-Z_]+$/.test(code.text)) return;
    const text = literalText(sentence);
    if (text !== undefined) found.set(code.text, (found.get(code.text) ?? new Set()).add(text));
  };
  for (const { file, text } of sources.filter((source) => !source.file.includes("generated/"))) {
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) && node.expression.getText() === "PosternError") add(node.arguments?.[0], node.arguments?.[1]);
      if (file === "program/errors.ts" && ts.isArrayLiteralExpression(node) && node.elements.length === 2) add(node.elements[0], node.elements[1]);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  }
  return found;
}

/** A literal's text; what a template fills in becomes an ellipsis. */
function literalText(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
  if (ts.isConditionalExpression(node)) return [literalText(node.whenTrue), literalText(node.whenFalse)].filter((text) => text !== undefined).join(" / ") || undefined;
  return undefined;
}

function programErrors(sources: readonly Source[]): { number: string; name: string; code: string; message: string }[] {
  const pattern = /(\d{4}): \{\s*name: "([^"]+)",\s*code: "([^"]+)",\s*message: ("(?:[^"\\]|\\.)*")/g;
  return [...sourceOf(sources, "program/generated/errors.ts").matchAll(pattern)].map((match) => ({
    number: match[1] ?? "", name: match[2] ?? "", code: match[3] ?? "", message: String(JSON.parse(match[4] ?? '""')),
  }));
}

/** The client's own word for a program error, where program/errors.ts has one. */
function clientWord(sources: readonly Source[], code: string): string {
  return new RegExp(`^  ${code}: "([A-Z_]+)",$`, "m").exec(sourceOf(sources, "program/errors.ts"))?.[1] ?? code;
}

/** More sentences than this are told by their number. */
const SHOWN = 12;

function says(code: string, sentences: ReadonlySet<string> | undefined, sources: readonly Source[]): string {
  if (sentences !== undefined) return sentences.size > SHOWN ? `One of ${sentences.size} sentences: which argument, and what it takes.` : [...sentences].join("<br>");
  const used = sources.some(({ file, text }) => file !== "errors.ts" && text.includes(`"${code}"`));
  return used ? "Never thrown by itself: a `reason`." : "Reserved; this version does not give it.";
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
