/** The front door: one unlocked wallet. */
import { toBase58, type Cluster } from "../crypto/index.js";
import { PosternError } from "../errors.js";
import type { Connection } from "../net/connection.js";
import { webSocketEndpoint } from "../net/endpoint.js";
import { Rpc } from "../net/rpc.js";
import { Subscriptions } from "../net/subscriptions.js";
import { addressBytes, PROGRAM_ADDRESS, updateProfile, walletBytes, type Address, type ContactPolicy } from "../program/index.js";
import { currentDelegate, submitAsDelegate, type SendContext } from "../send/context.js";
import { Fees } from "../send/fees.js";
import { requireFunds } from "../send/funds.js";
import { DEFAULT_MAX_MICRO_LAMPORTS_PER_COMPUTE_UNIT, PriorityFees } from "../send/priority.js";
import { Submitter } from "../send/submit.js";
import { defaultStore } from "../store/default.js";
import { Channels } from "../sync/channels.js";
import type { Context } from "../sync/context.js";
import { EventHub, type PosternEvent } from "../sync/events.js";
import { PeerKeys } from "../sync/peer-keys.js";
import type { ConnectOptions } from "./connect-options.js";
import { Conversation } from "./conversation.js";
import type { CostEstimate } from "./estimate.js";
import { forgetDevice, openDevice, recall, type Device } from "./device.js";
import { healthEvents, iterateEvents } from "./event-stream.js";
import { heldBy } from "./held-keys.js";
import { setInternals } from "./internals.js";
import { walletKeys } from "./key-source.js";
import { countUnread, listConversations, listRequests, whoCanBeWritten } from "./listing.js";
import type { MessageRequest } from "./message-request.js";
import { unmarkFrom } from "./read-marks.js";
import type { Registrant } from "./publishing.js";
import type { RegisterOptions } from "./registration.js";
import type { RotateOptions } from "./rotation.js";
import { Session } from "./session.js";
import { identifyCluster, unlock } from "./unlock.js";
import type { UnregisterOptions } from "./unregistration.js";
import { openWitness } from "./open-witness.js";
import { checkOptions, checkPolicy, openConnection, requireKeySource } from "./options.js";
import { walletAddress } from "./wallet.js";

export type { ConnectOptions } from "./connect-options.js";

const DEFAULT_GROWTH_BYTES = 8_192;
const DEFAULT_ARCHIVE_MESSAGES = 10_000;

export class Postern {
  /** This wallet. */
  readonly address: Address;
  readonly #session: Session;
  readonly #registrant: Registrant;
  readonly #device: Device;

  private constructor(session: Session, registrant: Registrant, device: Device) {
    this.address = session.send.context.wallet;
    this.#session = session;
    this.#registrant = registrant;
    this.#device = device;
    setInternals(this, { session, keys: registrant.keys });
    // What is wiped here is not kept on the device either. One that cannot be written now is rewritten with the next connect.
    session.send.channels.directory.onForgotten = () => void device.session?.keep(session.send, registrant.rootNumber).catch(() => undefined);
  }

