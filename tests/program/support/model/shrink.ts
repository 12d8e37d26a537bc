/** From a path that fails to one in which every step is needed. fast-check's own shrinking keeps the end of a path, which here is what came too late. */
import fc from "fast-check";
import type { ProgramModel } from "./program-model.js";
import type { Step } from "./steps.js";
import { paths, type Walker } from "./walk.js";

type Found = { readonly path: readonly Step[]; readonly error: unknown };
type Choices = { readonly numRuns: number; readonly seed: number; readonly met?: Map<string, number>; readonly Model?: typeof ProgramModel };

/** What comes of a path: its beginning, up to the step after which ledger and model differ; undefined when they never do. */
function failure(walker: Walker, path: readonly Step[], { met, Model }: Pick<Choices, "met" | "Model">): Found | undefined {
  try {
    walker.walk(path, met, Model);
    return undefined;
  } catch (error) {
    return { path: path.slice(0, walker.taken), error };
  }
}

/** Takes away halves, quarters and so on to single steps, for as long as what is left fails; then makes numbers plain, and begins again. */
function shortened(walker: Walker, found: Found, Model: Choices["Model"]): Found {
  let least = found;
  for (let size = Math.ceil(found.path.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let end = least.path.length; end > 0; end -= size) {
      const from = Math.max(end - size, 0);
      least = failure(walker, least.path.toSpliced(from, end - from), { Model }) ?? least;
    }
  }
  for (let at = 0; at < least.path.length; at++) least = failure(walker, least.path.toSpliced(at, 1, plain(least.path[at]!)), { Model }) ?? least;
  return least.path.length < found.path.length ? shortened(walker, least, Model) : least;
}

/** The same step at the first place: which inbox another number means depends on how many there are. */
const plain = (step: Step): Step => ("place" in step ? ({ ...step, place: { ...step.place, writer: 0, index: 0 } } as Step) : step);

/** The shortest path found that fails, from random ones; undefined when none of `numRuns` does. */
export function shortestFailure(walker: Walker, { numRuns, seed, met, Model }: Choices): Found | undefined {
  let first: Found | undefined;
  const holds = (path: readonly Step[]): boolean => (first = failure(walker, path, { met, Model })) === undefined;
  fc.check(fc.property(paths, holds), { numRuns, seed, endOnFailure: true });
  return first === undefined ? undefined : shortened(walker, first, Model);
}

/** Steps, a line each. */
export const told = (path: readonly Step[]): string => path.map((step) => fc.stringify(step)).join("\n");
