/** Two endpoints: one through which everything goes, and a witness that it is compared with. */
import { isPosternError, Postern, type ConnectOptions, type PosternEvent } from "@postern/sdk";
import { profileAddress } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { refusal } from "../e2e/support/refusal.js";
import { LyingRpc, hidden, withData, type Call, type Reply } from "./support/lying-rpc.js";
import { program } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, listen, shown, World, type Person } from "./support/world.js";

type Disagreement = Extract<PosternEvent, { kind: "endpointsDisagree" }>;
/** How far the two may be apart. */
const LAG_MS = 10_000;

describe("a witness", function () {
  this.timeout(240_000);
  let world: World;
  let other: LyingRpc;

  before(async () => {
    world = await World.start();
    other = await LyingRpc.start(world.net);
  });
  afterEach(() => {
    world.rpc.honest();
    other.honest();
  });
  after(async () => {
    await world.stop();
    await other.stop();
  });

  const profileOf = (address: string): string => profileAddress(address, program);
  async function dataAt(address: string): Promise<Uint8Array> {
    return Uint8Array.from((await world.connection.getAccountInfo(new PublicKey(address), "confirmed"))!.data);
  }

  /** A device that is lied to by the first endpoint, or by the witness, or by neither. */
  const device = (person: Person, options: Partial<ConnectOptions> = {}): Promise<Postern> =>
    world.liedTo(person, { witness: other.connection({ notifications: false }), notifications: false, ...options });
  const disagreements = (events: readonly PosternEvent[]): Disagreement[] => events.flatMap((event) => (event.kind === "endpointsDisagree" ? [event] : []));

  /** Reads a conversation on, with everything that is told meanwhile. */
  function follow(postern: Postern, peer: string): { readonly texts: string[]; readonly events: PosternEvent[]; stop(): Promise<void> } {
    const heard = listen(postern);
    const ending = new AbortController();
    const texts: string[] = [];
    const reading = (async () => {
      for await (const message of (await postern.conversation(peer)).messages({ signal: ending.signal })) texts.push(...shown([message]));
    })();
    return {
      texts, events: heard.events,
      stop: async () => {
        heard.stop();
        ending.abort();
        await reading;
      },
    };
  }

  describe("that shows other keys at first contact", () => {
    it("has nothing sealed for keys that the connection replays: ENDPOINTS_DISAGREE, and nothing on the ledger", async () => {
      const [alice, bob] = (await world.people(2)) as [Person, Person];
      const past = await dataAt(profileOf(bob.address));
      await bob.postern.rotate();
      world.rpc.account(profileOf(bob.address), withData(() => past));
      const postern = await device(alice);
      const chat = await postern.conversation(bob.address);
      const error = await refusal(chat.send("for a thief"), "ENDPOINTS_DISAGREE");
      expect(error.context).to.deep.equal({ wallet: bob.address });
      expect(await alice.raw.freeIndex()).to.equal(0);

      const queued = await chat.enqueue("for nobody else"); // waits for them to agree
      world.rpc.honest();
      await queued.done;
      const now = await world.connect({ wallet: bob.wallet });
      expect((await now.requests()).map(({ firstMessage }) => shown([firstMessage]))).to.deep.equal([["for nobody else"]]);
    });

    it("lets keys be that the connection shows first, and waits for an endpoint that is behind", async () => {
      const [alice, bob] = (await world.people(2)) as [Person, Person];
      const past = await dataAt(profileOf(bob.address));
      await bob.postern.rotate();
      let asked = 0;
      other.account(profileOf(bob.address), withData((data) => (++asked > 2 ? data : past)));
      let askedBefore: number | undefined; // once something is sent, the two are compared in the background as well
      world.rpc.method("simulateTransaction", (_, forward) => (askedBefore ??= asked, forward()));
      await (await (await device(alice)).conversation(bob.address)).send("after a while");
      expect(askedBefore).to.equal(3);
      expect(await historyOf(await world.connect({ wallet: bob.wallet }), alice.address)).to.deep.equal(["after a while"]);
    });

    it("tells a wallet that the connection hides from one that is not registered", async () => {
      const [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
      world.rpc.account(profileOf(bob.address), hidden);
      const postern = await device(alice);
      other.account(profileOf(carol.address), withData((data) => data.fill(0, 8)));
      await Promise.all([bob, carol].map(async ({ address }) => refusal((await postern.conversation(address)).send("where are you?"), "ENDPOINTS_DISAGREE")));
      const nobody = await world.person({ register: false });
      await refusal((await postern.conversation(nobody.address)).send("nobody"), "PEER_NOT_REGISTERED");
    });
  });

  it("tells of messages and requests that the connection hides, once each, and which of the two is behind", async () => {
    const [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
    await world.introduce(alice, bob);
    const postern = await device(alice);
    const following = follow(postern, bob.address);
    await until(() => following.texts.length === 2);
    const inbox = (await bob.raw.own(0)).address;
    const [log, profile] = [await dataAt(inbox), await dataAt(profileOf(alice.address))];
    world.rpc.account(inbox, withData(() => log));
    world.rpc.account(profileOf(alice.address), withData(() => profile));
    const atMs = performance.now();
    await (await bob.postern.conversation(alice.address)).send("hidden");
    await (await carol.postern.conversation(alice.address)).send("hidden as well");
    await until(() => disagreements(following.events).length === 2);
    expect(performance.now() - atMs, "no sooner than an honest endpoint may be late").to.be.above(LAG_MS);
    expect(disagreements(following.events)).to.have.deep.members([
      { kind: "endpointsDisagree", what: "inbox", wallet: bob.address, address: inbox, behind: "connection" },
      { kind: "endpointsDisagree", what: "profile", wallet: alice.address, address: profileOf(alice.address) },
    ]);
    const compared = async (times: number): Promise<void> => {
      const asked = other.calls.length;
      await until(() => other.calls.length >= asked + times);
    };
    const fromMs = performance.now();
    await compared(2);
    expect(performance.now() - fromMs, "one call for all of them every five seconds").to.be.above(5_000);
    expect(disagreements(following.events), "told once").to.have.length(2);

    world.rpc.honest();
    await until(() => following.texts.includes("hidden"));
    await compared(2); // now they show the same
    other.account(inbox, withData(() => log)); // told anew when it begins anew
    await until(() => disagreements(following.events).length === 3);
    expect(disagreements(following.events)[2]).to.deep.include({ what: "inbox", behind: "witness" });
    await following.stop();
  });

  const elsewhere: readonly (readonly [how: string, reply: (call: Call) => Promise<Reply>])[] = [
    ["tells the truth", async ({ method, params }) => {
      const answer = await fetch(world.net.rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
      return { result: ((await answer.json()) as { result: unknown }).result };
    }],
    ["refuses", async () => ({ error: { code: -32_000, message: "not now" } })],
  ];
  for (const [how, reply] of elsewhere) {
    it(`is not silenced by a connection that ${how} where it is asked for nothing but what the two differ in`, async () => {
      const [alice, bob] = (await world.people(2)) as [Person, Person];
      await world.introduce(alice, bob);
      const following = follow(await device(alice), bob.address);
      await until(() => following.texts.length === 2);
      const inbox = (await bob.raw.own(0)).address;
      const log = await dataAt(inbox);
      world.rpc.account(inbox, withData(() => log));
      world.rpc.method("getMultipleAccounts", (call, forward) => {
        return (call.params[0] as unknown[]).length > 1 ? forward() : reply(call);
      });
      await (await bob.postern.conversation(alice.address)).send("hidden");
      await until(() => disagreements(following.events).length === 1);
      expect(disagreements(following.events)[0]).to.deep.include({ what: "inbox", address: inbox, behind: "connection" });
      await following.stop();
    });
  }

  it("that is three seconds behind tells of nothing, however much is written meanwhile", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    other.always = async (_, forward) => {
      const reply = await forward();
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return reply;
    };
    const following = follow(await device(alice), bob.address);
    const chat = await bob.postern.conversation(alice.address);
    const fromMs = performance.now();
    let sent = 0;
    for (; performance.now() - fromMs < LAG_MS + 4_000; sent++) await chat.send(`${sent}`);
    await until(() => following.texts.length === 2 + sent);
    expect(following.events.map(({ kind }) => kind)).to.not.include("endpointsDisagree");
    expect(other.counts.get("getMultipleAccounts")).to.be.above(2);
    await following.stop();
  });

  it("that does not answer stops nothing, which is told, and so is its return", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    other.always = () => ({ status: 503, body: "" });
    const postern = await device(alice);
    const following = follow(postern, bob.address);
    await (await postern.conversation(bob.address)).send("all the same");
    expect(await historyOf(bob.postern, alice.address)).to.deep.equal(["all the same"]);
    const states = (): string[] => following.events.flatMap((event) => (event.kind === "witness" ? [event.state] : []));
    expect(states()).to.deep.equal(["offline"]);
    other.honest();
    await until(() => states().length === 2);
    expect(states()).to.deep.equal(["offline", "online"]);
    expect(following.events.map(({ kind }) => kind), "the connection itself is well").to.not.include("connection");
    await following.stop();
  });

  it("that hangs holds up connecting, and what is sent first, by four seconds at most", async () => {
    const [alice, bob, carol] = (await world.people(3)) as [Person, Person, Person];
    const asked = (): number => other.counts.get("getGenesisHash") ?? 0;
    const took = async (peer: Person): Promise<number> => {
      const [fromMs, before] = [performance.now(), asked()];
      const postern = await device(alice);
      expect(asked() - before, "no second try is waited for").to.equal(1);
      await (await postern.conversation(peer.address)).send("all the same");
      return performance.now() - fromMs;
    };
    const usualMs = await took(carol);
    other.always = () => "hang";
    expect(await took(bob), "one that is waited for as the connection is would hold up by half a minute").to.be.below(10_000 + 2 * usualMs);
  });

  it("of another cluster is refused before the wallet is asked: WRONG_CLUSTER", async () => {
    const { wallet } = await world.person({ register: false });
    let prompts = 0;
    const asked = { publicKey: wallet.publicKey, signTransaction: wallet.signTransaction, signMessage: (message: Uint8Array) => (prompts++, wallet.signMessage(message)) };
    other.method("getGenesisHash", () => ({ result: PublicKey.unique().toBase58() }));
    await refusal(device({ wallet: asked } as unknown as Person), "WRONG_CLUSTER");
    await refusal(Postern.connect({ connection: world.connection, wallet: asked, witness: "no url" }), "INVALID_ARGUMENT");
    expect(prompts).to.equal(0);
  });

  it("that turns out to be of another cluster later has nothing sealed", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    other.always = () => ({ status: 503, body: "" });
    const postern = await device(alice);
    other.honest();
    const asked = other.counts.get("getGenesisHash") ?? 0;
    other.method("getGenesisHash", () => ({ result: PublicKey.unique().toBase58() }));
    const heard = listen(postern);
    await until(() => (other.counts.get("getGenesisHash") ?? 0) > asked); // it is compared in the background
    const error: unknown = await (await postern.conversation(bob.address)).send("which cluster?").catch((thrown: unknown) => thrown);
    expect(isPosternError(error, "WRONG_CLUSTER")).to.equal(true);
    heard.stop();
  });
});
