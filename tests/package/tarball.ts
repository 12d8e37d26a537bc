import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

export const run = promisify(execFile);

/** The folder of the package as it stands in this repository, built. */
export const PACKAGE_FOLDER = dirname(require.resolve("@postern/sdk/package.json"));

export interface Tarball {
  readonly file: string;
  /** Paths in it, relative to the package. */
  readonly paths: string[];
  remove(): Promise<void>;
}

/** Packs the package as `npm publish` would. */
export async function pack(): Promise<Tarball> {
  const folder = await mkdtemp(join(tmpdir(), "postern-pack-"));
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: PACKAGE_FOLDER });
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { file: join(folder, packed.filename), paths: packed.files.map(({ path }) => path), remove: () => rm(folder, { recursive: true }) };
}
