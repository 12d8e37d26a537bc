/** No secret, no passphrase and no text of a message is in anything that a client throws, keeps to itself, prints or hands out. */
import { format, inspect } from "node:util";
import { expect } from "chai";
import { changeVaultPassphrase, givenKeys, isPosternError, keypairWallet, memoryStore, Postern, vaultKeys, walletKeys, type OutgoingMessage, type WalletLike } from "@postern/sdk";
import { openVault, sealVault, splitHandshake, utf8 } from "@postern/sdk/crypto";
import { exportEncrypted, importEncrypted } from "@postern/sdk/export";
import { Messaging } from "@postern/sdk/observe";
import { keyBundleAddress, profileAddress } from "@postern/sdk/program";
import { internalsOf } from "../hostile/support/internals.js";
import { everythingIn, keepSecret, secretsIn } from "../hostile/support/leaks.js";
import { cut, put } from "../hostile/support/lies.js";
import { hidden } from "../hostile/support/lying-rpc.js";
import { program, random, RawDevice } from "../hostile/support/raw-device.js";
import { until } from "../hostile/support/until.js";
import { World, type Person } from "../hostile/support/world.js";
import { listenToSdk, type Listening } from "./support/listening.js";

const TEXT = "attack at dawn, by the small gate";
const PASSPHRASE = "écluse-moulin-7-chandelles";
const OTHER_PASSPHRASE = "a wrong passphrase of mine";
const GIVEN = random(32);

/** Names of the secrets, and the words themselves, that can be read out of a value. */
function toldBy(value: unknown): string[] {
  const everything = everythingIn(value);
  return [...secretsIn(value), ...[TEXT, PASSPHRASE, OTHER_PASSPHRASE, TEXT.repeat(2)].filter((word) => everything.includes(word))];
}

/** What a session holds now: every generation's secrets, and its store's, of which it gives a copy. */
function keepSecretsOf(postern: Postern): Uint8Array {
  const { keyring, store } = internalsOf(postern).session.send.context;
  const secret = store.secret();
  keepSecret("store secret", secret);
  for (const generation of keyring.generations) {
    const { identity, kem, delegate, owner } = keyring.keys(generation);
    keepSecret(`generation ${generation}`, keyring.secret(generation) as Uint8Array);
    for (const [name, secret] of Object.entries({ identity: identity.secret, kem: kem.seed, delegate: delegate.seed, owner })) keepSecret(`${name} ${generation}`, secret);
  }
  return secret;
}

