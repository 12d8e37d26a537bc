/** Whether what was measured is what was recorded. */
import { figureAt, leaves, toleranceOf, type Figures, type Tolerance } from "./figures.js";

export type Difference = {
  readonly path: readonly string[];
  readonly recorded: number | undefined;
  readonly measured: number | undefined;
  /** `missing`: recorded and no longer measured; `new`: measured and never recorded. */
  readonly verdict: "worse" | "better" | "missing" | "new";
};

/** All differences that the groups' tolerances do not cover. An improvement is one too: the record must not drift. */
export function compare(recorded: Figures, measured: Figures): Difference[] {
  const differences: Difference[] = [];
  for (const [path, before] of leaves(recorded)) {
    const now = figureAt(measured, path);
    const verdict = now === undefined ? "missing" : judge(toleranceOf(path) ?? { kind: "exact" }, before, now);
    if (verdict !== undefined) differences.push({ path, recorded: before, measured: now, verdict });
  }
  for (const [path, now] of leaves(measured)) {
    if (figureAt(recorded, path) === undefined) differences.push({ path, recorded: undefined, measured: now, verdict: "new" });
  }
  return differences;
}

function judge(tolerance: Tolerance, before: number, now: number): "worse" | "better" | undefined {
  if (!Number.isFinite(now)) return "worse";
  if (tolerance.kind === "noted") return undefined;
  if (tolerance.kind === "timing") return now > tolerance.factor * before ? "worse" : undefined;
  const slack = tolerance.kind === "share" ? tolerance.share * before : 0;
  if (Math.abs(now - before) <= slack) return undefined;
  return now > before ? "worse" : "better";
}

/** One line for a difference. */
export function describe({ path, recorded, measured, verdict }: Difference): string {
  const name = path.join(" / ");
  if (verdict === "missing") return `missing  ${name}: ${recorded} is recorded, nothing was measured`;
  if (verdict === "new") return `new      ${name}: ${measured}, not recorded`;
  return `${verdict.padEnd(8)} ${name}: ${recorded} -> ${measured}`;
}

/**
 * What to write down: the new figures, with those timings of the old ones that still hold, so that the file changes only
 * when something did.
 */
export function merge(recorded: Figures | undefined, measured: Figures, path: readonly string[] = []): Figures {
  const kept = ([name, value]: [string, number | Figures]): [string, number | Figures] => {
    const at = [...path, name];
    if (typeof value !== "number") return [name, merge(recorded, value, at)];
    const before = recorded && figureAt(recorded, at);
    return [name, before !== undefined && holds(toleranceOf(at), before, value) ? before : value];
  };
  return Object.fromEntries(Object.entries(measured).map(kept));
}

/** True for a timing, or what was made of one, that is neither much slower nor much faster than before. */
function holds(tolerance: Tolerance | undefined, before: number, now: number): boolean {
  return (tolerance?.kind === "timing" || tolerance?.kind === "noted") && now <= 1.5 * before && before <= 1.5 * now;
}
