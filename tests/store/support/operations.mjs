// A sequence of changes that a process and the one that kills it both know, so that the latter can say what must be on disk.
import { createHash } from "node:crypto";

export const KEYS = ["a", "b/1", "B/1", "é"];

/** The i-th change: what it writes under which key, undefined to delete. Sizes from 0 to 40,000 bytes. */
export function operation(i) {
  const random = createHash("sha256").update(`operation ${i}`).digest();
  const key = KEYS[random[0] % KEYS.length];
  if (random[1] < 50) return { key, kind: "delete", value: undefined };
  const value = new Uint8Array(createHash("shake256", { outputLength: random.readUInt16LE(2) % 40_000 }).update(random).digest());
  return { key, kind: random[1] < 150 ? "set" : "replace", value };
}
