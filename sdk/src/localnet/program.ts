import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { PosternError } from "../errors.js";
import { here } from "../here.js";

/**
 * The program that a local network deploys: the package's own build to sBPF v3, or the file that the environment variable
 * `POSTERN_LOCALNET_PROGRAM` names.
 *
 * @throws PosternError `LOCALNET_UNAVAILABLE` when there is no such file.
 */
export function programFile(): string {
  const chosen = process.env.POSTERN_LOCALNET_PROGRAM;
  const file = chosen ? resolve(chosen) : fileURLToPath(new URL("../../artifacts/postern.v3.so", here));
  if (!existsSync(file)) {
    const message = chosen
      ? "POSTERN_LOCALNET_PROGRAM names a file that does not exist; give the path of a program built to sBPF, or unset it."
      : "The program is missing from this installation of @postern/sdk; install the package anew.";
    throw new PosternError("LOCALNET_UNAVAILABLE", message, { context: { file } });
  }
  return file;
}