describe("secrets in what a client says", function () {
  this.timeout(120_000);
  let world: World;
  let heard: Listening;
  let alice: Person;
  let bob: Person;
  let mallory: Person;
  const outcomes: unknown[] = [];
  /** Of those that came later: a store's, the newest generation's, the key that seals a session. */
  const later: Uint8Array[] = [];

  /** Runs what may fail, and keeps whatever came of it. */
  const attempt = async (act: () => unknown): Promise<void> => {
    outcomes.push(await Promise.resolve().then(act).catch((error: unknown) => error));
  };

  before(async () => {
    heard = listenToSdk();
    world = await World.start();
    [alice, bob, mallory] = (await world.people(3)) as [Person, Person, Person];
    keepSecret("given root", GIVEN);
    await world.introduce(alice, bob);
    for (const { raw } of [alice, bob]) await raw.own(0);
  });
  after(async () => {
    heard.stop();
    await world.stop();
  });
  afterEach(() => world.rpc.honest());

  it("nothing is in the errors of arguments, texts and cursors", async () => {
    const chat = await alice.postern.conversation(bob.address);
    await attempt(() => chat.send(TEXT.repeat(100)));
    await attempt(() => chat.send(`${TEXT}\ud800`));
    await attempt(() => chat.send(""));
    await attempt(() => chat.send(7 as unknown as string));
    await attempt(() => chat.history({ before: TEXT as never }));
    await attempt(() => alice.postern.conversation(TEXT));
    await attempt(() => alice.postern.conversation(alice.address));
    await attempt(() => alice.postern.conversation("1".repeat(32)));
    await attempt(() => givenKeys(GIVEN.subarray(1)));
    await attempt(() => vaultKeys({ passphrase: PASSPHRASE, vault: "vault" as never }));
    await attempt(() => keypairWallet(alice.wallet.secretKey.subarray(1)));
    await attempt(() => chat.send(TEXT, { signal: AbortSignal.abort() }));
    await attempt(() => chat.close());
  });

  it("nothing is in the errors of wallets and keys", async () => {
    const { publicKey, signMessage, signTransaction } = alice.wallet;
    const sign = signMessage.bind(alice.wallet);
    const wallets: WalletLike[] = [
      { publicKey: null as never }, { publicKey }, { publicKey, signMessage: () => Promise.reject(new Error("no")) },
      { publicKey, signMessage: async (message) => (await sign(message)).map((byte, i) => (i === 0 ? byte ^ 1 : byte)) },
      { publicKey, signMessage: async (message) => (await sign(message)).subarray(0, 63) },
      { publicKey, signMessage: () => bob.wallet.signMessage(utf8("another text")), signTransaction: signTransaction.bind(alice.wallet) },
    ];
    for (const wallet of wallets) await attempt(() => world.connect({ wallet }));
    await attempt(() => world.connect({ wallet: alice.wallet, keys: givenKeys(GIVEN) }));
    const vault = await sealVault({ ikm: GIVEN, passphrase: PASSPHRASE, salt: random(16), log2N: 15 });
    await attempt(() => world.connect({ wallet: alice.wallet, keys: vaultKeys({ passphrase: OTHER_PASSPHRASE, vault }) }));
    await attempt(() => world.connect({ wallet: alice.wallet, keys: vaultKeys({ passphrase: PASSPHRASE, vault }) }));
    await attempt(() => world.connect({ wallet: alice.wallet, keys: vaultKeys({ passphrase: PASSPHRASE, vault: vault.subarray(1) }) }));
    await attempt(() => world.connect({ wallet: alice.wallet, keys: vaultKeys({ passphrase: PASSPHRASE }) }));
    await attempt(() => changeVaultPassphrase({ vault, passphrase: OTHER_PASSPHRASE, newPassphrase: PASSPHRASE }));
    await attempt(() => openVault({ vault: vault.map((byte, i) => (i === 97 ? byte ^ 1 : byte)), passphrase: PASSPHRASE }));
    const poor = await world.person({ sol: 0.000_01, register: false });
    await attempt(() => poor.postern.register());
    await attempt(async () => (await poor.postern.conversation(bob.address)).send(TEXT));
  });

  it("nothing is in the errors of lying endpoints and failing stores", async () => {
    const bundle = keyBundleAddress(bob.address, 0, program);
    for (const lie of [hidden, cut(40), put(0, random(8)), put(30, random(40)), put(160, random(40)), put(300, random(40))]) {
      for (const address of [profileAddress(alice.address, program), profileAddress(bob.address, program), bundle]) {
        world.rpc.account(address, lie);
        await attempt(async () => (await (await world.liedTo(alice, { notifications: false })).conversation(bob.address)).send(TEXT));
        world.rpc.honest();
      }
    }
    const device = await world.liedTo(alice, { notifications: false });
    for (const reply of [{ status: 500, body: "out of order" }, { error: { code: -32_000, message: "not today" } }, "cut", { result: null }] as const) {
      for (const method of ["sendTransaction", "getLatestBlockhash", "getMultipleAccounts", "getSignatureStatuses"]) {
        world.rpc.method(method, (_, forward) => (reply === "cut" || typeof reply === "object" ? reply : forward()));
        const signal = AbortSignal.timeout(700);
        await attempt(async () => (await device.conversation(bob.address)).send("hello", { signal }));
        world.rpc.honest();
      }
    }
    for (const failing of ["get", "replace"] as const) {
      const store = { ...memoryStore(), [failing]: () => Promise.reject(new Error("the disk is full")) };
      await attempt(async () => (await (await world.connect({ wallet: alice.wallet, store })).conversation(bob.address)).send(TEXT));
    }
  });

  it("nothing is in what is told of hostile frames, requests and pointers", async () => {
    const { secret, address, inbox } = await mallory.raw.request(await mallory.raw.bundleOf(bob.address), () => random(1_410)).then(async (opened) => ({ ...opened, ...(await alice.raw.own(0)) }));
    const good = alice.raw.message(secret, inbox.next, TEXT);
    await alice.raw.post(address, good.map((byte, i) => (i === 20 ? byte ^ 1 : byte)), good, random(300), alice.raw.message(random(64), 9, TEXT));
    const chat = await bob.postern.conversation(alice.address);
    await attempt(() => bob.postern.requests());
    const messages = await chat.history();
    expect(messages.filter(({ kind }) => kind === "unreadable")).to.have.length.of.at.least(3);
    await mallory.raw.request(await mallory.raw.bundleOf(alice.address), () => splitHandshake(random(1_410)));
    await attempt(() => alice.postern.requests());
  });

  it("nothing is in the errors of what has ended", async () => {
    const device = await world.connect({ wallet: alice.wallet });
    const chat = await device.conversation(bob.address);
    await device.lock();
    for (const act of [() => chat.send(TEXT), () => chat.history(), () => device.requests()]) await attempt(act);
    const closed = await world.connect({ wallet: alice.wallet });
    await closed.close();
    for (const act of [() => closed.conversation(bob.address), () => closed.register()]) await attempt(act);
  });

  it("nothing is in what comes of a device session, rotations, an outbox, an export and its import, and of leaving", async () => {
    const carol = await world.person();
    const begun = outcomes.length;
    const store = memoryStore();
    const sealingKey = (await store.sealingKey?.()) as Uint8Array;
    keepSecret("sealing key", sealingKey);
    const device = await world.connect({ wallet: carol.wallet, store, session: "device" });
    keepSecretsOf(device);
    const chat = await device.conversation(bob.address);
    await chat.send("hello");
    await attempt(() => device.rotate());
    keepSecretsOf(device);
    await attempt(() => device.rotate({ newRoot: true }));
    await RawDevice.unlock(world.connection, world.cluster, carol.wallet, 2);
    const { keyring } = internalsOf(device).session.send.context;
    expect(keyring.generations, "rotated twice").to.deep.equal([0, 1, 2]);
    later.push(sealingKey, keepSecretsOf(device), keyring.secret(2) as Uint8Array);
    await attempt(() => device.rotate({ newRoot: true, keys: givenKeys(GIVEN.subarray(1)) }));
    await attempt(() => device.rotate({ newRoot: true, keys: vaultKeys({ passphrase: PASSPHRASE }) }));

    const nobody = await world.person({ register: false });
    const queued: OutgoingMessage = await (await device.conversation(nobody.address)).enqueue(TEXT);
    await attempt(() => queued.done);
    await attempt(() => queued.error);
    await attempt(() => queued.retry());
    await attempt(() => queued.done);
    await attempt(() => queued.cancel());

    const file = await exportEncrypted(device, { passphrase: PASSPHRASE, keys: true });
    const { keys } = await importEncrypted(file, { passphrase: PASSPHRASE });
    await attempt(() => [file, keys]);
    await attempt(() => importEncrypted(file, { passphrase: OTHER_PASSPHRASE }));
    await attempt(() => importEncrypted(file.subarray(0, -1), { passphrase: PASSPHRASE }));
    await attempt(() => importEncrypted(file, { passphrase: PASSPHRASE, wallet: bob.address }));
    const restored = await world.connect({ wallet: carol.wallet, keys: keys! });
    keepSecretsOf(restored);
    await attempt(() => restored.rotate());
    await attempt(() => world.connect({ wallet: bob.wallet, keys: keys! }));

    const messaging = new Messaging({ connection: world.connection, wallet: carol.wallet, store });
    const release = messaging.hold();
    await until(() => messaging.account.getSnapshot().phase === "ready"); // resumed from what the device keeps
    const thread = messaging.thread(nobody.address);
    const unwatch = thread.subscribe(() => undefined);
    await until(() => thread.getSnapshot().status === "ready");
    thread.send(TEXT);
    await until(() => thread.getSnapshot().items.some((item) => "error" in item && item.error !== undefined));
    for (const item of thread.getSnapshot().items) if ("error" in item) await attempt(() => item.error);
    await attempt(() => messaging.fund(10n ** 18n));
    await attempt(() => messaging.account.getSnapshot());
    await attempt(() => messaging.conversations.getSnapshot());
    await messaging.lock();
    unwatch();
    release();

    await attempt(() => device.unregister());
    await attempt(() => device.unregister({ leaveUnclosed: true }));
    await attempt(() => chat.send(TEXT));
    for (const name of await store.keys("")) await attempt(async () => [name, await store.get(name)]);
    expect(outcomes.slice(begun).flatMap((outcome) => (isPosternError(outcome) ? [outcome.code] : []))).to.deep.equal([
      "INVALID_ARGUMENT", "VAULT_NOT_SAVED", "PEER_NOT_REGISTERED", "PEER_NOT_REGISTERED", "PEER_NOT_REGISTERED",
      "PASSPHRASE_WRONG", "EXPORT_INVALID", "EXPORT_MISPLACED", "ROOT_UNAVAILABLE", "EXPORT_MISPLACED", "PEER_NOT_REGISTERED", "CLOSE_TOO_EARLY", "CLOSED",
    ]);
  });

  it("nothing is in what a client, a key source or a wallet shows: to inspection, JSON, text, enumeration and a structured clone", async () => {
    const vault = await sealVault({ ikm: GIVEN, passphrase: PASSPHRASE, salt: random(16), log2N: 15 });
    const chat = await alice.postern.conversation(bob.address);
    const unlocked = await world.connect({ wallet: alice.wallet, keys: walletKeys() });
    const shown: Record<string, unknown> = {
      walletKeys: walletKeys(), givenKeys: givenKeys(GIVEN), vaultKeys: vaultKeys({ passphrase: PASSPHRASE, vault, save: () => undefined }), keypairWallet: keypairWallet(alice.wallet.secretKey),
      postern: unlocked, class: Postern, conversation: chat, events: alice.postern.events(), stream: chat.messages(), connections: await alice.postern.conversations(),
    };
    for (const [name, value] of Object.entries(shown)) {
      const cloned = ((): unknown => {
        try {
          return structuredClone(value);
        } catch {
          return undefined; // it has functions
        }
      })();
      const views = [value, cloned, inspect(value, { depth: 12, showHidden: true, showProxy: true, getters: true }), format("%O %j %s", value, undefined, name), JSON.stringify(value) ?? "", Object.entries(value as object)];
      for (const view of views) expect(toldBy(view), name).to.deep.equal([]);
    }
  });

  it("in the end: nothing is in any error that was made, thrown or not, and nothing was printed at all", () => {
    const codes = new Set(heard.made.map(({ code }) => code));
    expect(codes.size, [...codes].join(" ")).to.be.above(25);
    expect(outcomes.length).to.be.above(50);
    for (const error of [...heard.made, ...outcomes]) expect(toldBy(error), inspect(error)).to.deep.equal([]);
    expect(heard.printed).to.deep.equal([]);
  });

  it("would be caught here if one were", () => {
    for (const leak of [new Error(TEXT), { passphrase: PASSPHRASE }, new Error("x", { cause: new Error(Buffer.from(GIVEN).toString("hex")) }), [alice.raw.keys().identity.secret], ...later]) expect(toldBy(leak)).not.to.be.empty;
  });
});
