"use client";
/** The client's part: rendered on the server as everything else, where it asks nobody, and taken over in the browser. */
import "@postern/sdk/chat.css";
import { PosternBell, PosternChat } from "@postern/sdk/chat";
import { PosternProvider } from "@postern/sdk/react";
import type { ReactNode } from "react";
import { useWalletChoice } from "./wallet";

/** In an app of yours the wallet is what `useWallet()` of its wallet library gives. */
export function Messages({ rpcUrl }: { readonly rpcUrl: string }): ReactNode {
  const { wallet, buttons } = useWalletChoice(rpcUrl);
  return (
    <PosternProvider connection={rpcUrl} wallet={wallet}>
      {buttons}
      <header><PosternBell /></header>
      <div style={{ height: 560, marginBlockStart: 16 }}><PosternChat /></div>
    </PosternProvider>
  );
}
