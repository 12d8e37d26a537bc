"use client";
/** The wallets that this browser has (by the Wallet Standard), and one for trying that lasts until the page is left. */
import type { WalletLike } from "@postern/sdk";
import { isWalletAdapterCompatibleStandardWallet, type Adapter } from "@solana/wallet-adapter-base";
import { UnsafeBurnerWalletAdapter } from "@solana/wallet-adapter-unsafe-burner";
import { StandardWalletAdapter } from "@solana/wallet-standard-wallet-adapter-base";
import { getWallets } from "@wallet-standard/app";
import { useEffect, useState, type ReactNode } from "react";

const LAMPORTS_TO_TRY = 1_000_000_000;

/** The wallet that is connected, and the buttons for it. The server knows no wallet, and draws none. */
export function useWalletChoice(rpcUrl: string): { readonly wallet: WalletLike | null; readonly buttons: ReactNode } {
  const [known, setKnown] = useState<readonly Adapter[]>([]);
  const [picked, setPicked] = useState<Adapter>();
  const [said, setSaid] = useState("");
  const [, redraw] = useState(0);
  useEffect(() => {
    const burner = new UnsafeBurnerWalletAdapter();
    const look = (): void => setKnown([...getWallets().get().filter(isWalletAdapterCompatibleStandardWallet).map((wallet) => new StandardWalletAdapter({ wallet })), burner]);
    look();
    return getWallets().on("register", look);
  }, []);
  useEffect(() => {
    const changed = (): void => redraw((count) => count + 1);
    picked?.on("connect", changed).on("disconnect", changed);
    return () => void picked?.off("connect", changed).off("disconnect", changed);
  }, [picked]);
  const pick = async (adapter: Adapter): Promise<void> => {
    setSaid("");
    setPicked(adapter);
    await (adapter.connected ? adapter.disconnect() : adapter.connect()).catch((error: Error) => setSaid(error.message));
  };
  const address = picked?.publicKey?.toBase58();
  const buttons = (
    <p>
      {known.map((each) => <button type="button" key={each.name} aria-pressed={each === picked && each.connected} onClick={() => void pick(each)}>{each.name}</button>)}{" "}
      {address !== undefined && <><code>{address}</code> <button type="button" onClick={() => void airdrop(rpcUrl, address).then(setSaid)}>Get 1 SOL for trying</button></>}{" "}
      <span role="status">{said}</span>
    </p>
  );
  return { wallet: (picked as WalletLike | undefined) ?? null, buttons };
}

/** Local networks and devnet give SOL away, mainnet does not. @returns what to tell the user */
async function airdrop(rpcUrl: string, address: string): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "requestAirdrop", params: [address, LAMPORTS_TO_TRY] });
  try {
    const { error } = (await (await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body })).json()) as { error?: { message: string } };
    return error ? error.message : "It is on its way.";
  } catch {
    return "The network does not answer. Is it running?";
  }
}
