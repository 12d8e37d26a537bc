/** Who has stolen a wallet's delegate key, and nothing else: the ledger is open to all, so its accounts may be named. */
import { PosternError } from "@postern/sdk";
import { programErrorOf, type Instruction } from "@postern/sdk/program";
import { Keypair, SendTransactionError, type Connection } from "@solana/web3.js";
import type { RawDevice } from "./raw-device.js";

export class DelegateThief {
  readonly #raw: RawDevice;
  readonly key: Keypair;
  /** Where the thief would like lamports to go. */
  readonly purse = Keypair.generate();

  /** `raw` is the victim's: of its keys, only the delegate's of a generation is used. */
  constructor(raw: RawDevice, generation = 0) {
    this.#raw = raw;
    this.key = Keypair.fromSeed(raw.delegate(generation).secretKey.slice(0, 32));
  }

  get connection(): Connection {
    return this.#raw.connection;
  }

  get address(): string {
    return this.key.publicKey.toBase58();
  }

  /** Lands instructions that the stolen key signs and pays for. */
  does(...instructions: readonly Instruction[]): Promise<string> {
    return this.#raw.submit(instructions, [this.key]);
  }

  /** As {@link isRefused}, once the key has nothing left to pay with: somebody else pays the fee. */
  async isRefusedUnpaid(...instructions: readonly Instruction[]): Promise<string> {
    return this.#refusal(this.#raw.submit(instructions, [this.#raw.walletKey, this.key]));
  }

  /** The code with which the network refuses it: the program's, or MISSING_SIGNATURE for one that only the wallet can give. */
  async isRefused(...instructions: readonly Instruction[]): Promise<string> {
    return this.#refusal(this.does(...instructions));
  }

  async #refusal(work: Promise<unknown>): Promise<string> {
    const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
    if (error === undefined) throw new PosternError("INVALID_ARGUMENT", "The network took what it should have refused.");
    const custom = error instanceof SendTransactionError ? /custom program error: 0x([0-9a-f]+)/u.exec(error.message)?.[1] : undefined;
    const code = custom && programErrorOf(Number.parseInt(custom, 16))?.code;
    if (code) return code;
    if (error instanceof Error && /signature verification|missing required signature|unknown signer|not enough signers/iu.test(error.message)) return "MISSING_SIGNATURE";
    throw error;
  }
}
