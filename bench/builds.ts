/** The committed builds of the program. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { World } from "../tests/program/support/world.js";
import type { Figures } from "./figures.js";

const ARTIFACTS = join(__dirname, "../sdk/artifacts");

export const VERSIONS = ["v0", "v3"] as const;
export type Version = (typeof VERSIONS)[number];

const fileOf = (version: Version): string => `postern.${version}.so`;
const programOf = (version: Version): Uint8Array => readFileSync(join(ARTIFACTS, fileOf(version)));

/** Ledgers with one build deployed. What happens on them is the same in every run, down to the keys. */
export function worldsOf(version: Version): () => World {
  const program = programOf(version);
  return () => new World(program);
}

/** Bytes of each build. */
export function measureProgram(): Figures {
  return Object.fromEntries(VERSIONS.map((version) => [fileOf(version), programOf(version).length]));
}