  /**
   * Unlocks the messaging keys (one `signMessage` prompt with `walletKeys`) and reads the profile. Writes nothing on chain, but for
   * messages that an earlier process has left in the outbox of the store: they are delivered from here on.
   *
   * @throws PosternError WALLET_NOT_CONNECTED, WALLET_CANNOT_SIGN_MESSAGES, REJECTED_BY_WALLET, WALLET_SIGNATURE_INVALID,
   * ROOT_MISMATCH, ROOT_HISTORY_UNAVAILABLE, PROGRAM_NOT_FOUND, WRONG_CLUSTER, RPC_FAILED, STORE_FAILED, INVALID_ARGUMENT and those of `vaultKeys`
   * @example
   * ```ts
   * import { Postern } from "@postern/sdk";
   *
   * const postern = await Postern.connect({ connection, wallet });
   * ```
   */
  static async connect(options: ConnectOptions): Promise<Postern> {
    const address = walletAddress(options.wallet);
    const keys = options.keys ?? walletKeys();
    checkOptions(options, keys);
    const mayAsk = keys.kind === "wallet" && options.session !== "device" && !heldBy(keys); // else the keys may be here already
    if (mayAsk && typeof options.wallet.signMessage !== "function") throw (await import("./wallet-message.js")).cannotSignMessages();
    const program = options.programId ?? PROGRAM_ADDRESS;
    addressBytes(program);
    const commitment = options.commitment ?? "confirmed";
    const events = new EventHub();
    const ending = new AbortController();
    const connection: Connection = openConnection(options.connection, commitment, ending.signal);
    const rpc = new Rpc(connection, commitment, ending.signal, healthEvents(events));
    const cluster: Cluster = await identifyCluster(connection, rpc, options.store, program);
    const witness = await openWitness(options.witness, { rpc, cluster, program, emit: events.emit, ending: ending.signal });
    const store = options.store ?? defaultStore(toBase58(cluster.genesisHash));
    const device = await openDevice(options, store, { cluster, walletBytes: walletBytes(address) });
    const { keyring, root, rootNumber, profile, storeSecret, olderStores } = await unlock({ rpc, cluster, program, wallet: options.wallet, address, keys, rootNumber: options.rootNumber, device: device.session });
    const sealed = (await import("../store/device.js")).sealedStore(store, { domain: cluster.domain, secret: storeSecret, own: device.own });
    const context: Context = {
      rpc, cluster, program, wallet: address, walletBytes: walletBytes(address), keyring, store: sealed, emit: events.emit, witness,
      onTakenBack: (peer, key, from) => unmarkFrom(sealed, peer, key, from).catch(() => undefined), // a store that fails hides no message
      archiveLimit: options.archive?.maxMessagesPerConversation ?? DEFAULT_ARCHIVE_MESSAGES,
    };
    const send: SendContext = {
      context, channels: new Channels(context), peers: new PeerKeys(context), submitter: new Submitter(rpc, new Fees(rpc), new PriorityFees(rpc, options.fees?.maxMicroLamportsPerComputeUnit ?? DEFAULT_MAX_MICRO_LAMPORTS_PER_COMPUTE_UNIT)),
      maxBytesPerInbox: options.growth?.maxBytesPerInbox ?? DEFAULT_GROWTH_BYTES, acknowledges: options.acknowledge !== "never",
    };
    device.session?.adopt(storeSecret);
    storeSecret.fill(0);
    await recall(context, device, { olderStores, rootNumber, profile });
    if (device.session?.restored === false) await device.session.keep(send, rootNumber);
    const session = new Session(send, events, new Subscriptions(webSocketEndpoint(connection), commitment), ending);
    if (profile?.currentGeneration !== undefined) root.fill(0); // from here on only generation keys are kept
    session.outgoing.resume();
    return new Postern(session, { send, wallet: options.wallet, keys, rootNumber, root, deviceSession: device.session }, device);
  }

