/** Lines → content, field by field: whoever knows the passphrase or a recipient may have written them. */
import { decodeText, fromBase58, fromHex, MAX_GENERATION, ROOT_KIND, type RootKind } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import { walletBytes } from "../program/index.js";
import { decodeCursor } from "../sync/cursor.js";
import type { Message } from "../sync/message.js";
import { CONTENT_VERSION, type ExportContent, type ExportedConversation, type ExportedGap, type ExportedKeys } from "./content.js";

type Line = Readonly<Record<string, unknown>>;
type Open = ExportedConversation & { readonly messages: Message[]; readonly gaps: ExportedGap[] };

/** @throws PosternError EXPORT_INVALID, EXPORT_UNSUPPORTED */
export function readContent(bytes: Uint8Array): ExportContent {
  try {
    return readLines(decodeText(bytes).split("\n"));
  } catch (error) {
    if (error instanceof PosternError && error.code === "EXPORT_UNSUPPORTED") throw error;
    throw invalid();
  }
}

export function invalid(): PosternError {
  return new PosternError("EXPORT_INVALID", "This is no export of Postern's, or a damaged one. Use another copy of it; nothing was taken from this one.");
}

function readLines(texts: readonly string[]): ExportContent {
  const lines = texts.slice(0, -1).map(parse);
  const [head, last] = [lines[0], lines.at(-1)];
  if (texts.at(-1) !== "" || head?.["type"] !== "postern" || last?.["type"] !== "end") throw invalid();
  if (head["version"] !== CONTENT_VERSION) {
    throw new PosternError("EXPORT_UNSUPPORTED", "This export has a version that this version of the SDK does not read. Update the SDK.", { context: { version: integer(head, "version") } });
  }
  const wallet = address(head, "wallet");
  const conversations: Open[] = [];
  let keys: ExportedKeys | undefined;
  for (const line of lines.slice(1, -1)) {
    const conversation = conversations.at(-1);
    if (line["type"] === "keys") keys = keysOf(line);
    else if (line["type"] === "conversation") conversations.push({ peer: address(line, "peer"), state: text(line, "state"), messages: [], gaps: [] });
    else if (line["type"] === "message") requireOpen(conversation).messages.push(messageOf(line, wallet, requireOpen(conversation).peer));
    else if (line["type"] === "gap") requireOpen(conversation).gaps.push(gapOf(line, wallet, requireOpen(conversation).peer));
  }
  const content = { wallet, program: hash(head, "program"), cluster: hash(head, "cluster"), scope: text(head, "scope"), exportedAt: time(head, "exportedAt"), conversations, keys };
  const count = (of: "messages" | "gaps"): number => conversations.reduce((sum, conversation) => sum + conversation[of].length, 0);
  if (last["conversations"] !== conversations.length || last["messages"] !== count("messages") || last["gaps"] !== count("gaps")) throw invalid();
  return content;
}

function parse(line: string): Line {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid();
  return value as Line;
}

function requireOpen(conversation: Open | undefined): Open {
  if (conversation === undefined) throw invalid();
  return conversation;
}

function messageOf(line: Line, wallet: string, peer: string): Message {
  const from = party(line, wallet, peer);
  const seq = integer(line, "seq");
  const id = text(line, "id");
  if (inboxOf(id) === undefined || !id.endsWith(`.${seq}`)) throw invalid();
  const cursor = text(line, "cursor");
  decodeCursor(cursor);
  const base = { id, conversation: peer, cursor, from, mine: from === wallet, seq, sentAt: time(line, "sentAt"), postedAt: time(line, "postedAt"), ...(line["unproven"] === true && { unproven: true as const }) };
  if (line["content"] === undefined) return { ...base, kind: "unreadable", reason: text(line, "unreadable") };
  const content = line["content"] as Line | null;
  if (typeof content !== "object" || content === null) throw invalid();
  if (content["kind"] !== "text") return { ...base, kind: "unreadable", reason: "CONTENT_UNKNOWN" };
  const said = text(content, "text");
  return { ...base, kind: "content", content: { kind: "text", text: said }, text: said };
}

function gapOf(line: Line, wallet: string, peer: string): ExportedGap {
  const gap = { inbox: text(line, "inbox"), from: party(line, wallet, peer), firstSeq: integer(line, "firstSeq"), lastSeq: integer(line, "lastSeq") };
  if (inboxOf(`${gap.inbox}.0`) === undefined || gap.firstSeq > gap.lastSeq) throw invalid();
  return gap;
}

function keysOf(line: Line): ExportedKeys {
  const [kind, listed] = [text(line, "kind"), line["generations"]];
  if (!Object.hasOwn(ROOT_KIND, kind) || !Array.isArray(listed)) throw invalid();
  const generations = new Map<number, Uint8Array>();
  for (const entry of listed as Line[]) {
    const [generation, secret] = [integer(entry, "generation"), fromHex(text(entry, "secret"))];
    if (generation > MAX_GENERATION || secret.length !== 32) throw invalid();
    generations.set(generation, secret);
  }
  return { kind: kind as RootKind, generations };
}

/** `address.salt` of a message's id. */
function inboxOf(id: string): string | undefined {
  const [inbox = "", salt = "", seq = "", ...more] = id.split(".");
  fromBase58(inbox, 32);
  fromBase58(salt, 16);
  return more.length === 0 && /^\d{1,10}$/.test(seq) ? `${inbox}.${salt}` : undefined;
}

function text(line: Line, field: string): string {
  const value = line[field];
  if (typeof value !== "string") throw invalid();
  return value;
}

function integer(line: Line, field: string): number {
  const value = line[field];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw invalid();
  return value;
}

function time(line: Line, field: string): Date {
  const value = new Date(text(line, field));
  if (Number.isNaN(value.getTime()) || value.toISOString() !== line[field]) throw invalid();
  return value;
}

function address(line: Line, field: string): string {
  walletBytes(text(line, field));
  return text(line, field);
}

/** 32 bytes in base58, on the curve or not. */
function hash(line: Line, field: string): string {
  fromBase58(text(line, field), 32);
  return text(line, field);
}

function party(line: Line, wallet: string, peer: string): string {
  const from = text(line, "from");
  if (from !== wallet && from !== peer) throw invalid();
  return from;
}
