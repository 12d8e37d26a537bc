// Builds dist/esm and dist/cjs with plain tsc. Each format is compiled from a staged copy of the sources under a
// package.json of its own "type", so that tsc resolves and emits exactly what Node will load, declarations included. The
// result replaces dist in one step, and only when both builds succeed: a reader of dist never sees half of one.
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

const commonJsHere = `import { pathToFileURL } from "node:url";
export const here: string = pathToFileURL(__filename).href;
`;

async function compile(work, format, type) {
  const stage = join(work, "stage", format);
  await mkdir(stage, { recursive: true });
  await cp(join(root, "src"), join(stage, "src"), { recursive: true });
  if (type === "commonjs") await writeFile(join(stage, "src", "here.ts"), commonJsHere);
  await writeFile(join(stage, "package.json"), JSON.stringify({ type, sideEffects: false }));
  await writeFile(join(stage, "tsconfig.json"), JSON.stringify({
    extends: join(root, "tsconfig.json"),
    compilerOptions: { rootDir: "src", outDir: join(work, "dist", format) },
    include: ["src"],
  }));
  await run(process.execPath, [tsc, "-p", stage]);
  await cp(join(stage, "package.json"), join(work, "dist", format, "package.json"));
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`tsc ended with code ${code}; dist is unchanged`))));
  });
}

const work = await mkdtemp(join(root, ".build-"));
try {
  await Promise.all([compile(work, "esm", "module"), compile(work, "cjs", "commonjs")]);
  await rename(join(root, "dist"), join(work, "old")).catch(ignoreMissing);
  await rename(join(work, "dist"), join(root, "dist"));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rm(work, { recursive: true, force: true });
}

function ignoreMissing(error) {
  if (error.code !== "ENOENT") throw error;
}
