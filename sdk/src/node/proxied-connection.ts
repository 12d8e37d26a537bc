import { Connection, type Commitment } from "@solana/web3.js";

import { PosternError } from "../errors.js";
import { confirmByPolling } from "./confirm.js";
import { proxiedFetch } from "./proxied-fetch.js";

/** What web3.js serves over its WebSocket, which knows no proxy. */
const SUBSCRIPTIONS = [
  "onAccountChange", "onProgramAccountChange", "onLogs", "onSignature", "onSignatureWithOptions", "onSlotChange", "onSlotUpdate", "onRootChange",
] as const satisfies readonly (keyof Connection)[];

type Subscription = (typeof SUBSCRIPTIONS)[number];

/** A web3.js Connection without its subscriptions: `"onAccountChange" in connection` holds, and it is undefined. */
export type ProxiedConnection = Omit<Connection, Subscription> & { readonly [method in Subscription]?: undefined };

export interface ProxiedConnectionOptions {
  readonly rpcUrl: string;
  /** As {@link proxiedFetch} takes it. Tor listens at `socks5h://127.0.0.1:9050`. */
  readonly proxyUrl: string;
  /** Default "confirmed". */
  readonly commitment?: Commitment;
}

/**
 * A Connection that hides this machine's address from the RPC, and the RPC's name from this machine's network: every request
 * goes through the proxy, and no WebSocket is ever opened. Clients that find no subscriptions poll; `confirmTransaction`
 * does so itself.
 *
 * The RPC still sees which accounts are asked for, and requests that share a proxy circuit can be told to belong together.
 *
 * @throws PosternError `INVALID_ARGUMENT` for a URL that is neither; see {@link proxiedFetch} for what its requests throw.
 *
 * @example
 * ```ts
 * import { Postern } from "@postern/sdk";
 * import { proxiedConnection } from "@postern/sdk/node";
 *
 * const connection = proxiedConnection({ rpcUrl: "https://api.mainnet-beta.solana.com", proxyUrl: "socks5h://127.0.0.1:9050" });
 * const postern = await Postern.connect({ connection, wallet });
 * ```
 */
export function proxiedConnection({ rpcUrl, proxyUrl, commitment = "confirmed" }: ProxiedConnectionOptions): ProxiedConnection {
  if (!URL.canParse(rpcUrl) || !/^https?:$/.test(new URL(rpcUrl).protocol)) {
    throw new PosternError("INVALID_ARGUMENT", "The RPC URL begins with https:// or http://.");
  }
  const connection = new Connection(rpcUrl, { commitment, fetch: proxiedFetch(proxyUrl) });
  for (const method of SUBSCRIPTIONS) Object.defineProperty(connection, method, { value: undefined, enumerable: true });
  Object.defineProperty(connection, "confirmTransaction", { value: confirmByPolling });
  Object.defineProperty(connection, "_rpcWebSocket", { value: noWebSocket(), writable: false });
  return connection as unknown as ProxiedConnection;
}

/** In the place of web3.js's client: whichever of its methods asks for a socket, there is none to open. */
function noWebSocket(): object {
  const refuse = (): never => {
    throw new PosternError("INVALID_ARGUMENT", "A proxied connection has no subscriptions, because a WebSocket would not pass the proxy; poll instead.");
  };
  return Object.freeze({ connect: refuse, call: refuse, notify: refuse, close: () => undefined });
}