  /** True when profile and an active key bundle are on chain. */
  async isRegistered(): Promise<boolean> {
    return this.#session.run(async () => {
      const { directory } = this.#session.send.channels;
      await directory.refresh();
      return directory.profile?.currentGeneration !== undefined;
    });
  }

  /**
   * Publishes profile and key bundle and funds the delegate, whose balance pays rent and fees from then on. Idempotent, and
   * resumes a half-done registration. With `connect`, four prompts the first time (two with vault or given keys: the certificate, for
   * which a wallet without `signMessage` signs a transaction that is never sent, and one transaction); a second call changes and
   * funds nothing, unless the published keys have expired: then it does what {@link rotate} does.
   *
   * @param options `fundLamports`: the delegate's balance afterwards (default: enough, at the cluster's rates, to open one
   * conversation, grow it to the limit and sign 200 transactions); `policy`: who may ask for contact (default: anyone)
   * @throws PosternError INSUFFICIENT_FUNDS, WALLET_NOT_DETERMINISTIC, VAULT_NOT_SAVED, REJECTED_BY_WALLET, WALLET_SIGNATURE_INVALID,
   * INVALID_ARGUMENT, RPC_FAILED
   */
  async register(options: RegisterOptions = {}): Promise<void> {
    if (options.policy !== undefined) checkPolicy(options.policy);
    await this.#session.run(() => this.#session.exclusive(this.address, async () => (await seldom()).registerWallet(this.#registrant, options)));
    await this.#device.session?.keep(this.#session.send, this.#registrant.rootNumber);
    this.#registrant.root.fill(0);
  }

  /**
   * Leaves Postern: closes every conversation, empties the delegate, closes keys and profile. All rent returns; one prompt. Ends
   * this session. Registering anew later publishes a new certificate, which peers are told of; never keys that were replaced: for
   * these the root number is raised.
   * @param options `leaveUnclosed`: go although conversations cannot be closed yet; their rent stays until that is done later, which
   * after a rotation takes registering with the `rootNumber` of then
   * @throws PosternError CLOSE_TOO_EARLY with `context.peers` and `context.closableAt`, before anything is changed;
   * NOT_REGISTERED, INSUFFICIENT_FUNDS, REJECTED_BY_WALLET, RPC_FAILED
   */
  async unregister(options: UnregisterOptions = {}): Promise<{ reclaimedLamports: bigint }> {
    const work = async (): Promise<bigint> => (await seldom()).unregisterWallet(this.#session, this.#registrant.wallet, options);
    const reclaimedLamports = await this.#session.run(() => this.#session.exclusive(this.address, work));
    this.#forget("CLOSED");
    await forgetDevice(this.#device, this.#session.send.context);
    return { reclaimedLamports };
  }

  /**
   * Publishes the next generation of this wallet's keys, before they expire (event `keysExpiring`) or when a device is lost:
   * whoever has only the old ones cannot read what is written in a conversation once it has moved, nor open new ones. What the
   * old delegate owns goes to the new one.
   * Open conversations move to new inboxes by themselves, within this session or the next; their messages, order, ids and
   * cursors stay. Other devices of this wallet have to connect again (`KEYS_ROTATED`). Three prompts with `walletKeys`: the
   * root text, the certificate, one transaction. Call again after a failure to go on where it stopped.
   *
   * @param options `newRoot`: retires the root as well, which only helps when its signature or, with `givenKeys`, the root
   * itself may be known to others; four prompts. `keys`: then the keys from now on, needed unless they are the wallet's; without
   * `newRoot`, the keys that the wallet registered with, where this session has none of their root
   * @throws PosternError NOT_REGISTERED, ROOT_MISMATCH, ROOT_UNAVAILABLE, WALLET_NOT_DETERMINISTIC, INSUFFICIENT_FUNDS, REJECTED_BY_WALLET,
   * WALLET_CANNOT_SIGN_MESSAGES, WALLET_SIGNATURE_INVALID, INVALID_ARGUMENT, RPC_FAILED, ABORTED; STORE_FAILED with `session: "device"` also when the keys are replaced but the device could
   * not note the new ones: this session goes on, and the next `connect` asks the wallet
   * @example
   * ```ts
   * for await (const event of postern.events({ signal })) {
   *   if (event.kind === "keysExpiring") await postern.rotate();
   * }
   * ```
   */
  async rotate(options: RotateOptions = {}): Promise<void> {
    if (options.keys !== undefined) requireKeySource(options.keys);
    const { signal } = options;
    await this.#session.run(() => this.#session.exclusive(this.address, async () => (await seldom()).rotateKeys(this.#registrant, options), signal), signal);
    await this.#device.session?.keep(this.#session.send, this.#registrant.rootNumber);
    this.conversations().catch(() => undefined); // they begin to move; what fails is tried again with each read
  }

  /** Who may ask for contact. No prompt: the delegate signs. @throws PosternError NOT_REGISTERED, INSUFFICIENT_FUNDS */
  async setContactPolicy(policy: ContactPolicy): Promise<void> {
    checkPolicy(policy);
    await this.#session.run(() => this.#session.exclusive(this.address, async () => {
      const { send } = this.#session;
      await send.channels.directory.refresh();
      const { address: signer } = currentDelegate(send);
      await requireFunds(send, { rentLamports: 0n, signatures: 1 });
      await submitAsDelegate(send, [updateProfile({ program: send.context.program, signer, wallet: this.address, policy })], { mayRecur: true });
    }));
  }

  /**
   * The conversation with a wallet, resumed or new. Writes nothing and costs nothing: the first `send` opens it.
   * @throws PosternError INVALID_ADDRESS, PEER_IS_SELF, RPC_FAILED
   */
  async conversation(peer: Address): Promise<Conversation> {
    walletBytes(peer);
    if (peer === this.address) throw new PosternError("PEER_IS_SELF", "This is your own wallet. Pass another one's address.");
    return this.#session.run(async () => {
      const channel = this.#session.send.channels.channel(peer);
      await this.#session.refresh(channel);
      const reachable = (await whoCanBeWritten(this.#session.send, [peer])).get(peer) === true;
      return new Conversation(this.#session, channel, reachable);
    });
  }

  /** Every conversation in which this wallet has an inbox, one per peer, latest message first. */
  async conversations(): Promise<Conversation[]> {
    return this.#session.run(() => listConversations(this.#session));
  }

  /**
   * Wallets that wait for an answer, one entry each, oldest first: those whose handshake verifies and that have a first
   * message. One that we have asked ourselves is accepted instead. What does not verify is an event, not an entry.
   */
  async requests(): Promise<MessageRequest[]> {
    return this.#session.run(() => listRequests(this.#session));
  }

  /** Messages in all conversations that are not marked as read; see {@link Conversation.unread}. */
  async unread(): Promise<number> {
    return this.#session.run(() => countUnread(this.#session));
  }

  /**
   * The read marks of this device, for another one of this wallet: sealed, so that whatever carries them learns nothing, and anybody may.
   * @throws PosternError STORE_FAILED
   */
  async exportReadMarks(): Promise<Uint8Array> {
    return this.#session.run(async () => (await seldom()).exportReadMarks(this.#session.send.context.store));
  }

  /** Moves this device's read marks forward to where another's are. @throws PosternError READ_MARKS_INVALID, STORE_FAILED */
  async importReadMarks(marks: Uint8Array): Promise<void> {
    return this.#session.run(async () => (await seldom()).importReadMarks(this.#session, marks));
  }

  /** Which of these wallets can be written to now: active keys, and not closed to requests. @throws PosternError INVALID_ADDRESS */
  async canMessage(wallets: Address[]): Promise<Map<Address, boolean>> {
    for (const wallet of wallets) walletBytes(wallet);
    return this.#session.run(() => whoCanBeWritten(this.#session.send, wallets));
  }

  /** Lamports of the delegate, which pays for messages. Rent of closed inboxes returns to the wallet, not here. */
  async balance(): Promise<bigint> {
    return this.#session.run(async () => {
      const { channels, context } = this.#session.send;
      await channels.directory.refresh();
      const generation = channels.directory.profile?.currentGeneration ?? channels.directory.profile?.nextGeneration ?? 0;
      return context.keyring.holds(generation) ? context.rpc.lamports(context.keyring.delegate(generation)) : 0n;
    });
  }

  /** Adds to the delegate's balance from the wallet: one prompt. @throws PosternError INSUFFICIENT_FUNDS, REJECTED_BY_WALLET */
  async fund(lamports: bigint): Promise<void> {
    await this.#session.run(() => this.#session.exclusive(this.address, async () => (await seldom()).fundDelegate(this.#session.send, this.#registrant.wallet, lamports)));
    this.#session.careAtNextRead();
  }

  /** Returns lamports of the delegate to the wallet: all by default, to exactly zero, fee included. No prompt. */
  async withdraw(lamports?: bigint): Promise<void> {
    await this.#session.run(() => this.#session.exclusive(this.address, async () => (await seldom()).withdrawFromDelegate(this.#session.send, lamports)));
  }

  /** What a dApp shows before it asks, read from the cluster; with a peer, its postage included. */
  async estimate(peer?: Address): Promise<CostEstimate> {
    if (peer !== undefined) walletBytes(peer);
    return this.#session.run(async () => (await seldom()).estimateCosts(this.#session.send, peer));
  }

  /** What happens beside the messages. Aborting ends the iteration without an exception. */
  events(options: { signal?: AbortSignal } = {}): AsyncGenerator<PosternEvent, void, undefined> {
    return iterateEvents(this.#session, options.signal);
  }

  /** Forgets the keys on this device, those of a device session too. Everything after it throws LOCKED; connect again to unlock. */
  async lock(): Promise<void> {
    this.#forget("LOCKED");
    await forgetDevice(this.#device, this.#session.send.context);
  }

  /** Ends everything: no timer, socket or promise is left behind, whatever the network does next. */
  async close(): Promise<void> {
    this.#forget("CLOSED");
  }

  #forget(as: "CLOSED" | "LOCKED"): void {
    this.#session.end(as);
    this.#registrant.root.fill(0);
    this.#device.session?.end();
  }
}

const seldom = (): Promise<typeof import("./seldom.js")> => import("./seldom.js");
