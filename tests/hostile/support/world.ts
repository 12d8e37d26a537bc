/** A network, a lying endpoint in front of it, and people who use both. */
import { Postern, type ConnectOptions, type Message, type PosternEvent } from "@postern/sdk";
import { cluster as clusterOf, type Cluster } from "@postern/sdk/crypto";
import { startLocalnet, type Localnet, type LocalnetOptions, type LocalnetWallet } from "@postern/sdk/localnet";
import { addressBytes } from "@postern/sdk/program";
import type { Connection } from "@solana/web3.js";
import { LyingRpc } from "./lying-rpc.js";
import { program, RawDevice } from "./raw-device.js";

/** Someone with a wallet: an honest client, and the same keys without a client. */
export type Person = { readonly address: string; readonly wallet: LocalnetWallet; readonly postern: Postern; readonly raw: RawDevice };

export class World {
  readonly net: Localnet;
  readonly rpc: LyingRpc;
  /** Straight to the network. */
  readonly connection: Connection;
  readonly cluster: Cluster;
  readonly #open: Postern[] = [];

  private constructor(net: Localnet, rpc: LyingRpc, connection: Connection, cluster: Cluster) {
    this.net = net;
    this.rpc = rpc;
    this.connection = connection;
    this.cluster = cluster;
  }

  static async start(options: LocalnetOptions = {}): Promise<World> {
    const net = await startLocalnet({ slotTimeMs: 50, ...options });
    const connection = net.connection();
    const genesisHash = addressBytes(await connection.getGenesisHash());
    return new World(net, await LyingRpc.start(net), connection, clusterOf({ programId: addressBytes(program), genesisHash }));
  }

  /** A wallet with SOL and a client on the honest endpoint, registered unless told otherwise. */
  async person(options: { sol?: number; register?: boolean } = {}): Promise<Person> {
    const wallet = await this.net.wallet({ sol: options.sol ?? 5 });
    const raw = await RawDevice.unlock(this.connection, this.cluster, wallet);
    const postern = await this.connect({ wallet });
    if (options.register !== false) await postern.register({ fundLamports: 2_000_000_000n });
    return { address: wallet.address, wallet, postern, raw };
  }

  people(count: number): Promise<Person[]> {
    return Promise.all(Array.from({ length: count }, () => this.person()));
  }

  /** Another device; on the honest endpoint unless a connection is given. Closed with the world. */
  async connect(options: Partial<ConnectOptions> & Pick<ConnectOptions, "wallet">): Promise<Postern> {
    const postern = await Postern.connect({ connection: this.connection, ...options });
    this.#open.push(postern);
    return postern;
  }

  /** Another device whose every call goes through the lying endpoint. */
  liedTo(person: Person, options: Partial<ConnectOptions> & { notifications?: boolean } = {}): Promise<Postern> {
    const { notifications = true, ...rest } = options;
    return this.connect({ wallet: person.wallet, connection: this.rpc.connection({ notifications }), ...rest });
  }

  /** An open conversation: the first has asked, the second has answered, and one message stands in each inbox. */
  async introduce(from: Person, to: Person): Promise<void> {
    await (await from.postern.conversation(to.address)).send("first");
    await (await to.postern.conversation(from.address)).send("answer");
    await (await from.postern.conversation(to.address)).history();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#open.map((postern) => postern.close()));
    await this.rpc.stop();
    await this.net.stop();
  }
}

/** Texts, or the reason in brackets where there is none. */
export const shown = (messages: readonly Message[]): string[] => messages.map((message) => (message.kind === "content" ? message.text ?? "" : `[${message.reason}]`));

export async function historyOf(postern: Postern, peer: string): Promise<string[]> {
  return shown(await (await postern.conversation(peer)).history({ limit: 1_000 }));
}

/** Hears a client's events from now on (and those kept for the first listener). */
export function listen(postern: Postern): { readonly events: PosternEvent[]; rejections(inbox: string): string[]; stop(): void } {
  const events: PosternEvent[] = [];
  const ending = new AbortController();
  void (async () => {
    for await (const event of postern.events({ signal: ending.signal })) events.push(event);
  })();
  return {
    events,
    rejections: (inbox) => events.flatMap((event) => (event.kind === "rejected" && event.inbox === inbox ? [event.reason] : [])),
    stop: () => ending.abort(),
  };
}

