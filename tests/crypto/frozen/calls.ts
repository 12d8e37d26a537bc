/** Runs a vector's inputs, which are hexadecimal, numbers and texts only, through the function that it names. */
import * as c from "../../../sdk/src/crypto/index.js";
import { openVault } from "../../../sdk/src/crypto/vault.js";

export type Inputs = Readonly<Record<string, string | number>>;

const text = (inputs: Inputs, name: string): string => String(inputs[name]);
const number = (inputs: Inputs, name: string): number => Number(inputs[name]);
const bytes = (inputs: Inputs, name: string): Uint8Array => c.fromHex(text(inputs, name));
const clusterOf = (inputs: Inputs) => c.cluster({ programId: bytes(inputs, "programId"), genesisHash: bytes(inputs, "genesisHash"), scope: text(inputs, "scope") });
const inboxOf = (inputs: Inputs) => ({ inbox: bytes(inputs, "inbox"), writer: bytes(inputs, "writer"), openSalt: bytes(inputs, "openSalt") });
const pinOf = (inputs: Inputs, prefix: string) => ({ validFrom: number(inputs, `${prefix}ValidFrom`), generation: number(inputs, `${prefix}Generation`), hash: bytes(inputs, `${prefix}Hash`) });

export const calls = {
  verifyBundle: (i: Inputs) =>
    c.verifyBundle(clusterOf(i), { card: bytes(i, "card"), certificate: bytes(i, "certificate"), xWing: bytes(i, "xWing") }, { wallet: bytes(i, "expectedWallet"), generation: number(i, "expectedGeneration") }),
  checkBundleTime: (i: Inputs) => c.checkBundleTime({ validFrom: number(i, "validFrom"), validUntil: number(i, "validUntil") }, number(i, "now")),
  checkPin: (i: Inputs) => c.checkPin(pinOf(i, "pin"), pinOf(i, "bundle")),
  dh: (i: Inputs) => c.dh(bytes(i, "secret"), bytes(i, "publicKey")),
  encapsulate: (i: Inputs) => c.kem.encapsulate(bytes(i, "publicKey"), bytes(i, "coins")),
  openOwnerBox: (i: Inputs) => c.openOwnerBox(bytes(i, "owner"), { ...inboxOf(i), box: bytes(i, "box") }),
  joinHandshake: (i: Inputs) => c.joinHandshake(bytes(i, "frame0"), bytes(i, "frame1")),
  respond: (i: Inputs) => {
    const cluster = clusterOf(i);
    const held = { keys: c.generationKeys(bytes(i, "generationDomain"), bytes(i, "generationSecret")), bundleHash: bytes(i, "bundleHash") };
    const generationKeys = (k: number) => (k === number(i, "heldGeneration") ? held : undefined);
    return c.respond({ cluster, ...inboxOf(i), wallet: bytes(i, "wallet"), handshake: bytes(i, "handshake"), generationKeys });
  },
  openMessage: (i: Inputs) => c.openMessage(bytes(i, "inboxKey"), number(i, "seq"), bytes(i, "frame")),
  openReplyPointer: (i: Inputs) => c.openReplyPointer(bytes(i, "domain"), bytes(i, "thread"), { inboxX: bytes(i, "inboxX"), readerR: bytes(i, "readerR"), pointer: bytes(i, "pointer") }),
  openVault: (i: Inputs) => openVault({ vault: bytes(i, "vault"), passphrase: text(i, "passphrase") }),
  decodeText: (i: Inputs) => c.decodeText(bytes(i, "bytes")),
} as const;

export type Call = keyof typeof calls;
