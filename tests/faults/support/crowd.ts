/** Very many open conversations of one wallet, without having them: the accounts' bytes as the program would have left them. */
import {
  bundleHash, concat, encodeCard, ed25519PublicKey, logHead0, nextLogHead, openSalt, sealMessage, sealOwnerBox, sealReplyPointer, sha256, u32, utf8, inboxKey, type InboxIdentity,
} from "@postern/sdk/crypto";
import {
  addressBytes, FRAME_HEAD_BYTES, INBOX_DISCRIMINATOR, INBOX_HEADER_BYTES, inboxAddress, keyBundleAddress, profileAddress, toAddress, type Address,
} from "@postern/sdk/program";
import { Keypair, PublicKey } from "@solana/web3.js";
import { program, type RawDevice } from "../../hostile/support/raw-device.js";

export type Planted = { readonly address: Address; readonly data: Uint8Array; readonly lamports: number };
/** `planted`: our inbox, the peer's, and what the peer has published, if anything. */
export type Member = { readonly wallet: Address; readonly ours: Address; readonly theirs: Address; readonly planted: readonly Planted[] };

const HANDSHAKE_PAYLOADS = [626, 788] as const;
const OUR_RING_BYTES = 2_048;
const THEIR_RING_BYTES = 512;
const ZERO_ADDRESS = new Uint8Array(32);

/**
 * `count` peers with whom the wallet of a registered device talks: it has asked in inbox `from` and the following, and each has
 * answered with one message. With `published`, their profiles and keys stand on the ledger, too.
 */
export async function* crowd(device: RawDevice, { count, from = 0, published }: { count: number; from?: number; published: boolean }): AsyncGenerator<Member> {
  const keys = device.keys();
  const standing = async (address: Address): Promise<{ data: Uint8Array; lamports: number }> => {
    const account = await device.connection.getAccountInfo(new PublicKey(address), "confirmed");
    if (account === null) throw new Error("the wallet is not registered");
    return account;
  };
  const profile = await standing(profileAddress(device.wallet.address, program));
  const bundle = await standing(keyBundleAddress(device.wallet.address, 0, program));
  const own = await device.bundleOf(device.wallet.address);
  const writer = toAddress(keys.delegate.publicKey);
  const time = Math.floor(Date.now() / 1_000);
  const crowdDelegate = Keypair.fromSeed(sha256(concat(utf8("crowd"), device.walletBytes))).publicKey; // they share all keys but the wallet's
  for (let n = 0; n < count; n++) {
    const seed = sha256(concat(utf8(`peer ${n}`), device.walletBytes));
    const walletBytes = ed25519PublicKey(seed);
    const wallet = toAddress(walletBytes);
    const card = { ...own.card, wallet: walletBytes, delegate: crowdDelegate.toBytes() };
    const link = bundleHash(device.cluster.domain, encodeCard(card));
    const thread = sha256(concat(utf8("thread"), seed));
    const index = from + n;
    const [ours, theirs] = [inboxAddress(writer, index, program), inboxAddress(crowdDelegate.toBase58(), n, program)];
    const box = { role: 0 as const, peerGeneration: 0, peerWallet: walletBytes, link };
    const identity = { inbox: addressBytes(ours), writer: keys.delegate.publicKey };
    const salt = openSalt(keys.owner, { ...box, ...identity, r32: seed, extra: own.hash });
    const reply = sealReplyPointer(device.cluster.domain, thread, { inboxX: identity.inbox, readerR: crowdDelegate.toBytes(), inboxY: addressBytes(theirs), r32: seed });
    const message = (role: 0 | 1, of: InboxIdentity, seq: number, text: string): Uint8Array =>
      sealMessage(inboxKey(device.cluster.domain, thread, { role, ...of }), { seq, inner: { kind: 0, sent: time, seen: 0, body: utf8(text) }, r32: seed });
    const asked = { ...identity, openSalt: salt };
    const answer = { inbox: addressBytes(theirs), writer: crowdDelegate.toBytes(), openSalt: seed.slice(0, 16) };
    const common = { time, lamports: profile.lamports };
    const planted = [
      inboxOf(ours, {
        ...common, ...asked, index, reader: crowdDelegate.toBytes(), recipient: walletBytes, refund: device.walletBytes, reply, capacity: OUR_RING_BYTES,
        ownerBox: sealOwnerBox(keys.owner, { ...asked, ...box, thread }), frames: [...HANDSHAKE_PAYLOADS.map((bytes) => new Uint8Array(bytes)), message(0, asked, 2, `question ${n}`)],
      }),
      inboxOf(theirs, {
        ...common, ...answer, index: n, reader: keys.delegate.publicKey, recipient: ZERO_ADDRESS, refund: walletBytes, reply: new Uint8Array(60), capacity: THEIR_RING_BYTES,
        ownerBox: new Uint8Array(120), frames: [message(1, answer, 0, `answer ${n}`)],
      }),
    ];
    if (published) {
      const put = (data: Uint8Array, ...parts: readonly (readonly [at: number, bytes: Uint8Array])[]): Uint8Array => {
        const copy = Uint8Array.from(data);
        for (const [at, bytes] of parts) copy.set(bytes, at);
        return copy;
      };
      planted.push(
        { address: profileAddress(wallet, program), lamports: profile.lamports, data: put(profile.data, [48, walletBytes], [80, crowdDelegate.toBytes()]) },
        { address: keyBundleAddress(wallet, 0, program), lamports: bundle.lamports, data: put(bundle.data, [14, encodeCard(card)], [156, device.certify(card, seed)]) },
      );
    }
    yield { wallet, ours, theirs, planted };
  }
}

type Parts = InboxIdentity & {
  readonly index: number; readonly time: number; readonly lamports: number; readonly reader: Uint8Array; readonly recipient: Uint8Array; readonly refund: Uint8Array;
  readonly reply: Uint8Array; readonly ownerBox: Uint8Array; readonly capacity: number; readonly frames: readonly Uint8Array[];
};

/** An open inbox with these frames in it, all in its ring. Offsets: docs/ARCHITECTURE.md. */
function inboxOf(address: Address, { index, time, lamports, writer, reader, recipient, refund, reply, openSalt: salt, ownerBox, capacity, frames }: Parts): Planted {
  const data = new Uint8Array(INBOX_HEADER_BYTES + capacity);
  let used = 0;
  let head = logHead0(addressBytes(address), salt);
  for (const [seq, payload] of frames.entries()) {
    data.set(concat(Uint8Array.of(payload.length & 0xff, payload.length >> 8), u32(time), payload), INBOX_HEADER_BYTES + used);
    used += FRAME_HEAD_BYTES + payload.length;
    head = nextLogHead(head, seq, time, payload);
  }
  const fields: [at: number, bytes: Uint8Array][] = [
    [0, INBOX_DISCRIMINATOR], [8, Uint8Array.of(1, 1, 0, 255)], [12, u32(index)], [16, head], [48, u32(frames.length)], [52, u32(time)], [68, u32(used)], [72, u32(1)], [88, u32(time)],
    [92, writer], [124, reader], [156, recipient], [188, refund], [220, reply], [280, salt], [296, ownerBox], [440, u32(capacity)],
  ];
  for (const [at, bytes] of fields) data.set(bytes, at);
  return { address, data, lamports };
}
