/**
 * A wallet-adapter wallet, a wallet-standard account adapted to it, or {@link keypairWallet}. A structural type: never
 * checked with `instanceof`, so that any copy and any version of a wallet library fits.
 */
export interface WalletLike {
  /** Null while the wallet is not connected. */
  readonly publicKey: { toBase58(): string } | null;
  /** Ed25519 over the bytes as they are: 64 bytes. A wallet without it needs `vaultKeys` (or `givenKeys`), and certifies them by a transaction. */
  signMessage?(message: Uint8Array): Promise<Uint8Array>;
  signTransaction?<T>(transaction: T): Promise<T>;
  signAllTransactions?<T>(transactions: T[]): Promise<T[]>;
}
