/** Names of the Solana Name Service: its accounts on a local network, read by the adapter and shown by the observable core. */
import { isPosternError } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { Messaging, type ShownName } from "@postern/sdk/observe";
import { snsNames } from "@postern/sdk/sns";
import { Keypair, PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { until } from "../e2e/support/waiting.js";
import { NAME_PROGRAM, nameAddress, primaryAddress, reverseAddress, setAccount, setName, setPrimary } from "./support/registry.js";

const wallet = (): PublicKey => Keypair.generate().publicKey;
/** With a Cyrillic o. */
const HOMOGRAPH = "b\u043eb";

describe("names of the Solana Name Service", () => {
  let net: Localnet;
  let names: ReturnType<typeof snsNames>;
  const [bob, mallory, nobody, two] = [wallet(), wallet(), wallet(), wallet()];

  before(async () => {
    net = await startLocalnet({ slotTimeMs: 50 });
    names = snsNames({ connection: net.connection() });
    for (const [name, owner] of [["bob", bob], [HOMOGRAPH, mallory], ["two-words", two]] as const) {
      await setName(net, name, owner);
      await setPrimary(net, owner, name);
    }
  });
  after(() => net.stop());

  /** What a page shows of a wallet. */
  async function shown(address: PublicKey, settled: (name: ShownName) => boolean): Promise<ShownName> {
    const messaging = new Messaging({ connection: net.rpcUrl, names });
    const value = messaging.nameOf(address.toBase58());
    const stop = value.subscribe(() => undefined);
    try {
      await until(() => settled(value.getSnapshot()), "a name");
      return value.getSnapshot();
    } finally {
      stop();
    }
  }
  const asked = async (work: Promise<unknown>): Promise<string> => work.then((answer) => String(answer), (error: unknown) => (isPosternError(error) ? error.code : `not coded: ${String(error)}`));

  it("puts name accounts where the service has them on mainnet", () => {
    expect(nameAddress("bonfida").toBase58()).to.equal("Crf8hzfthWGbGbLTVCiqRqV5MVnbpHB1L9KQMd6gsinb");
  });

  it("finds the owner of a name, however it is typed, and nobody for what is no name", async () => {
    for (const typed of ["bob.sol", " Bob.SOL "]) expect(await names.resolve(typed), typed).to.equal(bob.toBase58());
    for (const typed of ["nobody-has-this.sol", "bob", "bob.eth", ".sol", "a..sol", "a.b.c.sol", "", bob.toBase58()]) expect(await names.resolve(typed), typed).to.equal(undefined);
  });

  it("finds the primary names of many wallets with as many calls as of one", async () => {
    const connection = net.connection();
    const calls: string[] = [];
    const counting = new Proxy(connection, {
      get: (target, method: keyof typeof connection) => {
        const value = target[method] as unknown;
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => (calls.push(method), (value as (...all: unknown[]) => unknown).apply(target, args));
      },
    });
    const reader = snsNames({ connection: counting });
    expect(await reader.reverse(bob.toBase58())).to.equal("bob.sol");
    const ofOne = calls.splice(0).length;
    expect(await Promise.all([bob, mallory, nobody, two].map((key) => reader.reverse(key.toBase58())))).to.deep.equal(["bob.sol", `${HOMOGRAPH}.sol`, undefined, "two-words.sol"]);
    expect(calls.length).to.equal(ofOne);
  });

  it("shows a plain name, and a mixed-script one as what it is", async () => {
    expect(await shown(bob, ({ name }) => name !== undefined)).to.deep.equal({ address: bob.toBase58(), name: "bob.sol", deceptive: false });
    expect(await shown(mallory, ({ name }) => name !== undefined)).to.deep.equal({ address: mallory.toBase58(), name: `${HOMOGRAPH}.sol`, deceptive: true });
  });

  it("shows no name that another wallet owns, whatever a wallet's reverse accounts say", async () => {
    const thief = wallet();
    await setName(net, "thief", thief);
    await setPrimary(net, thief, "thief", "bob");
    expect(await names.reverse(thief.toBase58())).to.equal("bob.sol");
    expect(await names.resolve("bob.sol")).to.equal(bob.toBase58());
    const messaging = new Messaging({ connection: net.rpcUrl, names });
    const [lie, truth] = [thief, bob].map((key) => messaging.nameOf(key.toBase58())) as [ReturnType<Messaging["nameOf"]>, ReturnType<Messaging["nameOf"]>];
    const stops = [lie.subscribe(() => undefined), truth.subscribe(() => undefined)];
    await until(() => truth.getSnapshot().name !== undefined, "the other name, which was asked for later");
    expect(lie.getSnapshot().name).to.equal(undefined);
    for (const stop of stops) stop();
  });

  it("answers hostile accounts with a coded error or no name, and loses no other name to them", async () => {
    const [short, endless, empty] = [wallet(), wallet(), wallet()];
    await setAccount(net, primaryAddress(short), new PublicKey("85iDfUvr3HJyLM2zcq5BXSiDvUWfw6cSE1FfNBo8Ap29"), Uint8Array.of(1, 2, 3));
    await setName(net, "endless", endless);
    await setPrimary(net, endless, "endless");
    await setAccount(net, reverseAddress(nameAddress("endless")), NAME_PROGRAM, new Uint8Array(100).fill(255));
    await setName(net, "empty", empty);
    await setPrimary(net, empty, "empty");
    await setAccount(net, reverseAddress(nameAddress("empty")), NAME_PROGRAM, new Uint8Array(0));
    await setAccount(net, nameAddress("cut-off"), NAME_PROGRAM, new Uint8Array(40));
    const answers = await Promise.all([short, endless, empty, bob].map((key) => asked(names.reverse(key.toBase58()))));
    expect(answers.at(-1)).to.equal("bob.sol");
    for (const answer of answers.slice(0, 3)) expect(answer).to.match(/^(RPC_FAILED|undefined|.*\.sol)$/s);
    expect(await asked(names.resolve("cut-off.sol"))).to.match(/^(RPC_FAILED|undefined)$/);
    for (const key of [short, endless, empty]) expect((await shown(key, () => true)).name).to.equal(undefined);
  });

  it("is RPC_FAILED where the endpoint does not answer, INVALID_ADDRESS for no address, INVALID_ARGUMENT for no URL", async () => {
    const dead = snsNames({ connection: "http://127.0.0.1:9" });
    expect(await asked(dead.resolve("bob.sol"))).to.equal("RPC_FAILED");
    expect(await asked(dead.reverse(bob.toBase58()))).to.equal("RPC_FAILED");
    expect(await asked(names.reverse("no address"))).to.equal("INVALID_ADDRESS");
    expect(() => snsNames({ connection: "no url" })).to.throw().with.property("code", "INVALID_ARGUMENT");
  });
});
