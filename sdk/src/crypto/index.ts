/**
 * Suite 1 of the protocol as pure functions, bytes in and bytes out: no network, no clock, no randomness of its own.
 * What is random is an argument (`r32`, `salt`), so every function is repeatable and checks against the vectors.
 *
 * @module
 */
export * from "./bytes.js";
export type { CryptoBackend } from "./backend.js";
export { nobleBackend, useCryptoBackend } from "./noble-backend.js";
export * from "./suite.js";
export * from "./kem.js";
export * from "./domain.js";
export * from "./root.js";
export * from "./generation.js";
export * from "./generation-keys.js";
export * from "./card.js";
export * from "./certificate.js";
export * from "./memo-transaction.js";
export * from "./bundle.js";
export * from "./owner-box.js";
export * from "./frame.js";
export * from "./handshake.js";
export * from "./message.js";
export * from "./reply.js";
export * from "./safety-number.js";
export * from "./log.js";
export * from "./text.js";
export * from "./vault.js";
