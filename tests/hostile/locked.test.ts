/** What is left in memory of a session that has ended, while the app still holds everything that it was given. */
import { memoryStore, type Conversation, type Postern } from "@postern/sdk";
import { deriveRoot, rootText, toHex, utf8 } from "@postern/sdk/crypto";
import { expect } from "chai";
import { open, stage, type Person } from "../e2e/support/stage.js";
import { textsOf, until } from "../e2e/support/waiting.js";
import { aliveInMemory } from "./support/heap.js";
import { internalsOf } from "./support/internals.js";

type Context = ReturnType<typeof internalsOf>["session"]["send"]["context"];
/** In hexadecimal, so that nothing here is what is looked for. */
type Secrets = Map<string, string>;

/** The keys that a session holds of every generation, and its store's. */
function keysOf(postern: Postern): Secrets {
  const { keyring, store } = internalsOf(postern).session.send.context;
  const secrets: Secrets = new Map();
  const note = (name: string, secret: Uint8Array, isCopy = false): void => {
    secrets.set(name, toHex(secret));
    if (isCopy) secret.fill(0);
  };
  note("store secret", store.secret(), true);
  for (const generation of keyring.generations) {
    const { identity, kem, delegate, owner } = keyring.keys(generation);
    note(`generation ${generation}`, keyring.secret(generation) as Uint8Array, true);
    for (const [name, secret] of Object.entries({ identity: identity.secret, kem: kem.seed, delegate: delegate.seed, owner })) note(`${name} ${generation}`, secret);
  }
  return secrets;
}

/** What opens the inboxes of its conversations: the threads, and the keys that follow from them. */
function inboxKeysOf(postern: Postern, peers: readonly string[]): Secrets {
  const { channels } = internalsOf(postern).session.send;
  const { own, incoming } = channels.directory;
  const secrets: Secrets = new Map();
  for (const { address, box } of own.all) secrets.set(`thread of our ${address}`, toHex(box.thread));
  for (const { address, response } of incoming.all) secrets.set(`thread of ${address}`, toHex(response.thread));
  for (const { outboxes, inbounds } of peers.map((peer) => channels.channel(peer).view)) {
    for (const { source } of [...outboxes, ...inbounds]) secrets.set(`key of ${source.address}`, toHex(source.inboxKey));
  }
  return secrets;
}

/** Resolves once none of them is in memory: what was under way when the session ended may have to end first. */
async function untilGone(secrets: Secrets): Promise<void> {
  let names: string[] = [];
  await until(async () => {
    ({ names } = await aliveInMemory(secrets));
    return names.length === 0;
  }, "no secret is in memory", { withinMs: 60_000 }).catch((error: unknown) => expect(names, String(error)).to.deep.equal([]));
}

describe("a session that has ended", function () {
  this.timeout(120_000);
  const on = stage();

  /** Alice with two generations of keys, a conversation that she asked for and one that she was asked for; nobody else holds her keys. */
  async function inUse(): Promise<{ alice: Person; chats: Conversation[]; peers: string[] }> {
    const [alice, bob, carol] = await on.people(3);
    const [toBob, fromBob] = await open(alice, bob, "1");
    const [, toCarol] = await open(carol, alice, "1");
    await fromBob.send("2");
    await toCarol.send("2");
    for (const chat of [toBob, toCarol]) expect(textsOf(await chat.history())).to.deep.equal(["1", "2"]);
    await alice.postern.rotate();
    await toBob.send("3");
    await toBob.history();
    for (const { postern } of [bob, carol]) await postern.lock();
    return { alice, chats: [toBob, toCarol], peers: [bob.address, carol.address] };
  }

  for (const how of ["lock", "close"] as const) {
    it(`by ${how}() holds no key in memory: those of its generations and of its store are overwritten, those of its inboxes let go of`, async () => {
      const { alice, chats, peers } = await inUse();
      const [keys, inboxKeys] = [keysOf(alice.postern), inboxKeysOf(alice.postern, peers)];
      expect([keys.size, inboxKeys.size >= 8], "two generations of five, the store's; four inboxes with a thread and a key each").to.deep.equal([11, true]);
      const secrets = new Map([...keys, ...inboxKeys]);
      const before = await aliveInMemory(secrets);
      expect(before.names, "what is there is found").to.have.members([...secrets.keys()]);
      const { keyring } = internalsOf(alice.postern).session.send.context;
      const held = keyring.generations.map((generation) => keyring.keys(generation)).flatMap(({ identity, kem, delegate, owner }) => [identity.secret, kem.seed, delegate.seed, owner]);
      await alice.postern[how]();
      expect(held.map(toHex), "overwritten, not only let go of").to.deep.equal(held.map(({ length }) => "00".repeat(length)));
      await untilGone(secrets);
      expect(chats.map(({ state }) => state), "how it stood is known still").to.deep.equal(["open", "open"]);
    });
  }

  it("before it has registered, or while the device keeps it, holds no root and no key in memory either", async () => {
    const wallet = await on.wallet();
    const rootIn = async ({ cluster: { domain, programId, genesisHash, scope }, walletBytes }: Context): Promise<string> => {
      const ikm = await wallet.signMessage(utf8(rootText({ wallet: walletBytes, programId, genesisHash, scope, rootNumber: 1 })));
      return toHex(deriveRoot(domain, { kind: "wallet", rootNumber: 1, wallet: walletBytes, scope, ikm }));
    };
    const options = { store: memoryStore(), session: "device" } as const;
    const early = await on.connect(wallet, options);
    const root = await rootIn(internalsOf(early).session.send.context);
    const secrets = new Map([...keysOf(early), ["root", root]]);
    expect((await aliveInMemory(secrets)).names, "what is there is found").to.have.members([...secrets.keys()]);
    await early.close();
    await untilGone(secrets);
    const postern = await on.connect(wallet, options);
    await postern.register();
    const later = new Map([...keysOf(postern), ["root", root]]);
    await untilGone(new Map([["root", root]])); // not held any longer than it takes; what was copied of it is collected in its own time
    expect((await aliveInMemory(later)).names, "nothing but the root is gone").to.have.members([...later.keys()].filter((name) => name !== "root"));
    await postern.close();
    // An X-Wing key is made while the bundle is uploaded; what its library has copied of the seed is collected in its own time.
    await untilGone(new Map([...later].filter(([name]) => !name.startsWith("kem"))));
    expect(await (await on.connect(wallet, options)).isRegistered(), "the device has kept it").to.equal(true);
  });

  it("in the middle of reading and sending holds none either, once that has ended", async () => {
    const { alice, chats, peers } = await inUse();
    const secrets = new Map([...keysOf(alice.postern), ...inboxKeysOf(alice.postern, peers)]);
    const underWay = [...chats.flatMap((chat) => [chat.history(), chat.send("4")]), alice.postern.conversations()];
    await new Promise(setImmediate);
    await alice.postern.lock();
    await Promise.allSettled(underWay);
    await untilGone(secrets);
  });
});
