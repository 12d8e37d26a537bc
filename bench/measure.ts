/** Everything that is measured, in the order of the record. */
import { measureProgram } from "./builds.js";
import { measureBundles } from "./bundle.js";
import { measureCompute } from "./compute.js";
import { measureCrowd } from "./crowd.js";
import { measureCrypto, measureSpeed } from "./crypto.js";
import type { Group, Results } from "./figures.js";
import { GROUPS } from "./figures.js";
import { measureFlows } from "./flows.js";
import { measurePage } from "./page.js";
import { measurePeers } from "./peers/measure.js";
import { measureLatency, measureNetwork } from "./network.js";
import { measureAccounts, measureRent } from "./rent.js";
import { measureWire } from "./wire.js";

const MEASURES: { readonly [group in Group]: () => Results[group] | Promise<Results[group]> } = {
  compute: measureCompute,
  wire: measureWire,
  accounts: measureAccounts,
  rent: measureRent,
  program: measureProgram,
  flows: measureFlows,
  peers: measurePeers,
  latency: measureLatency,
  network: async () => ({ ...(await measureNetwork()), ...(await measureCrowd()) }),
  page: measurePage,
  bundle: measureBundles,
  crypto: measureCrypto,
  speed: measureSpeed,
};

/** One group after the other: timings suffer no company. */
export async function measure(): Promise<Results> {
  const results: Partial<Record<Group, Results[Group]>> = {};
  for (const group of Object.keys(GROUPS) as Group[]) results[group] = await MEASURES[group]();
  return results as Results;
}
