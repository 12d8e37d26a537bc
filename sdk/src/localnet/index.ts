export { startLocalnet, type Localnet, type LocalnetOptions } from "./localnet.js";
export type { LocalnetWallet } from "./wallet.js";
