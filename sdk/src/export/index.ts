/**
 * Encrypted copies of a wallet's history and keys, in the age format: for a backup, another app, or one's own records.
 *
 * @packageDocumentation
 */
export { exportEncrypted, type ExportOptions } from "./export.js";
export { importEncrypted, type ImportedHistory, type ImportOptions } from "./import.js";
export type { ExportKey, ExportLock } from "./age.js";
export type { ExportedConversation, ExportedGap } from "./content.js";
