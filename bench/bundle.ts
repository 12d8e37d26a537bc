/**
 * What an app downloads for each entry of the package: bundled by esbuild with code splitting, minified by terser, gzipped. `minified` and
 * `gzip` count the entry and all that it imports statically, `laterGzip` what it imports when that is called for.
 */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { minify } from "terser";
import type { Figures } from "./figures.js";
import { measurePageSize } from "./page.js";

/** Where each entry runs. Only what is made for browsers is bundled for them. */
const ENTRIES = { ".": "browser", "./crypto": "browser", "./program": "browser", "./anchor": "browser", "./localnet": "node", "./node": "node", "./sodium": "browser", "./export": "browser", "./store-conformance": "browser", "./observe": "browser", "./react": "browser", "./chat": "browser", "./sns": "browser" } as const;

/** What a dApp has anyway, and native code. */
const EXTERNAL = ["@solana/web3.js", "@anchor-lang/core", "@coral-xyz/anchor", "react", "@solana/surfpool-*"];

/** Bytes of every entry, by the name under which `package.json` exports it, and of the example page. */
export async function measureBundles(): Promise<Figures> {
  const sizes: [string, Figures][] = [];
  for (const [entry, platform] of Object.entries(ENTRIES)) sizes.push([entry, await measure(`@postern/sdk${entry.slice(1)}`, platform)]);
  return { ...Object.fromEntries(sizes), "examples/web": await measurePageSize() };
}

async function measure(module: string, platform: "browser" | "node"): Promise<Figures> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from "${module}";`, resolveDir: join(__dirname, ".."), sourcefile: "entry.js" },
    bundle: true, splitting: true, minify: true, format: "esm", platform, external: EXTERNAL,
    write: false, metafile: true, outdir: "bundle", logLevel: "error",
  });
  const start = startOf(metafile);
  const sizes = { minified: 0, gzip: 0, laterGzip: 0 };
  for (const { path, text } of outputFiles) {
    const { code = "" } = await minify(text, { module: true, ecma: 2020, compress: { passes: 2 } });
    const gzip = gzipSync(code, { level: 9 }).length;
    if (start.has(path.slice(path.lastIndexOf("/") + 1))) {
      sizes.minified += code.length;
      sizes.gzip += gzip;
    } else sizes.laterGzip += gzip;
  }
  return sizes;
}

/** Names of the chunks that the entry reaches without an `import()`. */
function startOf({ outputs }: Metafile): Set<string> {
  const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(nameOf(path))) return;
    reached.add(nameOf(path));
    for (const { kind, path: next, external } of outputs[path]?.imports ?? []) if (kind === "import-statement" && !external) visit(next);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) if (entryPoint === "entry.js") visit(path);
  return reached;
}
