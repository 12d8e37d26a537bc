import { snsNames } from "@postern/sdk/sns";

/** From the environment of `npm run web`: Vite hands over what begins with VITE_. */
const env = (import.meta as unknown as { env: Record<string, string | undefined> }).env;

export const RPC_URL = env["VITE_RPC_URL"] ?? "http://127.0.0.1:8899";
/** `.sol` names, where VITE_NAMES_RPC_URL says who knows them: an endpoint of mainnet, whatever cluster the messages are on. */
export const NAMES = env["VITE_NAMES_RPC_URL"] === undefined ? undefined : snsNames({ connection: env["VITE_NAMES_RPC_URL"] });
export const PROGRAM_ID = env["VITE_PROGRAM_ID"];
/** JSON: name and secret key (64 numbers) of each wallet that `npm run web` made on its local network. */
export const WALLETS = JSON.parse(env["VITE_WALLETS"] ?? "[]") as readonly { readonly name: string; readonly secretKey: readonly number[] }[];
