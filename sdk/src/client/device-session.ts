/**
 * What a device keeps of an unlocked wallet, so that a reload asks it nothing: generation secrets and never the root, sealed under
 * a key of the store's that stays on this device. Loaded when `session: "device"` asks for it.
 *
 * `01 ‖ iv 12 ‖ AES-256-GCM(root number u32 ‖ store secret 32 ‖ count u8 ‖ count × (generation u32 ‖ until u32 ‖ secret 32))`,
 * bound to program, cluster, scope and wallet. `until` is when a superseded generation is to be forgotten, in Unix seconds; 0 for
 * the current one.
 */
import { concat, expand, extract, hash, readU32, sha256, toHex, u32, u8, utf8, type Cluster } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import type { Profile } from "../program/index.js";
import type { SendContext } from "../send/context.js";
import { guarded, type Store } from "../store/store.js";
import { nowSeconds } from "../sync/context.js";
import { overlapEndsAt } from "../sync/freshness.js";
import type { Keyring } from "../sync/keyring.js";
import { keyringWithoutRoot, type WithoutRoot } from "./without-root.js";

const VERSION = 1;
const IV_BYTES = 12;
const SECRET_BYTES = 32;
const HEAD_BYTES = 4 + SECRET_BYTES + 1;
const ENTRY_BYTES = 4 + 4 + SECRET_BYTES;
const MAX_ENTRIES = 255;

/** Whose session: `walletBytes` has 32 bytes. */
export type Whose = { readonly cluster: Cluster; readonly walletBytes: Uint8Array };
type Entry = { readonly generation: number; readonly until: number; readonly secret: Uint8Array };
type Kept = { readonly rootNumber: number; readonly storeSecret: Uint8Array; readonly entries: readonly Entry[] };
/** Where this device has kept its records until now: 32 bytes, and the number of the root that they follow from. */
export type FormerStore = { readonly rootNumber: number; readonly storeSecret: Uint8Array };

export class DeviceSession {
  readonly #store: Store;
  readonly #whose: Whose;
  readonly #bound: Uint8Array;
  readonly #name: string;
  #storeSecret = new Uint8Array(SECRET_BYTES);
  #ended = false;
  #restored = false;
  #former: FormerStore | undefined;

  /** @throws PosternError INVALID_ARGUMENT for a store that has no sealing key, and where there is no WebCrypto */
  constructor(store: Store, whose: Whose) {
    if (typeof store.sealingKey !== "function") throw new PosternError("INVALID_ARGUMENT", 'This store has no sealing key, so it cannot keep a device session. Pass fileStore() or indexedDbStore(), or leave session at "memory".');
    if (globalThis.crypto?.subtle === undefined) throw new PosternError("INVALID_ARGUMENT", "A device session needs WebCrypto, which browsers have on pages served over HTTPS only.");
    this.#store = store;
    this.#whose = whose;
    this.#bound = boundTo(whose);
    this.#name = nameOf(whose);
  }

  /** True once {@link restore} has given the keys. */
  get restored(): boolean {
    return this.#restored;
  }

  /** The store of a session whose keys were forgotten by {@link restore}; the caller wipes its secret. */
  get former(): FormerStore | undefined {
    return this.#former;
  }

