/**
 * What a page needs once in a wallet's life or seldom after. Imported when it is called for, so that a bundler can leave it out
 * of what a page loads to start.
 */
export { exportReadMarks, importReadMarks } from "./carried-marks.js";
export { carryOver } from "./carry-over.js";
export { closeConversation } from "../send/close.js";
export { estimateCosts } from "./estimate.js";
export { fundDelegate, withdrawFromDelegate } from "./funding.js";
export { olderGenerations } from "./older-roots.js";
export { registerWallet } from "./registration.js";
export { newRootNumber } from "./root-number.js";
export { rotateKeys } from "./rotation.js";
export { unregisterWallet } from "./unregistration.js";
