/**
 * What a page shows of a wallet's messages, as values that can be watched: for React see `@postern/sdk/react`; Svelte, Vue and others
 * need a few lines around `subscribe` and `getSnapshot`.
 *
 * @packageDocumentation
 */
export type { Observable } from "./cell.js";
export { Messaging, type MessagingOptions } from "./messaging.js";
export { isDeceptiveName, shortAddress, type Names, type ShownName } from "./names.js";
export type { Account, Conversations, ConversationSummary, Phase, RequestSummary, SendStatus, ThreadItem, ThreadState } from "./state.js";
export type { Thread } from "./thread.js";
