/** What reading and sending share: the network, the keys, the store, and where events go. */
import type { Cluster } from "../crypto/index.js";
import type { Rpc } from "../net/rpc.js";
import type { Address } from "../program/index.js";
import type { SealedStore } from "../store/sealed.js";
import type { PosternEvent } from "./events.js";
import type { Keyring } from "./keyring.js";
import type { Witness } from "./witness.js";

export type Context = {
  readonly rpc: Rpc;
  readonly cluster: Cluster;
  readonly program: Address;
  readonly wallet: Address;
  readonly walletBytes: Uint8Array;
  readonly keyring: Keyring;
  /** Of this wallet, program and cluster alone. */
  readonly store: SealedStore;
  /** How many messages of a conversation are kept in the store, about; 0 for none. */
  readonly archiveLimit: number;
  /** A fork took back what an inbox of the peer's, address and life, held from a number on. */
  readonly onTakenBack?: (peer: Address, key: string, from: number) => Promise<void>;
  readonly emit: (event: PosternEvent) => void;
  /** A second endpoint, where the app has given one. */
  readonly witness?: Witness | undefined;
};

/** Local Unix time in whole seconds. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
