/** What an app downloads: each entry of the package, bundled and minified by esbuild, as it is and gzipped. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Figures } from "./figures.js";

/** Where each entry runs. Only what is made for browsers is bundled for them. */
const ENTRIES = { ".": "browser", "./crypto": "browser", "./program": "browser", "./anchor": "browser", "./localnet": "node", "./node": "node" } as const;

/** What a dApp has anyway, and native code. */
const EXTERNAL = ["@solana/web3.js", "@anchor-lang/core", "@coral-xyz/anchor", "@solana/surfpool-*"];

/** Bytes of every entry, by the name under which `package.json` exports it. */
export async function measureBundles(): Promise<Figures> {
  const sizes: [string, Figures][] = [];
  for (const [entry, platform] of Object.entries(ENTRIES)) {
    const code = await bundle(`@postern/sdk${entry.slice(1)}`, platform);
    sizes.push([entry, { minified: code.length, gzip: gzipSync(code, { level: 9 }).length }]);
  }
  return Object.fromEntries(sizes);
}

async function bundle(module: string, platform: "browser" | "node"): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from "${module}";`, resolveDir: join(__dirname, "..") },
    bundle: true, minify: true, format: "esm", platform, external: EXTERNAL, write: false, logLevel: "error",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made nothing of ${module}`);
  return file.contents;
}
