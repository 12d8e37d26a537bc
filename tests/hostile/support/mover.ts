/** Says where a conversation goes on, true or not: any inbox with any handshake, and `moved` messages that name whatever one likes. */
import { MESSAGE_KIND, openSalt, sealMessage, sealOwnerBox, splitHandshake, utf8, encodeCard, initiate, type InboxIdentity, type VerifiedBundle } from "@postern/sdk/crypto";
import { addressBytes, inboxAddress, openInbox, openRequest, post, type Address } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { program, random, type RawDevice } from "./raw-device.js";

export type Destination = {
  readonly to: VerifiedBundle;
  /** Of the keys that write it. */
  readonly generation?: number;
  readonly index: number;
  /** Of an inbox that is addressed to nobody, by default the delegate of `to`; `request` addresses it to the wallet of `to`. */
  readonly reader?: Address | "request";
  /** How many of the two handshake frames are posted. */
  readonly frames?: number;
  readonly texts?: readonly string[];
};

export type Opening = { readonly address: Address; readonly secret: Uint8Array };

/** Opens an inbox with an honest handshake of a generation's for `to`, and posts texts in it. */
export async function openInboxFor(raw: RawDevice, { to, generation = 0, index, reader, frames = 2, texts = [] }: Destination): Promise<Opening> {
  const { owner, delegate } = raw.keys(generation);
  const writer = new PublicKey(delegate.publicKey).toBase58();
  const address = inboxAddress(writer, index, program);
  const box = { role: 0 as const, peerGeneration: to.card.generation, peerWallet: to.card.wallet, link: to.hash };
  const identity = { inbox: addressBytes(address), writer: delegate.publicKey };
  const salt = openSalt(owner, { ...box, ...identity, r32: random(32), extra: (await raw.bundleOf(raw.wallet.address, generation)).hash });
  const { thread, payloads } = await handshakeOf(raw, { ...identity, openSalt: salt }, to, generation);
  const ownerBox = sealOwnerBox(owner, { ...identity, openSalt: salt, ...box, thread });
  const opening = { program, payer: writer, writer, index, capacity: 2_048, openSalt: salt, refund: raw.wallet.address, ownerBox };
  await raw.submit([reader === "request"
    ? openRequest({ ...opening, recipient: new PublicKey(to.card.wallet).toBase58(), maxPostageLamports: 0n })
    : openInbox({ ...opening, reader: reader ?? new PublicKey(to.card.delegate).toBase58() })], [raw.delegate(generation)]);
  await postAll(raw, address, payloads.slice(0, frames), generation);
  const { secret } = await raw.own(index, generation);
  await say(raw, { address, secret }, { generation, texts });
  return { address, secret };
}

/** Posts the rest of a handshake that {@link openInboxFor} left unfinished. */
export async function finishHandshake(raw: RawDevice, { address }: Opening, to: VerifiedBundle, generation = 0): Promise<void> {
  const { next, openSalt: salt } = await raw.inbox(address);
  const { payloads } = await handshakeOf(raw, { inbox: addressBytes(address), writer: raw.keys(generation).delegate.publicKey, openSalt: salt }, to, generation);
  await postAll(raw, address, payloads.slice(next), generation);
}

async function handshakeOf(raw: RawDevice, identity: InboxIdentity, to: VerifiedBundle, generation: number): Promise<{ thread: Uint8Array; payloads: readonly Uint8Array[] }> {
  const { owner, identity: { secret: identitySecret }, delegate } = raw.keys(generation);
  const { card } = await raw.bundleOf(raw.wallet.address, generation);
  const { handshake, thread } = initiate({
    ...identity, cluster: raw.cluster, owner, identitySecret, ownCard: encodeCard(card), ownCertificate: raw.certify(card), peer: to, reader: delegate.publicKey,
  });
  return { thread, payloads: splitHandshake(handshake) };
}

async function postAll(raw: RawDevice, address: Address, payloads: readonly Uint8Array[], generation: number): Promise<void> {
  const key = raw.delegate(generation);
  const { next } = await raw.inbox(address);
  for (const [i, payload] of payloads.entries()) await raw.submit([post({ program, writer: key.publicKey.toBase58(), inbox: address, expectedSeq: next + i, payload })], [key]);
}

/** Posts texts, or `moved` messages with the addresses that they name, in an inbox of this device's. */
export async function say(raw: RawDevice, { address, secret }: Opening, { generation = 0, texts }: { generation?: number; texts: readonly (string | { readonly moved: Address })[] }): Promise<void> {
  const { next } = await raw.inbox(address);
  await postAll(raw, address, texts.map((text, i) => {
    const [kind, body] = typeof text === "string" ? [MESSAGE_KIND.text, utf8(text)] as const : [MESSAGE_KIND.moved, addressBytes(text.moved)] as const;
    return sealMessage(secret, { seq: next + i, inner: { kind, sent: Math.floor(Date.now() / 1_000), seen: 0, body }, r32: random(32) });
  }), generation);
}
