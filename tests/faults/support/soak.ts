/** Many messages among many wallets, through a proxy of faults, and what must be true afterwards. */
import { memoryStore, Postern, type Conversation, type Message, type WalletLike } from "@postern/sdk";
import type { Localnet } from "@postern/sdk/localnet";
import { FaultProxy } from "./fault-proxy.js";
import { seeded, type Rates } from "./faults.js";

/** `peers`: with how many each wallet begins a conversation, the next ones in a circle; as many begin one with it. */
export type SoakOptions = { readonly messages: number; readonly wallets: number; readonly peers: number; readonly seed: string; readonly rates: Rates };
/** One direction between two wallets: texts in the order in which they are sent. */
type Lane = { readonly from: User; readonly to: User; readonly texts: string[] };
type User = { readonly wallet: WalletLike; readonly address: string };

/** More than anybody sends before it is read. */
const RING_BYTES = 400_000;
const SOL = 40;

export class Soak {
  readonly proxy: FaultProxy;
  readonly lanes: readonly Lane[];
  readonly #sessions: Map<User, Postern>;
  readonly #net: Localnet;
  /** By lane: what the recipient's device has been given live, in that order. */
  readonly #received = new Map<Lane, string[]>();
  readonly #own = new Map<Lane, string[]>();
  /** Messages that a device was given a second time, or could not read. */
  readonly oddities: string[] = [];
  /** How often a message was tried again because it failed. */
  retries = 0;

  private constructor(net: Localnet, proxy: FaultProxy, sessions: Map<User, Postern>, lanes: readonly Lane[]) {
    this.#net = net;
    this.proxy = proxy;
    this.#sessions = sessions;
    this.lanes = lanes;
  }

  /** Everyone is registered over an honest connection; from then on each client has the proxy alone, by URL or by a connection of the app's. */
  static async prepare(net: Localnet, { messages, wallets, peers, seed, rates }: SoakOptions): Promise<Soak> {
    const proxy = await FaultProxy.start(net);
    const sessions = new Map<User, Postern>();
    for (let i = 0; i < wallets; i++) {
      const wallet = await net.wallet({ sol: SOL });
      const honest = await Postern.connect({ connection: net.connection(), wallet });
      await honest.register({ fundLamports: BigInt(SOL - 2) * 1_000_000_000n });
      await honest.close();
      const postern = await Postern.connect({ connection: i % 2 === 0 ? proxy.url : proxy.connection(), wallet, growth: { maxBytesPerInbox: RING_BYTES } });
      sessions.set({ wallet, address: wallet.address }, postern);
    }
    const users = [...sessions.keys()];
    const lanes = users.flatMap((from, i) => Array.from({ length: Math.min(peers, Math.ceil((wallets - 1) / 2)) }, (_, k): Lane[] => {
      const to = users[(i + k + 1) % wallets] as User;
      return [{ from, to, texts: [] }, { from: to, to: from, texts: [] }];
    }).flat());
    for (let n = 0; n < messages; n++) lanes[n % lanes.length]!.texts.push(`message ${n}`);
    const soak = new Soak(net, proxy, sessions, lanes);
    proxy.be(seeded(seed, rates));
    proxy.rpc.remembersCalls = false;
    return soak;
  }

