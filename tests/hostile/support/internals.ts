/** What a client keeps from its users, of the copy of the package that the tests run. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Postern } from "@postern/sdk";
import type { Internals } from "../../../sdk/src/client/internals.js";

type Module = { internalsOf(postern: Postern): Internals };

export function internalsOf(postern: Postern): Internals {
  const require = createRequire(__filename);
  return (require(join(dirname(require.resolve("@postern/sdk")), "client", "internals.js")) as Module).internalsOf(postern);
}
