/** Runs one command with an unlocked wallet, and leaves nothing behind. */
import type { Postern } from "../client/postern.js";
import { connect } from "./connect.js";
import type { Common } from "./options.js";
import { outputTo, type Output } from "./output.js";

export async function withPostern(values: Common, work: (postern: Postern, out: Output) => Promise<void>): Promise<void> {
  const out = outputTo({ json: values.json === true });
  const postern = await out.during("Connecting", connect(values));
  try {
    await work(postern, out);
  } finally {
    await postern.close();
  }
}

/** Fires with Ctrl-C or a request to end. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}