  /** Sends everything, all lanes at once, and reads it live at both ends. */
  async run(): Promise<void> {
    const ending = new AbortController();
    const readings = this.lanes.map((lane) => this.#read(lane, ending.signal));
    try {
      await Promise.all(this.lanes.map((lane, i) => this.#send(lane, i % 2 === 0 ? undefined : this.lanes[i - 1])));
      await this.#arrived();
    } finally {
      ending.abort();
      await Promise.all(readings);
    }
  }

  /** Messages that both ends have been given. */
  get arrived(): number {
    return this.lanes.reduce((sum, lane) => sum + Math.min(...[this.#received, this.#own].map((at) => at.get(lane)?.length ?? 0)), 0);
  }

  /** Differences between what was sent and what each side was given. */
  differences(): string[] {
    return this.lanes.flatMap((lane) => [
      ...differences(`${nameOf(lane)} at the recipient`, lane.texts, this.#received.get(lane) ?? []),
      ...differences(`${nameOf(lane)} at the sender`, lane.texts, this.#own.get(lane) ?? []),
    ]);
  }

  /** Differences between what was sent and what devices find that have nothing but the wallet, on the honest network. */
  async restored(): Promise<string[]> {
    const found: string[] = [];
    for (const user of new Set(this.lanes.map(({ from }) => from))) {
      const device = await Postern.connect({ connection: this.#net.rpcUrl, wallet: user.wallet, store: memoryStore() });
      try {
        for (const lane of this.lanes.filter(({ from, to }) => from === user || to === user)) {
          const peer = lane.from === user ? lane.to : lane.from;
          const messages = await (await device.conversation(peer.address)).history({ limit: 10_000 });
          found.push(...differences(`${nameOf(lane)} restored by ${user.address.slice(0, 4)}`, lane.texts, textsFrom(messages, lane.from)));
        }
      } finally {
        await device.close();
      }
    }
    return found;
  }

  /** Ends every session; nothing here holds on to them. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((postern) => postern.close()));
    this.#sessions.clear();
  }

  #session(user: User): Postern {
    const postern = this.#sessions.get(user);
    if (postern === undefined) throw new Error("this session has ended");
    return postern;
  }

  /** One after the other, each tried again when it failed; answers begin behind the first message of the other direction. */
  async #send(lane: Lane, first: Lane | undefined): Promise<void> {
    while (first !== undefined && first.texts.length > 0 && (this.#received.get(first)?.length ?? 0) === 0) await pause();
    const chat = await again(() => this.#session(lane.from).conversation(lane.to.address));
    for (const text of lane.texts) {
      const message = await chat.enqueue(text);
      for (;;) {
        try {
          await message.done;
          break;
        } catch {
          this.retries++;
          await pause();
          await message.retry();
        }
      }
    }
  }

  async #read(lane: Lane, signal: AbortSignal): Promise<void> {
    const chats = await Promise.all([[lane.to, lane.from], [lane.from, lane.to]].map(([user, peer]) =>
      again(() => this.#session(user as User).conversation((peer as User).address))));
    await Promise.all([[this.#received, chats[0]], [this.#own, chats[1]]].map(([into, chat]) =>
      this.#follow(lane, chat as Conversation, into as Map<Lane, string[]>, signal)));
  }

  async #follow(lane: Lane, chat: Conversation, into: Map<Lane, string[]>, signal: AbortSignal): Promise<void> {
    const texts: string[] = [];
    const ids = new Set<string>();
    into.set(lane, texts);
    for (let after: string | undefined; !signal.aborted;) {
      try {
        for await (const message of chat.messages({ signal, ...(after !== undefined && { after }) })) {
          after = message.cursor;
          if (message.from !== lane.from.address) continue;
          if (ids.has(message.id)) this.oddities.push(`${nameOf(lane)}: ${message.id} came twice`);
          if (message.kind !== "content") this.oddities.push(`${nameOf(lane)}: ${message.seq} is unreadable: ${message.reason}`);
          ids.add(message.id);
          texts.push(...textsFrom([message], lane.from));
        }
      } catch {
        await pause(); // the first read failed: from the cursor on, as an app does
      }
    }
  }

  /** Waits until everyone has as many messages as were sent. */
  async #arrived(): Promise<void> {
    for (const lane of this.lanes) {
      for (const at of [this.#received, this.#own]) while ((at.get(lane)?.length ?? 0) < lane.texts.length) await pause();
    }
  }
}

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await pause();
    }
  }
}

/** Until something else has had its turn; nothing here depends on how long that is. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
const nameOf = ({ from, to }: Lane): string => `${from.address.slice(0, 4)} to ${to.address.slice(0, 4)}`;
const textsFrom = (messages: readonly Message[], { address }: User): string[] =>
  messages.flatMap((message) => (message.from === address && message.kind === "content" ? [message.content.text] : []));

function differences(what: string, sent: readonly string[], got: readonly string[]): string[] {
  if (sent.length === got.length && sent.every((text, i) => got[i] === text)) return [];
  const missing = sent.filter((text) => !got.includes(text));
  const doubled = got.filter((text, i) => got.indexOf(text) !== i);
  return [`${what}: ${got.length} of ${sent.length}; missing: ${missing.join(", ") || "none"}; doubled: ${doubled.join(", ") || "none"}; else in another order`];
}
