/** What a client keeps from its users, of the copy of the package that the tests run. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Postern } from "@postern/sdk";
import type { Internals } from "../../../sdk/src/client/internals.js";
import type { Overview } from "../../../sdk/src/client/overview.js";

const load = createRequire(__filename);
const inClient = (name: string): unknown => load(join(dirname(load.resolve("@postern/sdk")), "client", name));

export function internalsOf(postern: Postern): Internals {
  return (inClient("internals.js") as { internalsOf(postern: Postern): Internals }).internalsOf(postern);
}

/** What a list of conversations is drawn from. */
export function overviewOf(postern: Postern): Promise<Overview> {
  return (inClient("overview.js") as { readOverview(postern: Postern): Promise<Overview> }).readOverview(postern);
}
