/** What happens once in a conversation, or once for each change of keys: opening, answering, moving. Imported when it is called for. */
export { answerCrossed, answerRequest, declineRequests } from "./answer.js";
export { announcement, closeOutbox } from "./move.js";
export { finishHandshake, openRequestTo } from "./open.js";
