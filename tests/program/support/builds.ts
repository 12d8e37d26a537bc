/** The program as it is deployed: every test runs on each of its builds. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { World } from "./world.js";

/** Another folder than the committed one, to see these tests fail on a program that lacks a check; it may hold one build alone. */
const OTHER = process.env["POSTERN_ARTIFACTS"];

/** What the tests run on. Another program may be put in here between two runs. */
export const BUILDS: { readonly version: string; program: Uint8Array }[] = ["v0", "v3"]
  .map((version) => ({ version, file: join(OTHER ?? join(__dirname, "../../../sdk/artifacts"), `postern.${version}.so`) }))
  .filter(({ version, file }) => OTHER === undefined || version === "v0" || existsSync(file))
  .map(({ version, file }) => ({ version, program: readFileSync(file) }));

export type Test = (sentence: string, body: (world: World) => void) => void;

/** Describes `subject` once for each build, or for one of them; each test gets a ledger of its own. */
export function onEachBuild(subject: string, tests: (test: Test) => void, only?: "v0" | "v3"): void {
  for (const build of BUILDS.filter(({ version }) => only === undefined || version === only)) {
    describe(`${subject} (sBPF ${build.version})`, () => {
      tests((sentence, body) =>
        it(sentence, () => {
          body(new World(build.program));
        }),
      );
    });
  }
}
