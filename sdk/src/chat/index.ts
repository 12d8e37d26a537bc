/**
 * A chat to drop into a React app: a bell, a panel with everything in it, and the parts that it is made of. Import
 * `@postern/sdk/chat.css` once; its variables set colours, font and radius.
 *
 * @packageDocumentation
 */
export { PosternBell, PosternChat, type ChatProps } from "./chat.js";
export { ENGLISH, type Labels } from "./labels.js";
