/** One wallet with its messages, and the prompts that its wallet shows. */
import { PosternBell, PosternChat } from "@postern/sdk/chat";
import { PosternProvider } from "@postern/sdk/react";
import { useEffect, useState, type ReactNode } from "react";
import { Address } from "./address.js";
import type { LocalWallet, Prompt } from "./local-wallets.js";
import { NAMES, PROGRAM_ID, RPC_URL } from "./settings.js";

export function LocalPerson({ person }: { readonly person: LocalWallet }): ReactNode {
  const [prompt, setPrompt] = useState<Prompt>();
  useEffect(() => {
    person.onPrompt = setPrompt;
  }, [person]);
  return (
    <PosternProvider connection={RPC_URL} names={NAMES} wallet={person.wallet} {...(PROGRAM_ID !== undefined && { programId: PROGRAM_ID })}>
      <section className="page-person" aria-label={person.name} data-person={person.name.toLowerCase()}>
        <header className="page-person-header">
          <h2>{person.name}</h2>
          <Address />
          <PosternBell />
        </header>
        <div className="page-chat"><PosternChat /></div>
        {prompt && (
          <div className="page-prompt" role="alertdialog" aria-label={`${person.name}'s wallet asks`}>
            <div>
              <h3>{person.name}’s wallet: {prompt.what}</h3>
              <pre tabIndex={0}>{prompt.text}</pre>
              <p><button type="button" onClick={prompt.reject}>Reject</button><button type="button" autoFocus onClick={prompt.approve}>Approve</button></p>
            </div>
          </div>
        )}
      </section>
    </PosternProvider>
  );
}
