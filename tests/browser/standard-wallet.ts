/** Runs in a page before its own scripts: a wallet of the Wallet Standard, which asks by dialogs. Its keys are `globalThis.testKeys`. */
import type { Wallet, WalletAccount } from "@wallet-standard/base";
import { registerWallet } from "@wallet-standard/wallet";

type Keys = { readonly address: string; readonly publicKey: readonly number[]; readonly seed: readonly number[] };
type Changed = (properties: { readonly accounts: readonly WalletAccount[] }) => void;

/** DER of an Ed25519 private key, up to its 32 bytes. */
const PKCS8_HEAD = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
const SIGNATURE_BYTES = 64;

const [first, second] = (globalThis as unknown as { testKeys: readonly [Keys, Keys] }).testKeys;

async function sign({ seed }: Keys, bytes: Uint8Array): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("pkcs8", Uint8Array.from([...PKCS8_HEAD, ...seed]), "Ed25519", false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key, Uint8Array.from(bytes)));
}

function ask(question: string): void {
  if (!confirm(`Test Wallet: ${question}`)) throw Object.assign(new Error("User rejected the request."), { code: 4001 });
}

const accountOf = ({ address, publicKey }: Keys): WalletAccount => ({ address, publicKey: Uint8Array.from(publicKey), chains: ["solana:mainnet", "solana:localnet"], features: ["solana:signMessage", "solana:signTransaction"] });
const keysOf = ({ address }: WalletAccount): Keys => (address === first.address ? first : second);

/** The wallet is the fee payer, so its signature is the first. */
async function signTransaction(account: WalletAccount, transaction: Uint8Array): Promise<Uint8Array> {
  const signed = Uint8Array.from(transaction);
  const [count = 0] = signed;
  signed.set(await sign(keysOf(account), signed.subarray(1 + count * SIGNATURE_BYTES)), 1);
  return signed;
}

let accounts: readonly WalletAccount[] = [];
const listeners = new Set<Changed>();
function use(next: readonly WalletAccount[]): void {
  accounts = next;
  for (const listener of listeners) listener({ accounts });
}

const wallet: Wallet = {
  version: "1.0.0", name: "Test Wallet", icon: "data:image/svg+xml;base64,PHN2Zy8+", chains: ["solana:mainnet", "solana:localnet"],
  get accounts() {
    return accounts;
  },
  features: {
    "standard:connect": {
      version: "1.0.0",
      connect: async () => {
        ask("connect to this page?");
        use([accountOf(first)]);
        return { accounts };
      },
    },
    "standard:disconnect": { version: "1.0.0", disconnect: async () => use([]) },
    "standard:events": {
      version: "1.0.0",
      on: (_event: "change", listener: Changed) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    "solana:signMessage": {
      version: "1.0.0",
      signMessage: async ({ account, message }: { account: WalletAccount; message: Uint8Array }) => {
        ask(`sign this message? ${new TextDecoder().decode(message)}`);
        return [{ signedMessage: message, signature: await sign(keysOf(account), message) }];
      },
    },
    "solana:signTransaction": {
      version: "1.0.0", supportedTransactionVersions: ["legacy", 0],
      signTransaction: async ({ account, transaction }: { account: WalletAccount; transaction: Uint8Array }) => {
        ask("sign this transaction?");
        return [{ signedTransaction: await signTransaction(account, transaction) }];
      },
    },
  },
};
registerWallet(wallet);
Object.assign(globalThis, { useSecondAccount: () => use([accountOf(second)]) });
