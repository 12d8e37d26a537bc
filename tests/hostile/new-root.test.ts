/** A wallet changes its root: what its devices have seen of others' keys, and what was read, is not forgotten with it. */
import { givenKeys, memoryStore, type ConnectOptions, type Postern, type Store } from "@postern/sdk";
import { profileAddress } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { dyingStore, scopesIn } from "./support/dying-store.js";
import { itTellsNoSecret, keepSecret, refused } from "./support/leaks.js";
import { withData } from "./support/lying-rpc.js";
import { program, random } from "./support/raw-device.js";
import { World, type Person } from "./support/world.js";

const WEEK_MS = 7 * 86_400_000;

describe("a device of a wallet that changes its root", function () {
  this.timeout(120_000);
  let world: World;
  let bob: Person;
  /** Has replaced her keys; the endpoint can show the ones of before. */
  let carol: Person;
  let before_: Uint8Array;
  const clock = Date.now;

  before(async () => {
    world = await World.start();
    [bob, carol] = (await world.people(2)) as [Person, Person];
    before_ = await profileData(carol.address);
    await carol.postern.rotate();
  });
  afterEach(() => {
    world.rpc.honest();
    Date.now = clock;
  });
  after(() => world.stop());

  const profileData = async (wallet: string): Promise<Uint8Array> =>
    Uint8Array.from((await world.connection.getAccountInfo(new PublicKey(profileAddress(wallet, program)), "confirmed"))!.data);
  const lieAbout = (wallet: string, past: Uint8Array): void => world.rpc.account(profileAddress(wallet, program), withData(() => past.slice()));

  /** Connects through the endpoint that will lie. */
  const connect = (person: Person, options: Partial<ConnectOptions>): Promise<Postern> => world.liedTo(person, options);
  const device = (store: Store): Partial<ConnectOptions> => ({ store, session: "device" });

  /** Sees Carol's new keys and reads one of Bob's three messages. */
  async function lived(postern: Postern, address: string): Promise<void> {
    await (await postern.conversation(carol.address)).safetyNumber();
    const toBob = await postern.conversation(bob.address);
    await toBob.send("hello");
    const [request] = (await bob.postern.requests()).filter(({ from }) => from === address);
    const fromBob = await request!.accept();
    for (const text of ["one", "two", "three"]) await fromBob.send(text);
    const [first] = (await toBob.history()).filter(({ mine }) => !mine);
    await toBob.markRead(first!.cursor);
    expect(await toBob.unread()).to.equal(2);
  }

  /** The endpoint gets nowhere with Carol's old keys. */
  async function knowsCarol(postern: Postern): Promise<void> {
    lieAbout(carol.address, before_);
    const toCarol = await postern.conversation(carol.address);
    await refused(toCarol.safetyNumber(), "KEYS_ROLLED_BACK");
    await refused(toCarol.send("must not be encrypted to old keys"), "KEYS_ROLLED_BACK");
    world.rpc.honest();
  }

  /** All is as before the change of root, and two messages are unread. */
  async function remembers(postern: Postern, what: string): Promise<void> {
    await knowsCarol(postern);
    expect(await (await postern.conversation(bob.address)).unread(), what).to.equal(2);
  }

  it("that knows nothing of before, by contrast, takes the old keys for current", async () => {
    const alice = await world.person();
    lieAbout(carol.address, before_);
    expect(await (await (await connect(alice, {})).conversation(carol.address)).safetyNumber()).to.be.a("string");
  });

  for (const session of ["memory", "device"] as const) {
    it(`and rotates to it here, remembers at once, and after a reload (${session} session)`, async () => {
      const alice = await world.person();
      const options = { store: memoryStore(), session };
      const here = await connect(alice, options);
      await lived(here, alice.address);
      await here.rotate({ newRoot: true });
      await remembers(here, "the running session");
      await here.close();
      await remembers(await connect(alice, options), "after a reload");
    });
  }

  it("of given keys too, which no device unlocks again", async () => {
    const wallet = await world.net.wallet({ sol: 5 });
    const [first, second] = [random(32), random(32)];
    for (const root of [first, second]) keepSecret("given root", root);
    const store = memoryStore();
    const here = await world.connect({ wallet, connection: world.rpc.connection(), store, keys: givenKeys(first) });
    await here.register({ fundLamports: 2_000_000_000n });
    await lived(here, wallet.address);
    await here.rotate({ newRoot: true, keys: givenKeys(second) });
    await here.close();
    await knowsCarol(await world.connect({ wallet, connection: world.rpc.connection(), store, keys: givenKeys(second) }));
  });

  it("and was replaced elsewhere, remembers by its kept session, though the wallet declines at first", async () => {
    const wallet = await world.net.wallet({ sol: 5 });
    const [first, second] = [random(32), random(32)];
    for (const root of [first, second]) keepSecret("given root", root);
    const store = memoryStore();
    const on = { wallet, connection: world.rpc.connection(), ...device(store) };
    const here = await world.connect({ ...on, keys: givenKeys(first) });
    await here.register({ fundLamports: 2_000_000_000n });
    await lived(here, wallet.address);
    await here.close();
    await (await world.connect({ wallet, keys: givenKeys(first) })).rotate({ newRoot: true, keys: givenKeys(second) });
    for (let time = 0; time < 2; time++) await refused(world.connect({ ...on, keys: givenKeys(first) }), "ROOT_MISMATCH");
    for (const unlocked of ["by its keys", "by the new session"]) {
      const postern = await world.connect({ ...on, keys: givenKeys(second) });
      await knowsCarol(postern).catch((error: unknown) => expect.fail(`${unlocked}: ${String(error)}`));
      await postern.close();
    }
  });

  it("elsewhere and unlocks the older root to read old inboxes, remembers by that", async () => {
    const alice = await world.person();
    const store = memoryStore();
    const here = await connect(alice, { store });
    await lived(here, alice.address);
    await here.close();
    await alice.postern.rotate({ newRoot: true });
    await remembers(await connect(alice, { store }), "unlocked both roots");
  });

  it("and is half done, remembers under the root that is current, and under the new one when it is finished", async () => {
    const alice = await world.person();
    const store = memoryStore();
    const here = await connect(alice, device(store));
    await lived(here, alice.address);
    let sent = 0;
    world.rpc.method("simulateTransaction", (call, forward) => (++sent >= 2 ? { error: { code: -32_005, message: "node is behind" } } : forward(call)));
    await refused(here.rotate({ newRoot: true }), "RPC_FAILED");
    world.rpc.honest();
    await here.close();
    for (let time = 0; time < 2; time++) {
      const again = await connect(alice, device(store));
      await remembers(again, "half done");
      await again.close();
    }
    const again = await connect(alice, device(store));
    await again.rotate();
    await remembers(again, "finished");
    await remembers(await connect(alice, device(store)), "after a reload");
  });

  it("in a store that fails in the midst of it, has forgotten nothing when it works again", async () => {
    const alice = await world.person();
    const store = memoryStore();
    const here = await connect(alice, { store });
    await lived(here, alice.address);
    await here.close();
    let whole = Infinity;
    for (const [part, outcomes] of [[1, ["finished"]], [0.3, ["STORE_FAILED"]], [0.9, ["STORE_FAILED", "finished"]], [1.1, ["STORE_FAILED", "finished"]]] as const) {
      const dying = dyingStore(store);
      const rotating = await connect(alice, { store: dying.store });
      const from = dying.operations();
      dying.dieAfter(Math.floor(part * whole));
      const ended = await rotating.rotate({ newRoot: true }).then(() => "finished", (error: { code: string }) => error.code);
      expect(outcomes, `after ${part} of the operations`).to.include(ended);
      if (part === 1) whole = dying.operations() - from;
      await rotating.close();
      await remembers(await connect(alice, { store }), `after ${part} of the operations`);
    }
  });

  it("in several tabs at once loses nothing that any of them adds meanwhile", async () => {
    const alice = await world.person();
    const dave = await world.person();
    const past = await profileData(dave.address);
    const store = memoryStore();
    const tabs = await Promise.all([connect(alice, device(store)), connect(alice, device(store)), connect(alice, device(store))]);
    const [rotating, reading] = tabs as [Postern, Postern, Postern];
    await lived(rotating, alice.address);
    const late = await reading.conversation(bob.address);
    const messages = (await late.history()).filter(({ mine }) => !mine);
    await dave.postern.rotate();
    await (await tabs[2]!.conversation(dave.address)).safetyNumber();
    await Promise.all([rotating.rotate({ newRoot: true }), tabs[2]!.conversation(dave.address).then((chat) => chat.safetyNumber()).catch(() => undefined)]);
    await late.markRead(messages[1]!.cursor); // by a tab that has not heard of the change yet
    for (const tab of tabs) await tab.close();
    const later = await Promise.all([connect(alice, device(store)), connect(alice, { store }), connect(alice, device(store))]);
    for (const tab of later) {
      expect(await (await tab.conversation(bob.address)).unread(), "read in another tab").to.equal(1);
      for (const [wallet, was] of [[carol.address, before_], [dave.address, past]] as const) {
        lieAbout(wallet, was);
        await refused((await tab.conversation(wallet)).safetyNumber(), "KEYS_ROLLED_BACK");
        world.rpc.honest();
      }
    }
  });

  it("that shares its store with another wallet's leaves that one's records as they are", async () => {
    const [alice, dave] = (await world.people(2)) as [Person, Person];
    const store = memoryStore();
    const theirs = await connect(dave, device(store));
    await lived(theirs, dave.address);
    const records = async (): Promise<Map<string, string>> => new Map(await Promise.all((await store.keys("")).map(async (key) => [key, String(await store.get(key))] as const)));
    const before = await records();
    const here = await connect(alice, device(store));
    await lived(here, alice.address);
    await here.rotate({ newRoot: true });
    await remembers(here, "hers");
    const after = await records();
    for (const [key, value] of before) expect(after.get(key), key).to.equal(value);
    await theirs.close();
    await remembers(await connect(dave, device(store)), "his");
  });

  it("keeps the old records for a week, then removes all but one, which stops a session under the old root", async () => {
    const alice = await world.person();
    const past = await profileData(alice.address);
    const store = memoryStore();
    const here = await connect(alice, { store });
    await lived(here, alice.address);
    const [old] = [...(await scopesIn(store)).keys()] as [string];
    const many = (await scopesIn(store)).get(old)!;
    expect(many).to.be.greaterThan(2);
    const dave = await world.person();
    await here.rotate({ newRoot: true });
    await (await here.conversation(dave.address)).safetyNumber(); // from here on what is new is the new store's
    await here.close();
    for (const [days, left] of [[0, many], [6, many], [8, 1], [9, 1]] as const) {
      Date.now = () => clock() + days * (WEEK_MS / 7);
      const later = await connect(alice, { store });
      expect((await scopesIn(store)).get(old), `${days} days later`).to.equal(left);
      await remembers(later, `${days} days later`);
      await later.close();
    }
    Date.now = clock;
    lieAbout(alice.address, past);
    const deceived = await connect(alice, { store });
    await refused(deceived.requests(), "KEYS_ROLLED_BACK");
    await refused(deceived.conversation(carol.address), "KEYS_ROLLED_BACK");
    await deceived.close();
    world.rpc.honest();
    expect((await scopesIn(store)).get(old), "nothing of the new root's store is named there").to.equal(1);
  });

  it("never notes the store of a newer root under an older one that an endpoint shows again", async () => {
    const alice = await world.person();
    const past = await profileData(alice.address);
    const store = memoryStore();
    const here = await connect(alice, device(store));
    await lived(here, alice.address);
    const [old] = [...(await scopesIn(store)).keys()] as [string];
    const many = (await scopesIn(store)).get(old);
    await here.rotate({ newRoot: true });
    await here.close();
    lieAbout(alice.address, past);
    await refused(connect(alice, device(store)), "KEYS_ROLLED_BACK");
    world.rpc.honest();
    expect((await scopesIn(store)).get(old)).to.equal(many);
    await remembers(await connect(alice, device(store)), "when the lie ends");
  });

  describe("in the end", () => itTellsNoSecret());
});
