/** The demo's voice: headings, wrapped notes, tables. */
import type { Step } from "./observer.js";

/** What a byte of account data costs on mainnet today (lamports), beside which the local network's own rate is shown. */
export const MAINNET_LAMPORTS_PER_BYTE = 5_080n;

export const number = (value: bigint | number): string => value.toLocaleString("en-US");
export const sol = (lamports: bigint): string => `${(Number(lamports) / 1e9).toFixed(6)} SOL`;

export function heading(text: string): void {
  console.log(`\n${text}\n${"-".repeat(text.length)}`);
}

export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  for (const row of rows) {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)));
    console.log(`  ${cells.join("   ")}`.trimEnd());
  }
}

export function printCosts(steps: readonly Step[], lamportsPerByte: bigint): void {
  table([
    ["step", "prompts", "transactions", "compute units", "fee", "rent here", "rent on mainnet"],
    ...steps.map(({ name, prompts, transactions, computeUnits, fees, rent }) => [
      name, number(prompts), number(transactions), number(computeUnits), number(fees), number(rent), number((rent * MAINNET_LAMPORTS_PER_BYTE) / lamportsPerByte),
    ]),
  ]);
  console.log(`  Fees and rent in lamports (1 SOL is 1,000,000,000). Rent is a deposit, and negative where it comes back. It is ${number(lamportsPerByte)} lamports`);
  console.log(`  a byte on this local network and ${number(MAINNET_LAMPORTS_PER_BYTE)} on mainnet (November 2026); ask the cluster, as postern.estimate() does.`);
}
