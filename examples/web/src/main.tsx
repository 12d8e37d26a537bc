/** Messages in a page: two wallets of a local network side by side, or the wallets of this browser on any cluster. */
import "@postern/sdk/chat.css";
import "./page.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserWallets } from "./browser-wallets.js";
import { LOCAL_WALLETS } from "./local-wallets.js";
import { LocalPerson } from "./local-person.js";

/** `?only=alice` shows one of them, for a window of its own. */
const only = new URLSearchParams(location.search).get("only")?.split(",");
const people = LOCAL_WALLETS.filter(({ name }) => only === undefined || only.includes(name.toLowerCase())).slice(0, 2);

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <main>
      <header className="page-header">
        <h1>Postern</h1>
        <p>{people.length > 0 ? "Wallets of a local network. Their SOL is worth nothing." : "Messages from wallet to wallet."}</p>
      </header>
      <div className="page-people">
        {people.map((person) => <LocalPerson key={person.name} person={person} />)}
        {people.length === 0 && <BrowserWallets />}
      </div>
    </main>
  </StrictMode>,
);
