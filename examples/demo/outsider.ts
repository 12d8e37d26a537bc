/** Tries to open what stands in the inboxes with the keys of one wallet, by the protocol's own functions. */
import {
  bundleHash, cluster, decodeText, deriveRoot, generationKeys, generationSecret, inboxKey, joinHandshake, openMessage, openOwnerBox, respond, rootText,
  type Cluster, type GenerationKeys, type Role,
} from "@postern/sdk/crypto";
import type { WalletLike } from "@postern/sdk";
import { addressBytes, decodeKeyBundle, keyBundleAddress, type Inbox } from "@postern/sdk/program";
import { PublicKey, type Connection } from "@solana/web3.js";
import type { Seen } from "./observer.js";

export type Keys = { readonly wallet: Uint8Array; readonly cluster: Cluster; readonly keys: GenerationKeys; readonly bundleHash: Uint8Array };

/** Everything that a wallet's signature unlocks: the keys of its first generation, and the hash of what it published. */
export async function keysOf(connection: Connection, program: string, wallet: WalletLike & { readonly address: string }): Promise<Keys> {
  const address = addressBytes(wallet.address);
  const here = cluster({ programId: addressBytes(program), genesisHash: addressBytes(await connection.getGenesisHash()) });
  const text = rootText({ ...here, wallet: address, rootNumber: 1 });
  const ikm = await wallet.signMessage?.(new TextEncoder().encode(text));
  if (ikm === undefined) throw new Error("This wallet cannot sign messages.");
  const root = deriveRoot(here.domain, { kind: "wallet", rootNumber: 1, wallet: address, scope: here.scope, ikm });
  const account = await connection.getAccountInfo(new PublicKey(keyBundleAddress(wallet.address, 0, program)));
  if (account === null) throw new Error("This wallet is not registered.");
  const { card } = decodeKeyBundle({ owner: account.owner.toBase58(), lamports: BigInt(account.lamports), data: account.data }, program);
  return { wallet: address, cluster: here, keys: generationKeys(here.domain, generationSecret(here.domain, root, 0)), bundleHash: bundleHash(here.domain, card) };
}

/**
 * Every way in that the protocol has: the handshake as its recipient, the owner box as its owner, and each frame under every
 * thread found so, or made of what is public. Returns how many ways were tried, and the texts that came out.
 */
export function tryToRead(inboxes: readonly Seen<Inbox>[], { wallet, cluster: here, keys, bundleHash: hash }: Keys): { attempts: number; texts: string[] } {
  let attempts = 0;
  const tried = <T>(open: () => T): T | undefined => {
    attempts++;
    try {
      return open();
    } catch {
      return undefined;
    }
  };
  const identities = inboxes.map(({ address, account }) => ({ inbox: addressBytes(address), writer: addressBytes(account.writer), openSalt: account.openSalt }));
  const threads: Uint8Array[] = [];
  inboxes.forEach(({ account }, i) => {
    const identity = identities[i]!;
    const [first, second] = account.frames;
    const box = tried(() => openOwnerBox(keys.owner, { ...identity, box: account.ownerBox }));
    if (box) threads.push(box.thread);
    if (first?.seq !== 0 || second === undefined) return;
    const response = tried(() => respond({ ...identity, cluster: here, wallet, handshake: joinHandshake(first.payload, second.payload), generationKeys: () => ({ keys, bundleHash: hash }) }));
    if (response) threads.push(response.thread);
  });
  const guesses = [...threads, ...inboxes.flatMap(({ account }, i) => [account.head, identities[i]!.inbox, identities[i]!.writer]), new Uint8Array(32)];
  const texts = inboxes.flatMap(({ account }, i) => account.frames.flatMap(({ seq, payload }) => {
    for (const thread of guesses) {
      for (const role of [0, 1] as const satisfies readonly Role[]) {
        const inner = tried(() => openMessage(inboxKey(here.domain, thread, { ...identities[i]!, role }), seq, payload));
        if (inner) return [decodeText(inner.body)];
      }
    }
    return [];
  }));
  return { attempts, texts };
}
