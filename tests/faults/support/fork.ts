/** A fork of the cluster that is left again: what happened on it, though it was confirmed, has never happened. */
import type { Address } from "@postern/sdk/program";
import { PublicKey, type Connection } from "@solana/web3.js";
import { rpcCall } from "../../../sdk/src/localnet/rpc.js";
import type { FaultProxy } from "./fault-proxy.js";
import { setAccount } from "./set-account.js";

type Standing = { readonly data: Uint8Array; readonly lamports: number } | null;

export class Fork {
  readonly #rpcUrl: string;
  readonly #before: ReadonlyMap<Address, Standing>;

  private constructor(rpcUrl: string, before: ReadonlyMap<Address, Standing>) {
    this.#rpcUrl = rpcUrl;
    this.#before = before;
  }

  /** It begins now: as these accounts stand, they will stand again. Until it is left, who asks through the proxy is told of nothing that it is finalized. */
  static async begin(proxy: FaultProxy, rpcUrl: string, connection: Connection, addresses: readonly Address[]): Promise<Fork> {
    proxy.onFork = true;
    const accounts = await connection.getMultipleAccountsInfo(addresses.map((address) => new PublicKey(address)), "confirmed");
    return new Fork(rpcUrl, new Map(addresses.map((address, i) => [address, accounts[i] ?? null])));
  }

  /** The cluster goes on where the fork began; who asks through the proxy finds no trace of these transactions. */
  async leave(proxy: FaultProxy, signatures: readonly string[]): Promise<void> {
    proxy.takenBack(signatures);
    proxy.onFork = false;
    for (const [address, before] of this.#before) {
      if (before) await setAccount(this.#rpcUrl, address, before);
      else await rpcCall(this.#rpcUrl, "surfnet_setAccount", [address, { data: "", lamports: 0, owner: "11111111111111111111111111111111" }]);
    }
  }
}
