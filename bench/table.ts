/** The main figures for people. */
import type { Figures, Results } from "./figures.js";

type Cell = number | Figures | undefined;

export function printed({ compute, wire, accounts, rent, program, flows, latency, network, page, bundle, crypto, speed }: Results): string {
  return [
    byRow("compute units of a post, sBPF v3", only(groupOf(compute, "v3"), isPost)),
    byColumn("compute units (at bump 255 / 254)", { "sBPF v0": only(groupOf(compute, "v0"), isOther), "sBPF v3": only(groupOf(compute, "v3"), isOther) }),
    byRow("transaction of version 0", wire),
    byColumn("account, lamports of rent at", { bytes: accounts, ...(rent as Record<string, Figures>) }),
    byRow("flow on a local network", flows),
    byColumn("program", { bytes: program }),
    byColumn("between two clients", { "": { ...latency, ...network } }),
    byColumn("the example page in Chromium", { "": page }),
    byRow("entry of the package, bytes", bundle),
    byColumn("crypto, times nacl.secretbox", crypto as Record<string, Figures>),
    byColumn("that is, on this machine", speed as Record<string, Figures>),
  ].join("\n");
}

const isPost = (name: string): boolean => /^post \d+ B$/.test(name);
const isOther = (name: string): boolean => !isPost(name);
const only = (figures: Figures, wanted: (name: string) => boolean): Figures => Object.fromEntries(Object.entries(figures).filter(([name]) => wanted(name)));

function groupOf(figures: Cell, name: string): Figures {
  const group = typeof figures === "object" ? figures[name] : undefined;
  return typeof group === "object" ? group : {};
}

/** A table whose rows each hold named figures. */
function byRow(title: string, rows: Figures): string {
  const names = unique(Object.values(rows).flatMap((figures) => (typeof figures === "object" ? Object.keys(figures) : [])));
  return table([title, ...names], Object.keys(rows).map((row) => [row, ...names.map((name) => text(groupOf(rows, row)[name]))]));
}

/** A table whose columns each hold figures by the rows' names. */
function byColumn(title: string, columns: Record<string, Figures>): string {
  const rows = unique(Object.values(columns).flatMap((figures) => Object.keys(figures)));
  return table([title, ...Object.keys(columns)], rows.map((row) => [row, ...Object.values(columns).map((figures) => text(figures[row]))]));
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];

function text(cell: Cell): string {
  if (typeof cell === "number") return cell.toLocaleString("en-US");
  return cell === undefined ? "" : `${text(cell["bump 255"])} / ${text(cell["bump 254"])}`;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  return ["", line(headings), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}
