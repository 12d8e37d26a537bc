import { isPosternError, PosternError } from "../errors.js";
import type { Backend, BackendOptions } from "./backend.js";
import { loadSurfnet, startNative } from "./native.js";
import { accepts, waitUntil } from "./rpc.js";
import { findExecutable, startSurfpool, startTestValidator } from "./validator.js";

const KINDS = ["native", "surfpool", "solana-test-validator"] as const;
const WEBSOCKET_WITHIN_MS = 10_000;
type Kind = (typeof KINDS)[number];

/**
 * Starts the first network that this machine has: Surfpool's native package, `surfpool`, `solana-test-validator`. The
 * environment variable `POSTERN_LOCALNET_BACKEND` picks one of the three by that name.
 *
 * @throws PosternError `LOCALNET_UNAVAILABLE` where there is none, or the one that was picked does not start.
 */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  try {
    const backend = await startFirst(options);
    if (await waitUntil(() => accepts(backend.wsUrl), { timeoutMs: WEBSOCKET_WITHIN_MS, intervalMs: 20 })) return backend;
    await backend.stop();
    throw new PosternError("LOCALNET_UNAVAILABLE", "The local network answers requests but serves no WebSocket; another program may have taken its port. Start it again.");
  } catch (cause) {
    if (isPosternError(cause)) throw cause;
    throw new PosternError("LOCALNET_UNAVAILABLE", "The local network did not start; its own error is the cause of this one.", { context: { programFile: options.programFile }, cause });
  }
}

async function startFirst(options: BackendOptions): Promise<Backend> {
  for (const kind of wanted()) {
    if (kind === "native") {
      const surfnetClass = loadSurfnet();
      if (surfnetClass !== undefined) return startNative(surfnetClass, options);
    } else {
      const executable = findExecutable(kind);
      if (executable !== undefined) return (kind === "surfpool" ? startSurfpool : startTestValidator)(executable, options);
    }
  }
  throw new PosternError("LOCALNET_UNAVAILABLE", "No local network can run here: install the Surfpool CLI or Agave's solana-test-validator, and put it on the PATH.", {
    context: { platform: process.platform, arch: process.arch },
  });
}

function wanted(): readonly Kind[] {
  const chosen = process.env.POSTERN_LOCALNET_BACKEND;
  if (!chosen) return KINDS;
  const kind = KINDS.find((known) => known === chosen);
  if (kind === undefined) throw new PosternError("INVALID_ARGUMENT", `POSTERN_LOCALNET_BACKEND is one of ${KINDS.join(", ")}.`);
  return [kind];
}
