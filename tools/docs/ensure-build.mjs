// Builds the SDK when it has not been built, or when a source is newer than what was built.
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const sdk = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "sdk");

function builtAt() {
  const times = ["esm", "cjs"].map((format) => statSync(join(sdk, "dist", format, "index.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.min(...times);
}

function newestSource() {
  const files = readdirSync(join(sdk, "src"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.map(({ parentPath, path, name }) => statSync(join(parentPath ?? path, name)).mtimeMs));
}

if (builtAt() < newestSource()) {
  console.log("Building the SDK (about ten seconds) …");
  const { status } = spawnSync(process.execPath, [join(sdk, "scripts", "build.mjs")], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
