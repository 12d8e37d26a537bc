/** A server component: the page around the messages, made anew for each request with what the server's environment says then. */
import { connection } from "next/server";
import type { ReactNode } from "react";
import { Messages } from "./messages";

export default async function Page(): Promise<ReactNode> {
  await connection();
  return (
    <main>
      <h1>My dApp</h1>
      <Messages rpcUrl={process.env["RPC_URL"] ?? "http://127.0.0.1:8899"} />
    </main>
  );
}
