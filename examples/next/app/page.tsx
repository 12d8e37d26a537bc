/** A server component: the page around the messages. */
import type { ReactNode } from "react";
import { Messages } from "./messages";

export default function Page(): ReactNode {
  return (
    <main>
      <h1>My dApp</h1>
      <Messages rpcUrl={process.env["NEXT_PUBLIC_RPC_URL"] ?? "http://127.0.0.1:8899"} wallet={null} />
    </main>
  );
}
