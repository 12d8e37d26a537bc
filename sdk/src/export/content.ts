/**
 * What an export holds: JSON lines in UTF-8, each an object with a `type`.
 *
 * | type | fields |
 * |---|---|
 * | `postern` | first: `version` 1, `wallet`, `program`, `cluster` (genesis hash) in base58, `scope`, `exportedAt` |
 * | `keys` | only if they were asked for: `kind` of the root, and of each `generations` its `generation` and `secret` (32 bytes, hexadecimal) |
 * | `conversation` | `peer`, `state`; its messages and gaps follow |
 * | `message` | as the app gets it: `id`, `cursor`, `from`, `seq`, `sentAt`, `postedAt`, `unproven` (true or absent), and `content` or `unreadable` (a reason) |
 * | `gap` | `inbox` (an id without its number), `from`, `firstSeq`, `lastSeq`: frames that neither ring nor history gives any more |
 * | `end` | last: how many `conversations`, `messages` and `gaps` |
 *
 * Times are ISO 8601 in UTC. A reader refuses another version, and passes over types and fields that it does not know.
 */
import type { RootKind } from "../crypto/index.js";
import type { Message } from "../sync/message.js";

export const CONTENT_VERSION = 1;

/** Frames `firstSeq` to `lastSeq` of one inbox that could not be had. */
export type ExportedGap = { readonly inbox: string; readonly from: string; readonly firstSeq: number; readonly lastSeq: number };

export type ExportedConversation = {
  readonly peer: string;
  /** As of the export. */
  readonly state: string;
  readonly messages: readonly Message[];
  readonly gaps: readonly ExportedGap[];
};

export type ExportedKeys = { readonly kind: RootKind; readonly generations: ReadonlyMap<number, Uint8Array> };

export type ExportContent = {
  readonly wallet: string;
  readonly program: string;
  /** Genesis hash, base58. */
  readonly cluster: string;
  readonly scope: string;
  readonly exportedAt: Date;
  readonly conversations: readonly ExportedConversation[];
  readonly keys: ExportedKeys | undefined;
};
