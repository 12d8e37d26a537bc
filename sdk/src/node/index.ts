export { fileStore, type FileStore } from "./file-store.js";
export { proxiedConnection, type ProxiedConnection, type ProxiedConnectionOptions } from "./proxied-connection.js";
export { proxiedFetch } from "./proxied-fetch.js";
