// Which room of the SDK may import which. Imports point one way: what is not listed here is refused.
// docs/ARCHITECTURE.md shows the same table, and a test compares the two.

/** Room (a folder of sdk/src) or file directly in sdk/src → the rooms and files it may import from, besides itself. */
export const ROOMS = {
  "errors.ts": [],
  "here.ts": [],
  crypto: ["errors.ts"],
  program: ["errors.ts"],
  store: ["errors.ts", "crypto"],
  net: ["errors.ts", "program"],
  sync: ["errors.ts", "crypto", "program", "store", "net"],
  send: ["errors.ts", "crypto", "program", "store", "net", "sync"],
  outbox: ["errors.ts", "crypto", "program", "store", "net", "sync", "send"],
  client: ["errors.ts", "crypto", "program", "store", "net", "sync", "send", "outbox"],
  "index.ts": ["errors.ts", "program", "store", "net", "sync", "send", "outbox", "client"],
  anchor: ["program"],
  node: ["errors.ts", "store"],
  sodium: ["crypto"],
  export: ["errors.ts", "crypto", "program", "sync", "client"],
  observe: ["errors.ts", "store", "sync", "outbox", "client"],
  react: ["client", "observe"],
  chat: ["observe", "react"],
  sns: ["errors.ts", "net", "client", "observe"],
  localnet: ["errors.ts", "here.ts", "program", "client"],
  cli: ["errors.ts", "here.ts", "program", "store", "sync", "client", "node", "localnet"],
};

/** Files that only some rooms or files may import, whatever the table says: the main entry does without the IDL. */
export const RESERVED = { "program/generated/idl.ts": ["anchor", "program/entry.ts"], "program/entry.ts": [] };

/** Packages that only some rooms may import; every other room must do without. */
export const PACKAGES = {
  "@solana/web3.js": ["net", "send", "client", "node", "sns", "localnet", "cli"],
  "@anchor-lang/core": ["anchor"],
  "@coral-xyz/anchor": [],
  "libsodium-wrappers": ["sodium"],
  "age-encryption": ["export"],
  "@bonfida/spl-name-service": ["sns"],
  "react": ["react", "chat"],
  "https-proxy-agent": ["node"],
  "socks-proxy-agent": ["node"],
  "node:": ["node", "localnet", "cli", "here.ts"],
};
