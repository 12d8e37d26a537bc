import { vaultKeys, type VaultOptions } from "@postern/sdk";

export const PASSPHRASE = "écluse ‑ ｍoulin 7 chandelles";

/** Where an app keeps its vault. */
export function shelf(): { vault: Uint8Array | undefined; saved: number; keys(passphrase?: string, options?: Partial<VaultOptions>): ReturnType<typeof vaultKeys> } {
  const self = {
    vault: undefined as Uint8Array | undefined,
    saved: 0,
    keys: (passphrase = PASSPHRASE, options: Partial<VaultOptions> = {}) => vaultKeys({
      passphrase, vault: self.vault,
      save: (vault) => {
        self.vault = vault;
        self.saved++;
      },
      ...options,
    }),
  };
  return self;
}
