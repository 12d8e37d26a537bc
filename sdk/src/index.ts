/**
 * Postern: end-to-end encrypted, wallet-to-wallet messaging for Solana dApps.
 *
 * @packageDocumentation
 */
export { Conversation, type SendOptions } from "./client/conversation.js";
export type { Cost, CostEstimate } from "./client/estimate.js";
export { givenKeys, walletKeys, type KeySource } from "./client/key-source.js";
export { keypairWallet, type KeypairWallet } from "./client/keypair-wallet.js";
export { MessageRequest } from "./client/message-request.js";
export { Postern, type ConnectOptions } from "./client/postern.js";
export type { RegisterOptions } from "./client/registration.js";
export type { RotateOptions } from "./client/rotation.js";
export type { UnregisterOptions } from "./client/unregistration.js";
export { changeVaultPassphrase, vaultKeys, type VaultOptions } from "./client/vault-keys.js";
export type { WalletLike } from "./client/wallet-like.js";
export { isPosternError, PosternError, type ClientErrorCode, type ErrorCode, type ProtocolErrorCode } from "./errors.js";
export type { Commitment, Connection } from "./net/connection.js";
export type { ContactPolicy } from "./program/index.js";
export type { OutgoingMessage } from "./outbox/message.js";
export type { OutgoingStatus } from "./outbox/record.js";
export type { SentMessage } from "./send/sent.js";
export { indexedDbStore, type IndexedDbStore } from "./store/indexed-db.js";
export { memoryStore } from "./store/memory.js";
export type { Store } from "./store/store.js";
export type { Cursor } from "./sync/cursor.js";
export type { PosternEvent } from "./sync/events.js";
export type { Content, Message } from "./sync/message.js";
