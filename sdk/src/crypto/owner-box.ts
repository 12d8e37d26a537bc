import { PosternError } from "../errors.js";
import { type Address32, assertBytes, concat, copy, hasLength, invalidArgument, readU32, u32, u8 } from "./bytes.js";
import { expand, open, seal } from "./suite.js";

export const OPEN_SALT_BYTES = 16;
export const OWNER_BOX_BYTES = 120;

/** 0 opens a thread, 1 answers one. */
export type Role = 0 | 1;

/** An inbox's address, writer and salt: what binds everything in it to this one life of it. */
export type InboxIdentity = { readonly inbox: Address32; readonly writer: Address32; readonly openSalt: Uint8Array };

/** What an owner box tells its owner. */
export type OwnerBoxContent = {
  readonly role: Role;
  readonly peerGeneration: number;
  readonly peerWallet: Address32;
  /** Role 0: the peer's bundle hash. Role 1: the opener's inbox. */
  readonly link: Uint8Array;
  /** The thread's secret, 32 bytes. */
  readonly thread: Uint8Array;
};

/** Throws INVALID_ARGUMENT for anything but 0 and 1. */
export function assertRole(role: number): asserts role is Role {
  if (role !== 0 && role !== 1) throw invalidArgument("Pass role 0 (opens a thread) or 1 (answers one).");
}

/** `inbox ‖ writer ‖ open salt`, 80 bytes. Throws INVALID_ARGUMENT. */
export function inboxContext({ inbox, writer, openSalt }: InboxIdentity): Uint8Array {
  assertBytes(inbox, "inbox", 32);
  assertBytes(writer, "writer", 32);
  assertBytes(openSalt, "open salt", OPEN_SALT_BYTES);
  return concat(inbox, writer, openSalt);
}

/**
 * The open salt (16 bytes) of a new inbox. It covers all that the owner box and the handshake depend on, so even a
 * repeated `r32` never gives one key two plaintexts.
 *
 * @param fields `extra` is the own bundle hash (role 0) or the thread (role 1); `r32` is random. Throws INVALID_ARGUMENT.
 */
export function openSalt(
  owner: Uint8Array,
  fields: {
    readonly r32: Uint8Array;
    readonly role: Role;
    readonly inbox: Address32;
    readonly writer: Address32;
    readonly peerWallet: Address32;
    readonly peerGeneration: number;
    readonly link: Uint8Array;
    readonly extra: Uint8Array;
  },
): Uint8Array {
  const { r32, role, inbox, writer, peerWallet, peerGeneration, link, extra } = fields;
  assertRole(role);
  assertBytes(r32, "r32", 32);
  assertBytes(inbox, "inbox", 32);
  assertBytes(writer, "writer", 32);
  assertBytes(peerWallet, "peer wallet", 32);
  assertBytes(link, "link", 32);
  assertBytes(extra, "extra", 32);
  const context = concat(r32, u8(role), inbox, writer, peerWallet, u32(peerGeneration), link, extra);
  return expand(owner, "open salt", context, OPEN_SALT_BYTES);
}

function ownerBoxKey(owner: Uint8Array, identity: InboxIdentity): Uint8Array {
  return expand(owner, "owner box", inboxContext(identity), 32);
}

/** The owner box (120 bytes) that goes on chain with the inbox. Its salt must be {@link openSalt} of the same content. Throws INVALID_ARGUMENT. */
export function sealOwnerBox(owner: Uint8Array, fields: InboxIdentity & OwnerBoxContent): Uint8Array {
  const { role, peerGeneration, peerWallet, link, thread } = fields;
  assertRole(role);
  assertBytes(peerWallet, "peer wallet", 32);
  assertBytes(link, "link", 32);
  assertBytes(thread, "thread", 32);
  const plain = concat(Uint8Array.of(role, 0, 0, 0), u32(peerGeneration), peerWallet, link, thread);
  return copy(seal(ownerBoxKey(owner, fields), plain));
}

/**
 * Opens an owner box.
 *
 * @throws OWNER_BOX_INVALID for anything that is not this owner's box of this inbox.
 */
export function openOwnerBox(owner: Uint8Array, fields: InboxIdentity & { readonly box: Uint8Array }): OwnerBoxContent {
  const key = ownerBoxKey(owner, fields);
  const plain = hasLength(fields.box, OWNER_BOX_BYTES) ? open(key, fields.box) : null;
  const role = plain?.[0];
  if (plain === null || (role !== 0 && role !== 1) || plain[1] !== 0 || plain[2] !== 0 || plain[3] !== 0) {
    throw new PosternError("OWNER_BOX_INVALID", "This inbox is not one of ours in this generation, or the RPC node altered it. Skip it, or ask another RPC node.");
  }
  return {
    role,
    peerGeneration: readU32(plain, 4),
    peerWallet: copy(plain, 8, 40),
    link: copy(plain, 40, 72),
    thread: copy(plain, 72, 104),
  };
}
