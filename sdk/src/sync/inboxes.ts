/** Inboxes as this wallet sees them: its own, and those that others have addressed to it. */
import { toHex, type InboxIdentity, type OwnerBoxContent, type Response } from "../crypto/index.js";
import { addressBytes, inboxAddress, SYSTEM_PROGRAM, type Address, type Inbox, type InboxHeader } from "../program/index.js";

/** The address and life of an inbox: a closed and reopened address has another salt. */
export type InboxKey = string;

export function inboxKeyOf(address: Address, { openSalt }: Pick<InboxHeader, "openSalt">): InboxKey {
  return `${address}:${toHex(openSalt)}`;
}

export function identityOf(address: Address, header: InboxHeader): InboxIdentity {
  return { inbox: addressBytes(address), writer: addressBytes(header.writer), openSalt: header.openSalt };
}

/** True when the address follows from the writer and index in the header, as the program guarantees and a forger cannot. */
export function isAtItsAddress(address: Address, header: InboxHeader, program: Address): boolean {
  return inboxAddress(header.writer, header.index, program) === address;
}

/** True for an inbox that names no recipient: its reader was agreed in a handshake, so nobody has to accept it. */
export function isUnaddressed({ recipient }: InboxHeader): boolean {
  return recipient === SYSTEM_PROGRAM;
}

/** An inbox that a delegate of ours writes. */
export type OwnInbox = {
  readonly address: Address;
  readonly key: InboxKey;
  readonly header: InboxHeader;
  readonly generation: number;
  readonly peer: Address;
  readonly box: OwnerBoxContent;
};

/**
 * An inbox that names this wallet as its recipient, or that one of the peer's names as the place to go on, with a handshake that
 * verifies.
 */
export type IncomingInbox = {
  readonly address: Address;
  readonly key: InboxKey;
  readonly inbox: Inbox;
  /** The authenticated sender. */
  readonly peer: Address;
  readonly response: Response;
};
