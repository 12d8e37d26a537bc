/** Amounts, times and errors in words. */
import type { Labels } from "./labels.js";

const LAMPORTS_PER_SOL = 1_000_000_000n;

/** `0.0133096 SOL`: exact, without trailing zeros. */
export function sol(lamports: bigint): string {
  const fraction = (lamports % LAMPORTS_PER_SOL).toString().padStart(9, "0").replace(/0+$/, "");
  return `${lamports / LAMPORTS_PER_SOL}${fraction && `.${fraction}`} SOL`;
}

export function timeOf(at: Date): string {
  return at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

/** For a list: the time today, else the day. */
export function briefly(at: Date): string {
  return isToday(at) ? timeOf(at) : at.toLocaleDateString(undefined, { day: "numeric", month: "short" });
}

export function dayOf(at: Date, labels: Labels): string {
  return isToday(at) ? labels.today : at.toLocaleDateString(undefined, { day: "numeric", month: "long", year: "numeric" });
}

function isToday(at: Date): boolean {
  return at.toDateString() === new Date().toDateString();
}

/** What a person can do about an error; Postern's own sentence, which is for developers, where there are no words of ours. */
export function explained(error: { readonly code: string; readonly message: string; readonly context?: Readonly<Record<string, unknown>> }, labels: Labels): string {
  const text = labels.errors[error.code] ?? error.message;
  const missing = error.context?.["missingLamports"];
  return typeof missing === "bigint" ? `${text} ${labels.missing(sol(missing))}` : text;
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
