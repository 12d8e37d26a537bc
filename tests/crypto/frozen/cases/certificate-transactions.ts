/** Cases of certificates of kind 2: of a wallet that signs transactions and nothing else (section 3). */
import * as c from "../../../../sdk/src/crypto/index.js";
import { flip } from "../../expect-code.js";
import { type Party, alice, bob, cluster, fill, openThread, party } from "../../fixture.js";
import { ED25519_IDENTITY, L, fromLittleEndian, littleEndian } from "../../points.js";
import type { Draft } from "../format.js";
import { deployment, elsewhere, heldOf, inboxAddress, openingInputs, refusals, rotated, take } from "../world.js";

const { transaction, text } = c.CERTIFICATE_KIND;
const carol = party(0xca, 0, cluster, transaction);
const carol1 = rotated(carol);
const { card, certificate, xWing } = carol.bundle;
const fields = { ...deployment, card: carol.card, bundleHash: carol.verified.hash };
const message = c.certificateMessage(fields);
const sign = (bytes: Uint8Array): { certificate: Uint8Array } => ({ certificate: c.ed25519Sign(carol.walletSeed, bytes) });
/** The message with other bytes at one place. */
const put = (at: number, ...bytes: readonly number[]): Uint8Array => message.map((byte, i) => bytes[i - at] ?? byte);
const as = (from: Party, certificateKind: c.CertificateKind): Uint8Array => c.encodeCard({ ...from.card, certificateKind });

/** What is no certificate of C's card, whichever function is asked. */
const badCertificates = [
  ["CERTIFICATE_INVALID", "the signature of the text alone", sign(c.utf8(c.certificateText(fields)))],
  ["CERTIFICATE_INVALID", "with a recent blockhash", sign(put(68, ...fill(1)))],
  ["CERTIFICATE_INVALID", "with the wallet read only", sign(put(1, 1))],
  ["CERTIFICATE_INVALID", "by way of another program", sign(put(36, ...fill(1)))],
  ["CERTIFICATE_INVALID", "of two instructions", sign(c.concat(put(100, 2), message.subarray(101)))],
  ["CERTIFICATE_INVALID", "with the wallet among the instruction's accounts", sign(c.concat(message.subarray(0, 102), Uint8Array.of(1, 0), message.subarray(103)))],
  ["CERTIFICATE_INVALID", "as a message of version 0", sign(c.concat(Uint8Array.of(0x80), message, fill(0, 1)))],
  ["CERTIFICATE_INVALID", "with its signature before it", sign(c.concat(Uint8Array.of(1), certificate, message))],
  ["CERTIFICATE_INVALID", "a byte longer", sign(c.concat(message, fill(0x0a, 1)))],
  ["CERTIFICATE_INVALID", "signed by another wallet", { certificate: c.ed25519Sign(bob.walletSeed, message) }],
  ["CERTIFICATE_INVALID", "signed by the delegate", { certificate: c.ed25519Sign(carol.keys.delegate.seed, message) }],
  ["CERTIFICATE_INVALID", "S + L", { certificate: c.concat(certificate.subarray(0, 32), littleEndian(fromLittleEndian(certificate.subarray(32)) + L)) }],
  ["CERTIFICATE_INVALID", "63 bytes", { certificate: certificate.subarray(0, 63) }],
  ["CERTIFICATE_INVALID", "a flipped bit", { certificate: flip(certificate, 0) }],
  ...elsewhere.map(([name, change]) => ["CERTIFICATE_INVALID", `over another ${name}`, change] as const),
] as const;

export function certificateTransactionCases(): Draft[] {
  const base = { ...deployment, card, certificate };
  const whole = { ...base, xWing, expectedWallet: carol.wallet, expectedGeneration: 0 };
  const from = openThread(carol, bob, inboxAddress(carol.keys.delegate.publicKey));
  const to = openThread(alice, carol, inboxAddress(alice.keys.delegate.publicKey));
  const far = { ...carol.card, generation: 65_535, validFrom: 0, validUntil: 2 ** 32 - 1 };
  const received = { ...deployment, inbox: from.inbox, writer: from.writer, openSalt: from.openSalt, wallet: bob.wallet, held: [heldOf(bob)], handshake: from.handshake };
  return [
    take("generation 0 of C", "certificateMessage", { ...deployment, card }),
    take("generation 1 of C", "certificateMessage", { ...deployment, card: carol1.bundle.card }),
    take("the ends of what a card holds", "certificateMessage", { ...deployment, scope: "a.b-c.0", card: c.encodeCard(far) }),
    take("kind 0: the text", "certificateMessage", { ...deployment, card: alice.bundle.card }),
    take("generation 0 of C: the text in it", "certificateText", { ...deployment, card }),
    take("generation 0 of C", "verifyCard", base),
    take("generation 1 of C", "verifyCard", { ...deployment, card: carol1.bundle.card, certificate: carol1.bundle.certificate }),
    take("generation 0 of C", "verifyBundle", whole),
    take("from C", "initiate", openingInputs(from)),
    take("to C", "initiate", openingInputs(to)),
    take("from C", "respond", received),
    ...refusals("verifyCard", base, [
      ...badCertificates,
      ["BUNDLE_UNSUPPORTED", "kind 3", { card: Uint8Array.from(card, (byte, at) => (at === 1 ? 3 : byte)) }],
      ["CERTIFICATE_INVALID", "a card of kind 0", { card: as(carol, text) }],
      ["CERTIFICATE_INVALID", "kind 2 over a certificate of kind 0", { card: as(alice, transaction), certificate: alice.bundle.certificate }],
      ["CERTIFICATE_INVALID", "wallet of small order", { card: c.encodeCard({ ...carol.card, wallet: ED25519_IDENTITY }), certificate: c.concat(ED25519_IDENTITY, fill(0)) }],
    ]),
    ...refusals("verifyBundle", whole, badCertificates),
  ];
}
