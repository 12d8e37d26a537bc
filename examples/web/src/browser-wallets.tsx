/** The wallets that this browser has (by the Wallet Standard), and a burner wallet for trying, through wallet-adapter. */
import { PosternChat } from "@postern/sdk/chat";
import { PosternProvider } from "@postern/sdk/react";
import type { WalletLike } from "@postern/sdk";
import { isWalletAdapterCompatibleStandardWallet, type Adapter } from "@solana/wallet-adapter-base";
import { UnsafeBurnerWalletAdapter } from "@solana/wallet-adapter-unsafe-burner";
import { StandardWalletAdapter } from "@solana/wallet-standard-wallet-adapter-base";
import { getWallets } from "@wallet-standard/app";
import { useEffect, useState, type ReactNode } from "react";
import { Address } from "./address.js";
import { NAMES, PROGRAM_ID, RPC_URL } from "./settings.js";

const LAMPORTS_TO_TRY = 1_000_000_000;
let burner: UnsafeBurnerWalletAdapter | undefined;

function adapters(): Adapter[] {
  burner ??= new UnsafeBurnerWalletAdapter();
  const standard = getWallets().get().filter(isWalletAdapterCompatibleStandardWallet);
  return [...standard.map((wallet) => new StandardWalletAdapter({ wallet })), burner];
}

export function BrowserWallets(): ReactNode {
  const [known, setKnown] = useState(adapters);
  const [adapter, setAdapter] = useState<Adapter>();
  const [said, setSaid] = useState("");
  const [, redraw] = useState(0);
  useEffect(() => getWallets().on("register", () => setKnown(adapters())), []);
  useEffect(() => {
    const changed = (): void => redraw((count) => count + 1);
    adapter?.on("connect", changed).on("disconnect", changed);
    return () => void adapter?.off("connect", changed).off("disconnect", changed);
  }, [adapter]);
  const pick = async (picked: Adapter): Promise<void> => {
    setAdapter(picked);
    setSaid("");
    await picked.connect().catch((error: Error) => {
      setAdapter(undefined);
      setSaid(error.message);
    });
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
          <Address />
          {adapter?.publicKey && adapter === burner && <button type="button" onClick={() => void airdrop(adapter).then(setSaid)}>Get 1 SOL for trying</button>}
          <span role="status">{said}</span>
        </header>
        <div className="page-chat"><PosternChat /></div>
      </section>
    </PosternProvider>
  );
}

/** Local networks and devnet give SOL away, mainnet does not. @returns what to tell the user */
async function airdrop(wallet: Adapter): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "requestAirdrop", params: [wallet.publicKey?.toBase58(), LAMPORTS_TO_TRY] });
  try {
    const { error } = (await (await fetch(RPC_URL, { method: "POST", headers: { "content-type": "application/json" }, body })).json()) as { error?: { message: string } };
    return error ? error.message : "It is on its way.";
  } catch {
    return "The network does not answer. Is it running?";
  }
}
