/** Unlocking a wallet from a page: when a click says so, or without a word where this device has kept a session. */
import type { ConnectOptions, Postern } from "../client/postern.js";
import type { WalletLike } from "../client/wallet-like.js";
import { isPosternError } from "../errors.js";
import { quietWallet } from "./quiet-wallet.js";

export type Unlocking = { readonly wallet: () => WalletLike; readonly options: Omit<ConnectOptions, "wallet"> };
export type Unlocked = { readonly postern: Postern; readonly storage: "device" | "memory" };

/** The client is loaded here, so that a page that nobody unlocks does without it. */
const client = (): Promise<typeof import("../client/postern.js")> => import("../client/postern.js");

/**
 * Asks the wallet. Where the browser keeps nothing for this page (a private window without storage, a frame of another site), it
 * goes on with memory alone.
 * @throws PosternError as `Postern.connect`
 */
export async function unlock({ wallet, options }: Unlocking): Promise<Unlocked> {
  const { Postern } = await client();
  const attempt = async (connect: Omit<ConnectOptions, "wallet">, storage: Unlocked["storage"]): Promise<Unlocked> => {
    const access = quietWallet(wallet);
    access.allow();
    return { postern: await Postern.connect({ ...connect, wallet: access.wallet }), storage };
  };
  try {
    return await attempt(options, "device");
  } catch (error) {
    if (options.store || !isPosternError(error, "STORE_FAILED") || error.context["reason"] !== "unavailable") throw error;
    const { memoryStore } = await import("../store/memory.js");
    return attempt({ ...options, store: memoryStore(), session: "memory" }, "memory");
  }
}

/** The session that this device has kept; undefined where there is none, for the wallet is not asked. @throws PosternError RPC_FAILED */
export async function resume({ wallet, options }: Unlocking): Promise<Unlocked | undefined> {
  if (options.session !== "device" || !(await mayHaveKept(options))) return undefined;
  const { Postern } = await client();
  const access = quietWallet(wallet);
  // A vault would ask for its passphrase where no session is kept; the wallet's keys ask the wallet, which is kept quiet.
  const { walletKeys } = await import("../client/key-source.js");
  try {
    const postern = await Postern.connect({ ...options, ...(options.keys?.kind === "vault" && { keys: walletKeys() }), wallet: access.wallet });
    access.allow();
    return { postern, storage: "device" };
  } catch (error) {
    const isVault = options.keys?.kind === "vault"; // whose wallet need not sign messages
    if (access.refused || isPosternError(error, "STORE_FAILED") || (isVault && isPosternError(error, "WALLET_CANNOT_SIGN_MESSAGES"))) return undefined;
    throw error;
  }
}

/** A visitor who has never unlocked costs no network call: there is no database yet. */
async function mayHaveKept({ store }: Omit<ConnectOptions, "wallet">): Promise<boolean> {
  if (store) return true;
  if (typeof indexedDB === "undefined") return false;
  if (typeof indexedDB.databases !== "function") return true; // an old browser does not tell
  const databases = await indexedDB.databases().catch(() => []);
  return databases.some(({ name }) => name?.startsWith("postern/"));
}
