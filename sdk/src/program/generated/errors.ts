// Made from the program by `npm run build:program`; do not edit.

export interface ProgramError {
  /** The name in the program. */
  readonly name: string;
  /** The same name as the SDK's errors have it. */
  readonly code: string;
  /** What the caller should do. */
  readonly message: string;
}

/** The program's errors by the number that a failed transaction carries. */
export const PROGRAM_ERRORS: Readonly<Record<number, ProgramError>> = {
  6000: {
    name: "NotWriter",
    code: "NOT_WRITER",
    message: "The signer is not this inbox's writer. Sign with the key that opened it.",
  },
  6001: {
    name: "NotReader",
    code: "NOT_READER",
    message: "The signer is not this inbox's reader, or the reader given is all zeroes. Use the key named when it was accepted or opened.",
  },
  6002: {
    name: "NotRecipient",
    code: "NOT_RECIPIENT",
    message: "The signer is neither the wallet this inbox is addressed to nor its delegate. Answer with the recipient's keys and profile.",
  },
  6003: {
    name: "NotOwner",
    code: "NOT_OWNER",
    message: "Only the wallet may do this. Sign with the profile's wallet.",
  },
  6004: {
    name: "NotDelegate",
    code: "NOT_DELEGATE",
    message: "The signer is not the delegate that the card names, or the delegate given is all zeroes. Use the delegate's key.",
  },
  6005: {
    name: "SequenceMismatch",
    code: "SEQUENCE_MISMATCH",
    message: "The inbox has moved on. Read it again and use its present next sequence number; 2^32 - 1 frames are the end of an inbox.",
  },
  6006: {
    name: "PayloadTooLarge",
    code: "PAYLOAD_TOO_LARGE",
    message: "The payload can never fit in this ring. Split it, or grow the inbox.",
  },
  6007: {
    name: "InboxFull",
    code: "INBOX_FULL",
    message: "The ring is full of frames that have not been acknowledged. Wait for the reader, or grow the inbox.",
  },
  6008: {
    name: "Declined",
    code: "DECLINED",
    message: "The recipient declined this request. Close the inbox to get the rent back.",
  },
  6009: {
    name: "NotARequest",
    code: "NOT_A_REQUEST",
    message: "This inbox is not a request any more. Read it again.",
  },
  6010: {
    name: "NotOpen",
    code: "NOT_OPEN",
    message: "This inbox is not open. Wait until the recipient accepts it.",
  },
  6011: {
    name: "BadAcknowledge",
    code: "BAD_ACKNOWLEDGE",
    message: "An acknowledgement moves forward only, and not past the last frame. Read the inbox again.",
  },
  6012: {
    name: "BadCapacity",
    code: "BAD_CAPACITY",
    message: "The ring cannot have this capacity. Stay within the limits, grow by at most 10,240 bytes, and shrink only what is acknowledged.",
  },
  6013: {
    name: "CloseTooEarly",
    code: "CLOSE_TOO_EARLY",
    message: "Too early to close: an open inbox must be acknowledged to the end or silent for 30 days, a request 14 days old.",
  },
  6014: {
    name: "PolicyClosed",
    code: "POLICY_CLOSED",
    message: "The recipient takes no requests. Reach them some other way.",
  },
  6015: {
    name: "PostageTooHigh",
    code: "POSTAGE_TOO_HIGH",
    message: "The recipient asks for more postage than agreed to. Read the profile again and agree to its postage.",
  },
  6016: {
    name: "NoActiveKeys",
    code: "NO_ACTIVE_KEYS",
    message: "The recipient has no activated keys. Ask them to finish registering.",
  },
  6017: {
    name: "WrongRefund",
    code: "WRONG_REFUND",
    message: "Lamports go to the recorded refund address alone, which is neither zero, nor this program, nor an account that closes together with it. Pass that address.",
  },
  6018: {
    name: "WrongAddress",
    code: "WRONG_ADDRESS",
    message: "The account is not the one that belongs here. Derive its address again from its seeds.",
  },
  6019: {
    name: "UnsupportedVersion",
    code: "UNSUPPORTED_VERSION",
    message: "The account was written by another version of this program. Use a client that knows it.",
  },
  6020: {
    name: "BadFlags",
    code: "BAD_FLAGS",
    message: "Unknown flags. Only bit 0, overwrite, has a meaning.",
  },
  6021: {
    name: "BadPolicy",
    code: "BAD_POLICY",
    message: "Unknown contact policy. Use 0 open, 1 postage or 2 closed.",
  },
  6022: {
    name: "BadRoot",
    code: "BAD_ROOT",
    message: "Root numbers count from 1, and a root's kind is 1 wallet, 2 vault or 3 given.",
  },
  6023: {
    name: "BadCard",
    code: "BAD_CARD",
    message: "The card is malformed, expires before it starts, or names another wallet. Make a new one.",
  },
  6024: {
    name: "WrongGeneration",
    code: "WRONG_GENERATION",
    message: "The card's generation is not the profile's next one, or past 65,535. Read the profile again.",
  },
  6025: {
    name: "ChunkOutOfOrder",
    code: "CHUNK_OUT_OF_ORDER",
    message: "Chunks come in order. Go on at the bundle's number of written bytes.",
  },
  6026: {
    name: "ChunkTooLong",
    code: "CHUNK_TOO_LONG",
    message: "The chunk runs past the end of the key. Send only what is missing.",
  },
  6027: {
    name: "BundleIncomplete",
    code: "BUNDLE_INCOMPLETE",
    message: "The key is not complete. Write the rest of it first.",
  },
  6028: {
    name: "KeyHashMismatch",
    code: "KEY_HASH_MISMATCH",
    message: "The key that was written is not the one the card names. Close this bundle and create the next generation.",
  },
  6029: {
    name: "BundleActivated",
    code: "BUNDLE_ACTIVATED",
    message: "An activated bundle is immutable. Create the next generation.",
  },
  6030: {
    name: "BundleSuperseded",
    code: "BUNDLE_SUPERSEDED",
    message: "A later generation is active already. Create the next generation.",
  },
  6031: {
    name: "BundleInUse",
    code: "BUNDLE_IN_USE",
    message: "The current generation's bundle stays while the profile does. Activate a later one, or close the profile.",
  },
  6032: {
    name: "BundlesRemain",
    code: "BUNDLES_REMAIN",
    message: "The profile still has key bundles besides the current one. Close them first.",
  },
  6033: {
    name: "InvalidClock",
    code: "INVALID_CLOCK",
    message: "The cluster's clock is outside 1970 to 2106. Try again later.",
  },
  6034: {
    name: "CorruptAccount",
    code: "CORRUPT_ACCOUNT",
    message: "The account contradicts itself. Do not use it, and report it.",
  },
};
