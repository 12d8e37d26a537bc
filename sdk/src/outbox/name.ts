/** What has to be known of the outbox before it is loaded. */
import type { OutboxRecord } from "./record.js";

/** Name of the record that lists the outbox. */
export const OUTBOX = "outbox";

/** What a message is made of. */
export type NewMessage = Pick<OutboxRecord, "peer" | "kind" | "body" | "maxPostageLamports">;
