/** The program as it is deployed: every test runs on each of its builds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { World } from "./world.js";

/** Another folder than the committed one, to see these tests fail on a program that lacks a check. */
const ARTIFACTS = process.env["POSTERN_ARTIFACTS"] ?? join(__dirname, "../../../sdk/artifacts");

const BUILDS = ["v0", "v3"].map((version) => ({ version, program: readFileSync(join(ARTIFACTS, `postern.${version}.so`)) }));

export type Test = (sentence: string, body: (world: World) => void) => void;

/** Describes `subject` once for each build, or for one of them; each test gets a ledger of its own. */
export function onEachBuild(subject: string, tests: (test: Test) => void, only?: "v0" | "v3"): void {
  for (const { version, program } of BUILDS.filter((build) => only === undefined || build.version === only)) {
    describe(`${subject} (sBPF ${version})`, () => {
      tests((sentence, body) =>
        it(sentence, () => {
          body(new World(program));
        }),
      );
    });
  }
}
