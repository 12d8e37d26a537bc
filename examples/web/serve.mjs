// `npm run web`: starts a local network with two funded wallets, and the page on it. With VITE_RPC_URL set (and VITE_PROGRAM_ID, for a
// deployment of your own), the page on that cluster with the wallets of your browser.
import { fileURLToPath } from "node:url";
import { startLocalnet } from "@postern/sdk/localnet";
import { createServer } from "vite";

const net = process.env.VITE_RPC_URL ? undefined : await startLocalnet();
if (net) {
  const wallets = await Promise.all(["Alice", "Bob"].map(async (name) => ({ name, secretKey: [...(await net.wallet()).secretKey] })));
  Object.assign(process.env, { VITE_RPC_URL: net.rpcUrl, VITE_WALLETS: JSON.stringify(wallets) });
}
const server = await createServer({ root: fileURLToPath(new URL(".", import.meta.url)) });
await server.listen();
server.printUrls();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void server.close().then(() => net?.stop()).then(() => process.exit(0)));
