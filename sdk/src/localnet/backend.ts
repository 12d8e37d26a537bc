/** A Solana network that runs for us, before the gate that users see stands in front of it. */
export interface Backend {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** Gives lamports to an address that has none. Readers may see them only a moment after this resolves. */
  fund(address: string, lamports: number): Promise<void>;
  /** Idempotent. Resolves when the network is gone and its ports are free. */
  stop(): Promise<void>;
}

/** What every backend is started with. */
export interface BackendOptions {
  readonly slotTimeMs: number;
  readonly programId: string;
  /** The program, as an sBPF ELF file. */
  readonly programFile: string;
}
