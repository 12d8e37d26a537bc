/** One network for a test file, and people on it. */
import { keypairWallet, Postern, type ConnectOptions, type Conversation, type RegisterOptions } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import type { Connection } from "@solana/web3.js";
import { countingWallet, type CountingWallet } from "./wallets.js";

export type Person = { readonly wallet: CountingWallet; readonly address: string; readonly postern: Postern };
type Options = Omit<Partial<ConnectOptions>, "wallet">;

export interface Stage {
  readonly net: Localnet;
  readonly connection: Connection;
  wallet(sol?: number): Promise<CountingWallet>;
  /** A session of a wallet, closed after the tests. */
  connect(wallet: ConnectOptions["wallet"], options?: Options): Promise<Postern>;
  /** A new wallet, registered. */
  person(options?: { connect?: Options; register?: RegisterOptions; sol?: number }): Promise<Person>;
  /** Several, with 0.3 SOL each to spend. */
  people<N extends 2 | 3>(count: N): Promise<N extends 2 ? [Person, Person] : [Person, Person, Person]>;
  /** Another device of the same wallet: nothing of the first one is known there. */
  device(person: Person, options?: Options): Promise<Person>;
}

/** Starts a network before the tests of a suite; ends every session and the network after them. Slots are short for speed. */
export function stage(options: { slotTimeMs?: number } = {}): Stage {
  let net: Localnet | undefined;
  let connection: Connection | undefined;
  const sessions: Postern[] = [];
  before(async () => {
    net = await startLocalnet({ slotTimeMs: 50, ...options });
    connection = net.connection();
  });
  after(async () => {
    for (const session of sessions) await session.close();
    await net?.stop();
  });
  const running = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("the network runs only during the tests");
    return value;
  };
  const self: Stage = {
    get net() {
      return running(net);
    },
    get connection() {
      return running(connection);
    },
    wallet: async (sol = 10) => countingWallet(keypairWallet((await running(net).wallet({ sol })).secretKey)),
    connect: async (wallet, options = {}) => {
      const postern = await Postern.connect({ connection: running(connection), ...options, wallet });
      sessions.push(postern);
      return postern;
    },
    person: async ({ connect, register, sol } = {}) => {
      const wallet = await self.wallet(sol);
      const postern = await self.connect(wallet, connect);
      await postern.register(register);
      return { wallet, address: postern.address, postern };
    },
    people: async (count) => Promise.all(Array.from({ length: count }, () => self.person({ register: { fundLamports: 300_000_000n } }))) as never,
    device: async ({ wallet, address }, options) => ({ wallet, address, postern: await self.connect(wallet, options) }),
  };
  return self;
}

/** An open conversation: `asker` has written `first`, `answerer` has accepted without a word. */
export async function open(asker: Person, answerer: Person, first = "gm"): Promise<[Conversation, Conversation]> {
  const asked = await asker.postern.conversation(answerer.address);
  await asked.send(first);
  const [request] = (await answerer.postern.requests()).filter(({ from }) => from === asker.address);
  if (request === undefined) throw new Error("no request arrived");
  const answered = await request.accept();
  return [await asker.postern.conversation(answerer.address), answered];
}
