/** What is used of the library, whose own types an ES module under `node16` does not find. */
declare module "@bonfida/spl-name-service" {
  import type { Connection, PublicKey } from "@solana/web3.js";

  export function resolve(connection: Connection, domain: string): Promise<PublicKey>;
  /** Undefined where a wallet has picked none; without `.sol`. */
  export function getMultiplePrimaryDomains(connection: Connection, wallets: PublicKey[]): Promise<(string | undefined)[]>;
  /** There is no such name, or it leads nowhere. */
  export class SNSError extends Error {}
}
