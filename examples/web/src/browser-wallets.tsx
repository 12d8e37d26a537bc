/** The wallets that this browser has (by the Wallet Standard), and a burner wallet for trying, through wallet-adapter. */
import { PosternChat } from "@postern/sdk/chat";
import { PosternProvider } from "@postern/sdk/react";
import type { WalletLike } from "@postern/sdk";
import { isWalletAdapterCompatibleStandardWallet, type Adapter } from "@solana/wallet-adapter-base";
import { UnsafeBurnerWalletAdapter } from "@solana/wallet-adapter-unsafe-burner";
import { StandardWalletAdapter } from "@solana/wallet-standard-wallet-adapter-base";
import { getWallets } from "@wallet-standard/app";
import { useEffect, useState, type ReactNode } from "react";
import { NAMES, PROGRAM_ID, RPC_URL } from "./settings.js";

const burner = new UnsafeBurnerWalletAdapter();

function adapters(): Adapter[] {
  const standard = getWallets().get().filter(isWalletAdapterCompatibleStandardWallet);
  return [...standard.map((wallet) => new StandardWalletAdapter({ wallet })), burner];
}

export function BrowserWallets(): ReactNode {
  const [known, setKnown] = useState(adapters);
  const [adapter, setAdapter] = useState<Adapter>();
  const [, redraw] = useState(0);
  useEffect(() => getWallets().on("register", () => setKnown(adapters())), []);
  useEffect(() => {
    const changed = (): void => redraw((count) => count + 1);
    adapter?.on("connect", changed).on("disconnect", changed);
    return () => void adapter?.off("connect", changed).off("disconnect", changed);
  }, [adapter]);
  const pick = async (picked: Adapter): Promise<void> => {
    setAdapter(picked);
    await picked.connect().catch(() => setAdapter(undefined));
  };
  return (
    <PosternProvider connection={RPC_URL} names={NAMES} wallet={adapter as WalletLike | undefined} {...(PROGRAM_ID !== undefined && { programId: PROGRAM_ID })}>
      <section className="page-person" aria-label="Your wallet">
        <header className="page-person-header">
          <h2>Your wallet</h2>
          {known.map((each) => (
            <button type="button" key={each.name} aria-pressed={each.connected} onClick={() => void (each.connected ? each.disconnect() : pick(each))}>
              {each.name}
            </button>
          ))}
        </header>
        <div className="page-chat"><PosternChat /></div>
      </section>
    </PosternProvider>
  );
}
