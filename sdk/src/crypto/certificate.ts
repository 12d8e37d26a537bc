import { type Address32, assertBytes, toBase58, u32, utf8 } from "./bytes.js";
import { type Card, CERTIFICATE_KIND } from "./card.js";
import { assertScope } from "./domain.js";
import { memoTransactionMessage } from "./memo-transaction.js";

/** A card, and for which deployment and scope it is certified. */
export type CertificateFields = {
  readonly card: Card;
  readonly programId: Address32;
  readonly genesisHash: Uint8Array;
  readonly scope: string;
  readonly bundleHash: Uint8Array;
};

/** Unix seconds as `YYYY-MM-DDTHH:MM:SSZ`. */
function isoSeconds(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/**
 * The bytes that a wallet signs to certify a card, by the card's certificate kind: its text, or the message of a transaction that
 * carries it and is never sent. The signature (64 bytes) is public.
 *
 * @throws INVALID_ARGUMENT
 */
export function certificateMessage(fields: CertificateFields): Uint8Array {
  const text = utf8(certificateText(fields));
  const { certificateKind, wallet } = fields.card;
  return certificateKind === CERTIFICATE_KIND.transaction ? memoTransactionMessage(wallet, text) : text;
}

/**
 * What a wallet certifies of a card, in words.
 *
 * @throws INVALID_ARGUMENT
 */
export function certificateText(fields: CertificateFields): string {
  const { card, programId, genesisHash, scope, bundleHash } = fields;
  assertBytes(programId, "program id", 32);
  assertBytes(genesisHash, "genesis hash", 32);
  assertBytes(bundleHash, "bundle hash", 32);
  assertBytes(card.wallet, "wallet", 32);
  assertBytes(card.delegate, "delegate", 32);
  for (const n of [card.generation, card.validFrom, card.validUntil]) u32(n);
  assertScope(scope);
  return [
    "Postern messages: publish my keys",
    "",
    "Sign this to let others send encrypted messages to this wallet. This signature is public. It moves no funds and reads no messages.",
    "",
    `Wallet: ${toBase58(card.wallet)}`,
    `Program: ${toBase58(programId)}`,
    `Network: ${toBase58(genesisHash)}`,
    `Scope: ${scope}`,
    `Generation: ${card.generation}`,
    `Delegate: ${toBase58(card.delegate)}`,
    `Keys: ${toBase58(bundleHash)}`,
    `Valid from: ${isoSeconds(card.validFrom)}`,
    `Valid until: ${isoSeconds(card.validUntil)}`,
    "Version: 1",
  ].join("\n");
}