  /**
   * The keys that this device has kept, if they are the wallet's current ones. Anything else (altered, another wallet's, of a
   * generation that was replaced elsewhere) is forgotten without a word, and the wallet is to be asked. What leads to this device's
   * records stays until {@link keep}: under a root that was replaced elsewhere, nothing else does.
   * @throws PosternError STORE_FAILED
   */
  async restore(profile: Profile | undefined): Promise<WithoutRoot | undefined> {
    const sealed = await guarded(async () => this.#store.get(this.#name));
    if (sealed === undefined) return undefined;
    const kept = await this.#open(sealed);
    const now = nowSeconds();
    const alive = kept?.entries.filter(({ until }) => until === 0 || now < until) ?? [];
    const secrets = new Map(alive.map(({ generation, secret }) => [generation, secret.slice()]));
    const keyring = kept?.rootNumber === profile?.rootNumber ? keyringWithoutRoot(secrets, { ...this.#whose, profile }) : undefined;
    if (kept && keyring) {
      this.#restored = true;
      this.#storeSecret.set(kept.storeSecret);
      if (alive.length < kept.entries.length) await this.#write({ ...kept, entries: alive });
    } else {
      this.#former = kept && { rootNumber: kept.rootNumber, storeSecret: kept.storeSecret.slice() };
      const left = kept && (await this.#seal({ ...kept, entries: [] }));
      await guarded(() => this.#store.replace(this.#name, sealed, left));
    }
    if (!keyring) for (const secret of secrets.values()) secret.fill(0);
    const storeSecret = kept?.storeSecret.slice();
    if (kept) wipe(kept);
    return keyring && storeSecret && { keyring, storeSecret };
  }

  /** The store's own secret, which is kept with the keys; copied. */
  adopt(storeSecret: Uint8Array): void {
    this.#storeSecret.set(storeSecret);
  }

  /**
   * Keeps the current generation, and superseded ones for as long as what was sent to them is still taken. Nothing while the wallet
   * is not registered: then there is no session that could go on without it.
   * @param rootNumber of the root that the current generation follows from: the profile's, unless a rotation to a new root is under way
   * @throws PosternError STORE_FAILED, RPC_FAILED
   */
  async keep({ channels: { directory }, context: { keyring } }: SendContext, rootNumber: number): Promise<void> {
    if (directory.profile === undefined || keyring.bundle(directory.profile.currentGeneration ?? 0) === undefined) await directory.refresh();
    const { profile } = directory;
    if (profile?.currentGeneration === undefined || this.#ended) return;
    const entries = entriesOf(keyring, profile.currentGeneration);
    if (entries.length > 0 && entries.length <= MAX_ENTRIES) await this.#write({ rootNumber, storeSecret: this.#storeSecret, entries });
    for (const { secret } of entries) secret.fill(0);
    if (this.#ended) await this.#delete(); // it was locked meanwhile
  }

  /** Overwrites what is in memory; what is kept stays. */
  end(): void {
    this.#ended = true;
    this.#storeSecret.fill(0);
    this.#former?.storeSecret.fill(0);
  }

  async #write(kept: Kept): Promise<void> {
    const box = await this.#seal(kept);
    await guarded(() => this.#store.set(this.#name, box));
  }

  async #seal(kept: Kept): Promise<Uint8Array> {
    const plain = concat(
      u32(kept.rootNumber), kept.storeSecret, u8(kept.entries.length),
      ...kept.entries.flatMap(({ generation, until, secret }) => [u32(generation), u32(until), secret]),
    );
    return guarded(async () => {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: this.#bound.slice() }, await this.#key(), plain.slice());
      return concat(u8(VERSION), iv, new Uint8Array(box));
    }).finally(() => plain.fill(0));
  }

  async #open(sealed: Uint8Array): Promise<Kept | undefined> {
    const key = await guarded(() => this.#key());
    try {
      if (sealed[0] !== VERSION) return undefined;
      const [iv, box] = [sealed.slice(1, 1 + IV_BYTES), sealed.slice(1 + IV_BYTES)];
      const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: this.#bound.slice() }, key, box));
      const kept = decode(plain);
      plain.fill(0);
      return kept;
    } catch {
      return undefined; // not ours, or altered
    }
  }

  async #key(): Promise<CryptoKey> {
    const secret = await this.#store.sealingKey?.();
    if (!(secret instanceof Uint8Array)) return secret as CryptoKey;
    if (secret.length !== SECRET_BYTES) throw new TypeError("the sealing key has not 32 bytes");
    const { cluster, walletBytes } = this.#whose;
    const own = expand(extract(cluster.domain, secret), "device session", walletBytes, 32);
    const key = await crypto.subtle.importKey("raw", own.slice(), "AES-GCM", false, ["encrypt", "decrypt"]);
    for (const bytes of [secret, own]) bytes.fill(0);
    return key;
  }

  #delete(): Promise<void> {
    return guarded(() => this.#store.delete(this.#name));
  }
}

/** Forgets what a device has kept of a wallet, whether or not it has. @throws PosternError STORE_FAILED */
export async function forgetDeviceSession(store: Store, whose: Whose): Promise<void> {
  await guarded(() => store.delete(nameOf(whose)));
}

/** Current: kept until it is replaced. Superseded: for the overlap after the generation that followed it. Older: no more. */
function entriesOf(keyring: Keyring, current: number): Entry[] {
  return keyring.generations.filter((generation) => generation <= current).flatMap((generation) => {
    const until = generation === current ? 0 : overlapEndsAt(keyring, generation) ?? 0;
    const secret = generation === current || until > nowSeconds() ? keyring.secret(generation) : undefined;
    return secret === undefined ? [] : [{ generation, until, secret }];
  });
}

function decode(plain: Uint8Array): Kept | undefined {
  const count = plain[HEAD_BYTES - 1];
  if (count === undefined || plain.length !== HEAD_BYTES + count * ENTRY_BYTES) return undefined;
  const entries = Array.from({ length: count }, (_, i) => {
    const at = HEAD_BYTES + i * ENTRY_BYTES;
    return { generation: readU32(plain, at), until: readU32(plain, at + 4), secret: plain.slice(at + 8, at + ENTRY_BYTES) };
  });
  return { rootNumber: readU32(plain, 0), storeSecret: plain.slice(4, 4 + SECRET_BYTES), entries };
}

function wipe({ storeSecret, entries }: Kept): void {
  storeSecret.fill(0);
  for (const { secret } of entries) secret.fill(0);
}

function boundTo({ cluster, walletBytes }: Whose): Uint8Array {
  return concat(cluster.domain, walletBytes, hash("scope", utf8(cluster.scope)));
}

/** Which wallet's it is shows in a name that only somebody who looks for that wallet knows. */
function nameOf(whose: Whose): string {
  return `postern/session/${toHex(sha256(utf8("device session"), boundTo(whose)))}`;
}
