/** What is deployed: a committed or freshly built binary that its own record describes. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Of `build.json`, which `npm run build:program` writes beside the binaries. */
export type BuildRecord = {
  /** The address that the program was built for: it derives every account from it. */
  readonly address: string;
  readonly artifacts: Readonly<Record<string, { readonly sha256: string; readonly bytes: number } | undefined>>;
};

export type Build = { readonly name: string; readonly binary: Uint8Array; readonly record: BuildRecord };

/** Reads a binary (`postern.v3.so`, `postern.v0.so`) and its record. @throws when one is missing. */
export function readBuild(folder: string, name: string): Build {
  try {
    return { name, binary: readFileSync(join(folder, name)), record: JSON.parse(readFileSync(join(folder, "build.json"), "utf8")) as BuildRecord };
  } catch (cause) {
    throw new Error(`${join(folder, name)} and its build.json cannot be read. Run \`npm run build:program\`.`, { cause });
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** @throws unless the binary is the recorded one, and was built for this address. */
export function checkBuild({ name, binary, record }: Build, address: string): void {
  const recorded = record.artifacts[name];
  if (recorded?.sha256 !== sha256(binary)) {
    throw new Error(`${name} is not the binary that build.json records. Run \`npm run build:program\`, or take both from one commit.`);
  }
  if (record.address !== address) {
    throw new Error(
      `The program was built for ${record.address}, and the key in target/deploy is ${address}. ` +
      "Run `npm run deploy:keys` (or `anchor keys sync`) and `npm run build:program`, then deploy.",
    );
  }
}
