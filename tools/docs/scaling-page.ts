/** The tables of docs/SCALING.md: what was simulated, what follows from it, and every assumption. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { figureAt, type Figures } from "../../bench/figures.js";
import { CLUSTER, USE } from "../../bench/scaling/assumptions.js";
import { ceilings, estimate, type Estimate, type Measured } from "../../bench/scaling/estimate.js";
import type { Simulation } from "../../bench/scaling/simulate.js";
import { number } from "../../examples/demo/print.js";

const WALLETS = [1, 1_000, 1_000_000, 10_000_000] as const;
const PAYLOAD_BYTES = 526;

type Simulations = Readonly<Record<string, Simulation>>;

const read = (root: string, ...path: string[]): unknown => JSON.parse(readFileSync(join(root, "bench", ...path), "utf8"));

/** Figures of the benchmark's record and of the largest simulation. */
export function measuredOf(record: Figures, simulations: Simulations): Measured {
  const at = (...path: string[]): number => {
    const found = figureAt(record, path);
    if (found === undefined) throw new Error(`${path.join(" / ")} is not recorded`);
    return found;
  };
  const { exact } = largest(simulations);
  const unitsOf = (name: string): number => figureAt(exact, [`${name}, compute units`]) ?? NaN;
  return {
    profileBytes: at("accounts", "profile"),
    bundleBytes: at("accounts", "key bundle"),
    inboxBytes: [at("accounts", "inbox, 2,048 B ring"), at("accounts", "inbox, 512 B ring")],
    units: { post: unitsOf(`post of ${PAYLOAD_BYTES} B`), acknowledge: unitsOf("acknowledge"), request: unitsOf("open_request") },
    payloadBytes: PAYLOAD_BYTES,
  };
}

const largest = (simulations: Simulations): Simulation => Object.values(simulations).at(-1)!;

/** By the name of their markers. */
export function scalingTables(root: string): ReadonlyMap<string, string> {
  const simulations = read(root, "scaling", "results.json") as Simulations;
  const record = read(root, "results.json") as Figures;
  const measured = measuredOf(record, simulations);
  return new Map([
    ["wallets", walletsTable(WALLETS.map((wallets) => estimate(measured, wallets)))],
    ["ceilings", ceilingsTable(measured, figureAt(record, ["rent", "5,080 lamports/B", "inbox, 256 B ring"]) ?? NaN)],
    ["simulation", simulationTable(simulations)],
    ["assumptions", assumptionsTable()],
  ]);
}

function walletsTable(estimates: readonly Estimate[]): string {
  const rows: [string, (estimate: Estimate) => string][] = [
    ["accounts", ({ accounts }) => number(accounts)],
    ["their data, GB", ({ gigabytes }) => short(gigabytes)],
    ["rent locked, SOL; each wallet's own, and refundable", ({ sol }) => short(sol)],
    ["fees a day, SOL", ({ feesSolADay }) => short(feesSolADay)],
    ["transactions a second, at the peak", ({ transactionsASecond }) => short(transactionsASecond)],
    ["share of the cluster's blocks that they take", ({ shareOfBlocks }) => `${short(shareOfBlocks * 100)} %`],
    ["calls of endpoints a second, for reading", ({ callsASecond }) => short(callsASecond)],
    ["megabytes a second, for reading", ({ megabytesASecond }) => short(megabytesASecond)],
    ["to find a request by one's profile: bytes of the profile", ({ profileBytes }) => number(profileBytes)],
    ["to find requests by `getProgramAccounts`: GB that the endpoint goes through, unless it keeps an index", ({ scanGigabytes }) => short(scanGigabytes)],
  ];
  return table(["wallets", ...estimates.map(({ wallets }) => number(wallets))], rows.map(([name, cell]) => [name, ...estimates.map(cell)]));
}

function ceilingsTable(measured: Measured, requestRentLamports: number): string {
  const { postsASecond, acknowledgementsASecond, requestsASecond, floodSolASecond, lockSolAnHour, blockPostsASecond, openingsASecond } = ceilings(measured, requestRentLamports);
  return table(["what", "at most"], [
    ["posts into one inbox, a second", short(postsASecond)],
    ["acknowledgements of one inbox, a second", short(acknowledgementsASecond)],
    ["requests to one wallet, a second", short(requestsASecond)],
    ["posts of all users, a second, when the cluster does nothing else", short(blockPostsASecond)],
    ["openings of inboxes of all users, a second, as new bytes of a block allow", short(openingsASecond)],
    ["to keep all others' requests from one wallet by requests of one's own with the smallest ring: SOL a second, most of it locked for 14 days", short(floodSolASecond)],
    ["to keep everybody from writing one account by naming it in other transactions: SOL an hour of base fees, before any fee for priority", short(lockSolAnHour)],
  ]);
}

function simulationTable(simulations: Simulations): string {
  const sizes = Object.values(simulations);
  const rows = (kind: keyof Simulation, unit: string): string[][] =>
    Object.keys(sizes[0]?.[kind] ?? {}).map((name) => [`${name}${unit}`, ...sizes.map((size) => (figureAt(size[kind], [name]) ?? NaN).toLocaleString("en-US"))]);
  const [head, ...exact] = rows("exact", "");
  return table(head ?? [], [...exact, ...rows("seconds", ", seconds on the machine of the record")]);
}

function assumptionsTable(): string {
  return table(["assumed", "value", "why"], [...Object.values(USE), ...Object.values(CLUSTER)].map(({ means, value, why }) => [means, value.toLocaleString("en-US"), why]));
}

/** Three digits that count; whole numbers whole. */
const short = (value: number): string => (value >= 100 ? number(Math.round(value)) : String(Number(value.toPrecision(3))));

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|---|${head.slice(1).map(() => "---:|").join("")}`, ...rows.map(line)].join("\n");
}
