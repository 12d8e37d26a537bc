/** docs/guides/react.md: every example compiles strictly as a newcomer's project would, and draws what it says. */
import type { Observable } from "@postern/sdk/observe";
import { expect } from "chai";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createElement, type ComponentType, type ReactElement } from "react";
import { renderToString } from "react-dom/server";
import ts from "typescript";

const ROOT = join(__dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/guides/react.md"), "utf8");
const CSS = readFileSync(join(ROOT, "sdk/styles/chat.css"), "utf8");
/** Where React's types are, when it is React 18 that this runs with. */
const TYPES_OF_18 = join(ROOT, "tests/react/18/node_modules/@types/react");
const REACT_18 = process.env["POSTERN_REACT"] === "18" && { paths: { react: [TYPES_OF_18], "react/*": [`${TYPES_OF_18}/*`] } };
type Module = Record<string, unknown>;

describe("docs/guides/react.md", function () {
  this.timeout(60_000);
  let folder: string;
  let problems: string[];
  const modules: Module[] = [];

  before(async () => {
    require.extensions[".css"] = () => undefined; // a bundler takes it out
    const cache = join(ROOT, "node_modules", ".cache");
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, "postern-react-"));
    writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
    const files = [...PAGE.matchAll(/^```tsx\n([\s\S]*?)^```$/gm)].map(([, code = ""], i) => {
      const file = join(folder, `example-${i}.tsx`);
      writeFileSync(file, code);
      return file;
    });
    const program = ts.createProgram(files, {
      strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16, jsx: ts.JsxEmit.ReactJSX,
      types: ["node"], typeRoots: [join(ROOT, "node_modules", "@types")], skipLibCheck: true, outDir: folder, rootDir: folder, ...REACT_18,
    });
    const { diagnostics } = program.emit();
    problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ file, messageText }) => `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
    for (const file of files) modules.push((await import(file.replace(/\.tsx$/, ".js"))) as Module);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const draw = (name: string, props: object, around?: (child: ReactElement) => ReactElement): string => {
    const child = createElement(modules.find((module) => name in module)?.[name] as ComponentType<object>, props);
    return renderToString(around ? around(child) : child);
  };

  it("compiles", () => {
    expect(modules).to.have.length(4);
    expect(problems).to.deep.equal([]);
  });

  it("draws the chat, and components of one's own, before anything is unlocked", async () => {
    expect(draw("App", { wallet: null })).to.include("Connect a wallet").and.to.include("Open messages");
    const { PosternProvider } = await import("@postern/sdk/react");
    const wallet = { publicKey: { toBase58: () => "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR" } };
    const around = (child: ReactElement): ReactElement => createElement(PosternProvider, { connection: "http://rpc.invalid", wallet }, child);
    expect(draw("Inbox", { onOpen: () => undefined }, around)).to.equal("<button>Open messages</button>");
    expect(draw("Chat", { peer: wallet.publicKey.toBase58() }, around)).to.include("Send gm");
  });

  it("turns a value into a store of Svelte's", () => {
    const { unread, release } = modules.find((module) => "toStore" in module) as { unread: { subscribe(run: (value: number) => void): () => void }; release(): void };
    const seen: number[] = [];
    unread.subscribe((value) => seen.push(value))();
    release();
    expect(seen).to.deep.equal([0]);
  });

  it("fills a ref of Vue's, until it is disposed of", async () => {
    const { follow } = modules.find((module) => "follow" in module) as { follow<T>(ref: { value: T }, from: Observable<T>): () => void };
    const { Messaging } = await import("@postern/sdk/observe");
    const [messaging, ref] = [new Messaging({ connection: "http://rpc.invalid", wallet: { publicKey: { toBase58: () => "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR" }, signMessage: () => Promise.reject(new Error("no")) } }), { value: undefined as unknown }];
    const dispose = follow(ref, messaging.account);
    expect(ref.value).to.include({ phase: "locked" });
    const unlocking = messaging.unlock();
    expect(ref.value).to.include({ phase: "unlocking" });
    dispose();
    await unlocking;
    expect(ref.value).to.include({ phase: "unlocking" });
  });

  it("names every variable of the stylesheet, and no other", () => {
    const named = (text: string): string[] => [...new Set(text.match(/--postern-[a-z-]+/g))].filter((name) => name !== "--postern-").sort();
    expect(named(PAGE)).to.deep.equal(named(CSS));
  });
});
