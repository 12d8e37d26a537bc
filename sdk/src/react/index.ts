/**
 * Messages in a React app (18 or 19): a provider, and hooks.
 *
 * @packageDocumentation
 */
export {
  useCanMessage, useConversation, useConversations, useConversationSummary, useEstimate, useName, useObservable, usePostern, useRequests, useUnread, type UseConversation,
} from "./hooks.js";
export { PosternProvider, useMessaging, type PosternProviderProps } from "./provider.js";
