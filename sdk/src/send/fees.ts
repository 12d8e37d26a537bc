/** What things cost on this cluster: asked, never assumed. */
import { PosternError } from "../errors.js";
import type { Rpc } from "../net/rpc.js";
import { compileTransaction } from "../net/transaction.js";
import { SYSTEM_PROGRAM } from "../program/index.js";

/** Rent grows by the byte; the network's formula is linear. */
export type RentRate = { readonly emptyLamports: bigint; readonly lamportsPerByte: bigint };

export class Fees {
  readonly #rpc: Rpc;
  #rent: Promise<RentRate> | undefined;
  #signature: Promise<bigint> | undefined;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  /** Read once per session: what an account with no data needs, and each byte more. */
  rentRate(): Promise<RentRate> {
    this.#rent ??= this.#readRent().catch((error: unknown) => {
      this.#rent = undefined;
      throw error;
    });
    return this.#rent;
  }

  async rentLamports(bytes: number): Promise<bigint> {
    const { emptyLamports, lamportsPerByte } = await this.rentRate();
    return emptyLamports + BigInt(bytes) * lamportsPerByte;
  }

  /** Lamports per signature: what the network charges for an empty message with one. */
  signatureLamports(): Promise<bigint> {
    this.#signature ??= this.#readSignature().catch((error: unknown) => {
      this.#signature = undefined;
      throw error;
    });
    return this.#signature;
  }

  async #readSignature(): Promise<bigint> {
    const { blockhash } = await this.#rpc.latestBlockhash();
    const { message } = compileTransaction([], SYSTEM_PROGRAM, blockhash);
    const fee = await this.#rpc.feeLamports(message);
    if (fee === undefined) throw new PosternError("RPC_FAILED", "The RPC endpoint does not say what a signature costs. Use another endpoint.", { context: { method: "getFeeForMessage" } });
    return fee;
  }

  async #readRent(): Promise<RentRate> {
    const [emptyLamports, kilobyte] = await Promise.all([this.#rpc.rentLamports(0), this.#rpc.rentLamports(1_000)]);
    return { emptyLamports, lamportsPerByte: (kilobyte - emptyLamports) / 1_000n };
  }
}
