/** Puts an account of the program on a local network as its bytes say, whatever stood there. */
import type { Address } from "@postern/sdk/program";
import { rpcCall } from "../../../sdk/src/localnet/rpc.js";
import { program } from "../../hostile/support/raw-device.js";

export async function setAccount(rpcUrl: string, address: Address, { data, lamports }: { data: Uint8Array; lamports: number }): Promise<void> {
  await rpcCall(rpcUrl, "surfnet_setAccount", [address, { data: Buffer.from(data).toString("hex"), lamports, owner: program, executable: false }]);
}
