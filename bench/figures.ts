/** The shape of what the benchmark measures: named groups of numbers, in which lower is better wherever they are compared. */
export type Figures = { readonly [name: string]: number | Figures };

/** What may differ between two runs of one group. */
export type Tolerance =
  /** The same on every machine: any difference is news. */
  | { readonly kind: "exact" }
  /** Moves a little with every change of the code: news beyond this share, either way. */
  | { readonly kind: "share"; readonly share: number }
  /** Depends on the machine: news only when it takes this many times as long, or as much. */
  | { readonly kind: "timing"; readonly factor: number }
  /** What the machine of the record gave, for people. */
  | { readonly kind: "noted" };

const EXACT: Tolerance = { kind: "exact" };

/** Every group of `results.json`, in its order. */
export const GROUPS = {
  compute: EXACT,
  wire: EXACT,
  accounts: EXACT,
  rent: EXACT,
  program: EXACT,
  flows: EXACT,
  peers: EXACT,
  latency: { kind: "timing", factor: 5 },
  network: { kind: "timing", factor: 2 },
  page: { kind: "timing", factor: 3 },
  bundle: { kind: "share", share: 0.02 },
  crypto: { kind: "timing", factor: 3 },
  speed: { kind: "noted" },
} as const satisfies Record<string, Tolerance>;

export type Group = keyof typeof GROUPS;
export type Results = { readonly [group in Group]: Figures };

export const toleranceOf = (path: readonly string[]): Tolerance | undefined => (GROUPS as Record<string, Tolerance>)[path[0] ?? ""];

/** Every number of a tree with the names that lead to it. */
export function* leaves(figures: Figures, path: readonly string[] = []): Generator<[path: readonly string[], value: number]> {
  for (const [name, value] of Object.entries(figures)) {
    if (typeof value === "number") yield [[...path, name], value];
    else if (typeof value === "object" && value !== null) yield* leaves(value, [...path, name]);
    else throw new Error(`${[...path, name].join(" / ")} is no figure`); // a record that was edited by hand
  }
}

/** The number at a path; undefined where there is none. */
export function figureAt(figures: Figures, path: readonly string[]): number | undefined {
  let at: number | Figures | undefined = figures;
  for (const name of path) at = typeof at === "object" ? at[name] : undefined;
  return typeof at === "number" ? at : undefined;
}
