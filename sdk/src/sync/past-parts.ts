/** What reads beyond the rings. Imported when it is called for, so that a bundler can leave it out of what a page loads to start. */
export { LogHistory } from "./log-history.js";
export { PastInbox } from "./past-inbox.js";
export { PastReading } from "./past-reading.js";
