/** What happens once in a conversation: opening it, and answering. Imported when it is called for. */
export { answerCrossed, answerRequest, declineRequests } from "./answer.js";
export { finishHandshake, openRequestTo } from "./open.js";
