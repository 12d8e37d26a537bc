"use client";
/** The client's part: rendered on the server as everything else, where it asks nobody, and taken over in the browser. */
import "@postern/sdk/chat.css";
import type { WalletLike } from "@postern/sdk";
import { PosternBell, PosternChat } from "@postern/sdk/chat";
import { PosternProvider } from "@postern/sdk/react";
import type { ReactNode } from "react";

/** `wallet` is `useWallet()` of your wallet library, or null while none is connected. */
export function Messages({ rpcUrl, wallet }: { readonly rpcUrl: string; readonly wallet: WalletLike | null }): ReactNode {
  return (
    <PosternProvider connection={rpcUrl} wallet={wallet}>
      <header><PosternBell /></header>
      <div style={{ height: 560, marginBlockStart: 16 }}><PosternChat /></div>
    </PosternProvider>
  );
}
