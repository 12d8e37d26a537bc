/** The `names` option on the Solana Name Service. */
import { PublicKey, type Connection as Web3Connection } from "@solana/web3.js";
import { openConnection } from "../client/options.js";
import { PosternError } from "../errors.js";
import type { Connection } from "../net/connection.js";
import { Turnstile } from "../net/turnstile.js";
import type { Names } from "../observe/index.js";
import { Batch } from "./batch.js";

export type SnsOptions = {
  /** Where names are read: the service is on mainnet, whatever cluster the messages are on. An http(s) URL, or web3.js's `Connection`. */
  readonly connection: Connection | string;
};

/** Wallets that one look takes, and looks at once. */
const WALLETS_PER_LOOK = 100;
const LOOKS_AT_ONCE = 4;
const TLD = ".sol";

type Service = typeof import("./service.js");
const service = (): Promise<Service> => import("./service.js");

/**
 * Names for `PosternProvider` or `Messaging`. `resolve` follows SNS-IP 5: the holder of a tokenized name, its verified `SOL` record, its
 * owner. `reverse` gives the name that a wallet has picked as its primary one; wallets asked for at once are read together. The endpoint
 * is believed: whoever gives out false accounts gives out false names, which is why an address is always to be had beside a name.
 *
 * The returned functions throw PosternError RPC_FAILED where the endpoint fails or shows what is no name account, INVALID_ADDRESS for what
 * is no address; a name or an address that stands for nothing is undefined.
 * @throws PosternError INVALID_ARGUMENT for a URL that is none
 * @see https://sns.guide
 * @example
 * ```ts
 * import { snsNames } from "@postern/sdk/sns";
 *
 * const names = snsNames({ connection: "https://api.mainnet-beta.solana.com" });
 * const address = await names.resolve("bonfida.sol");
 * ```
 */
export function snsNames({ connection }: SnsOptions): Names {
  const { signal } = new AbortController();
  const rpc = openConnection(connection, "confirmed", signal) as unknown as Web3Connection;
  const turnstile = new Turnstile(LOOKS_AT_ONCE);
  const look = <T>(work: (sns: Service) => Promise<T>): Promise<T | undefined> => turnstile.pass(async () => read(await service(), work), signal);
  const primary = async (wallets: readonly string[]): Promise<readonly (string | undefined)[]> =>
    (await look((sns) => sns.getMultiplePrimaryDomains(rpc, wallets.map((wallet) => new PublicKey(wallet))))) ?? [];
  const batch = new Batch(primary, WALLETS_PER_LOOK);
  return {
    resolve: async (name) => {
      const domain = domainOf(name);
      return domain === undefined ? undefined : look(async (sns) => (await sns.resolve(rpc, domain)).toBase58());
    },
    reverse: async (address) => {
      const domain = await batch.ask(walletAddress(address));
      return domain ? domain + TLD : undefined;
    },
  };
}

/** What the service says is not there is undefined. @throws PosternError RPC_FAILED */
async function read<T>(sns: Service, work: (sns: Service) => Promise<T>): Promise<T | undefined> {
  try {
    return await work(sns);
  } catch (cause) {
    if (cause instanceof sns.SNSError) return undefined;
    throw new PosternError("RPC_FAILED", "The endpoint did not answer with name accounts. Try again, or use another endpoint.", { cause });
  }
}

/** `bob` of `Bob.sol`, `a.bob` of `a.bob.sol`; undefined for what is no name of the service. */
function domainOf(name: string): string | undefined {
  const lower = name.trim().toLowerCase().normalize("NFC");
  const labels = lower.endsWith(TLD) ? lower.slice(0, -TLD.length).split(".") : [];
  return (labels.length === 1 || labels.length === 2) && labels.every((label) => label !== "") ? labels.join(".") : undefined;
}

/** @throws PosternError INVALID_ADDRESS */
function walletAddress(address: string): string {
  try {
    return new PublicKey(address).toBase58();
  } catch (cause) {
    throw new PosternError("INVALID_ADDRESS", "This is no address: base58 of 32 bytes.", { cause });
  }
}
