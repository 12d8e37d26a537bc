/** The TypeScript examples of a Markdown page, compiled strictly as a newcomer's project would and ready to run. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "..", "..");

export type Snippet = { readonly name: string; readonly code: string };

/** Fenced `ts` blocks; `name` says where they stand. */
export function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => ({
    name: `${page}:${text.slice(0, match.index).split("\n").length + 1}`, code: match[1] ?? "",
  }));
}

/** What the examples take for granted. */
const PRELUDE = `import type { Conversation, Message, Postern as PosternClass, WalletLike } from "@postern/sdk";
import type { Connection } from "@solana/web3.js";
`;
const NAMES = `{ connection, secondUrl, wallet, bob, postern, chat, signal, render, program, writer, console }: {
  connection: Connection; secondUrl: string; wallet: WalletLike; bob: string; postern: PosternClass; chat: Conversation; signal: AbortSignal;
  render: (message: Message) => void; program: string; writer: string; console: { log(...values: unknown[]): void };
}`;

/** A module whose default export runs the example. Imports of all examples of a page hold for those after them. */
function moduleOf(code: string, imports: readonly string[]): string {
  const body = code.split("\n").filter((line) => !line.startsWith("import "));
  return `${PRELUDE}${imports.join("\n")}\nexport default async function example(${NAMES}): Promise<void> {\n  {\n${body.join("\n")}\n  }\n}\n`;
}

export type Compiled = { readonly problems: readonly string[]; readonly files: ReadonlyMap<string, string>; remove(): void };

/** Compiles examples with `strict`, as CommonJS; the folder lies where the project's packages are found. */
export function compile(snippets: readonly Snippet[]): Compiled {
  const cache = join(ROOT, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "postern-docs-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
  const files = new Map<string, string>();
  const imports = new Map<string, Set<string>>();
  snippets.forEach(({ name, code }, i) => {
    const page = name.split(":")[0] ?? "";
    const known = imports.get(page) ?? new Set<string>();
    imports.set(page, known);
    for (const line of code.split("\n").filter((candidate) => candidate.startsWith("import "))) known.add(line);
    const file = join(folder, `example-${i}.ts`);
    writeFileSync(file, moduleOf(code, [...known]));
    files.set(name, file.replace(/\.ts$/, ".js"));
  });
  const program = ts.createProgram([...files.values()].map((file) => file.replace(/\.js$/, ".ts")), {
    strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ["node"], typeRoots: [join(ROOT, "node_modules", "@types")], skipLibCheck: true, outDir: folder, rootDir: folder,
  });
  const { diagnostics } = program.emit();
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
    const name = [...files].find(([, js]) => js === file?.fileName.replace(/\.ts$/, ".js"))?.[0];
    return `${name ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")} — ${file?.text.split("\n")[line] ?? ""}`;
  });
  return { problems, files, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
