/** The observable core on a real network: what it shows, when, and what it leaves behind. */
import { memoryStore, vaultKeys, type KeySource } from "@postern/sdk";
import { fileStore } from "@postern/sdk/node";
import { Messaging, type MessagingOptions, type Observable } from "@postern/sdk/observe";
import { expect } from "chai";
import { hooked } from "../e2e/support/connections.js";
import { stage } from "../e2e/support/stage.js";
import { until } from "../e2e/support/waiting.js";
import type { CountingWallet } from "../e2e/support/wallets.js";

describe("the observable core", function () {
  this.timeout(60_000);
  const on = stage();
  const open: (() => void)[] = [];
  afterEach(() => open.splice(0).forEach((release) => release()));

  const messagingOf = (wallet: CountingWallet | undefined, options: Partial<MessagingOptions> = {}): Messaging => {
    const messaging = new Messaging({ connection: on.connection, wallet, store: memoryStore(), refreshMs: 1_000, ...options });
    open.push(messaging.hold());
    return messaging;
  };
  const watch = <T>(observable: Observable<T>): { readonly seen: T[]; now(): T } => {
    const seen: T[] = [];
    open.push(observable.subscribe(() => seen.push(observable.getSnapshot())));
    return { seen, now: () => observable.getSnapshot() };
  };
  const ready = async (options?: Partial<MessagingOptions>, fundLamports = 300_000_000n): Promise<{ messaging: Messaging; wallet: CountingWallet; address: string }> => {
    const wallet = await on.wallet();
    const messaging = messagingOf(wallet, options);
    await until(() => messaging.account.getSnapshot().phase === "locked", "looked for a kept session");
    await messaging.unlock();
    await messaging.register({ fundLamports });
    expect(messaging.account.getSnapshot()).to.include({ phase: "ready", error: undefined });
    return { messaging, wallet, address: wallet.publicKey.toBase58() };
  };

  it("asks neither wallet nor network before it is unlocked, and shows the same empty objects", async () => {
    const wallet = await on.wallet();
    const connection = new Proxy({} as never, { get: () => { throw new Error("the network was asked"); } });
    const messaging = messagingOf(wallet, { connection, store: undefined });
    const thread = messaging.thread(wallet.publicKey.toBase58());
    const [account, items] = [watch(messaging.account), watch(thread)];
    expect(await until(() => account.now().phase === "locked" && account.now(), "locked")).to.include({ error: undefined });
    expect(items.now()).to.include({ status: "waiting", canSend: false });
    expect(messaging.conversations.getSnapshot()).to.equal(messaging.conversations.getSnapshot());
    expect(messaging.unread.getSnapshot()).to.equal(0);
    expect(wallet.total).to.equal(0);
  });

  it("is noWallet without a wallet, and unlock() does nothing", async () => {
    const messaging = messagingOf(undefined);
    await messaging.unlock();
    expect(messaging.account.getSnapshot()).to.include({ phase: "noWallet", address: undefined });
  });

  it("shows a wallet's refusal as an error, and unlocks at the next try", async () => {
    const wallet = await on.wallet();
    let refuse = true;
    const asked: CountingWallet = { ...wallet, signMessage: async (message) => (refuse ? Promise.reject(new Error("no")) : wallet.signMessage(message)) } as CountingWallet;
    const messaging = messagingOf(asked);
    await until(() => messaging.account.getSnapshot().phase === "locked", "locked");
    await messaging.unlock();
    expect(messaging.account.getSnapshot().phase).to.equal("locked");
    expect(messaging.account.getSnapshot().error?.code).to.equal("REJECTED_BY_WALLET");
    refuse = false;
    await messaging.unlock();
    expect(messaging.account.getSnapshot()).to.include({ phase: "unregistered", error: undefined });
  });

  it("asks the account that it is for, in whichever object that comes, and no other that the app has changed to", async () => {
    const [wallet, other] = [await on.wallet(), await on.wallet()];
    const messaging = messagingOf(wallet);
    await until(() => messaging.account.getSnapshot().phase === "locked", "locked");
    let asked = 0;
    messaging.useWallet({ ...wallet, publicKey: wallet.publicKey, signMessage: (message) => (asked++, wallet.signMessage(message)) });
    messaging.useWallet(other);
    messaging.useWallet(undefined);
    await messaging.unlock();
    expect([messaging.account.getSnapshot().phase, asked, other.total]).to.deep.equal(["unregistered", 1, 0]);
  });

  it("keeps nothing in memory where the app's own store cannot be used: that is the error, and no prompt", async () => {
    const wallet = await on.wallet();
    const messaging = messagingOf(wallet, { store: fileStore("/dev/null/store") });
    await until(() => messaging.account.getSnapshot().phase === "locked", "locked");
    await messaging.unlock();
    expect([messaging.account.getSnapshot().phase, messaging.account.getSnapshot().error?.code, wallet.total]).to.deep.equal(["locked", "STORE_FAILED", 0]);
  });

  it("goes from first contact to a conversation: request, unread, acceptance, answers, read marks", async () => {
    const [alice, bob] = [await ready(), await ready()];
    const [toBob, requests, unread] = [alice.messaging.thread(bob.address), watch(bob.messaging.requests), watch(bob.messaging.unread)];
    const sender = watch(toBob);
    await until(() => sender.now().status === "ready", "the empty conversation is read");
    expect(sender.now()).to.include({ state: "new", canSend: true });
    toBob.send("gm");
    expect(sender.now().items.map(({ text, status, mine }) => [text, status, mine])).to.deep.equal([["gm", "queued", true]]);
    const [{ key } = { key: "" }] = sender.now().items;
    const request = await until(() => requests.now()[0], "the request is seen");
    expect(request).to.include({ from: alice.address, busy: undefined });
    expect(unread.now()).to.equal(1);
    await until(() => sender.now().items[0]?.message !== undefined && sender.now().state === "requested", "it stands on the ledger");
    expect(sender.now().items.map((item) => [item.key, item.text, item.status])).to.deep.equal([[key, "gm", "confirmed"]]);

    expect(await bob.messaging.accept(alice.address)).to.equal(true);
    expect(requests.now()).to.deep.equal([]);
    expect(bob.messaging.conversations.getSnapshot().items.map(({ peer, state }) => [peer, state])).to.deep.equal([[alice.address, "open"]]);
    await until(() => sender.now().state === "open", "the acceptance is seen");
    const toAlice = bob.messaging.thread(alice.address);
    const answerer = watch(toAlice);
    await until(() => answerer.now().items.length === 1, "the first message is there");
    await toAlice.markRead();
    expect(unread.now()).to.equal(0);
    toAlice.send("gm Alice");
    toAlice.send("how are you?");
    await until(() => sender.now().items.length === 3, "both answers come");
    expect(sender.now().items.map(({ text }) => text)).to.deep.equal(["gm", "gm Alice", "how are you?"]);
    expect(alice.messaging.conversations.getSnapshot().items[0]?.unread).to.be.a("number");
    await until(() => answerer.now().items.every(({ message }) => message !== undefined), "all stand on the ledger");
    for (const { seen } of [sender, answerer]) {
      for (const { items } of seen) expect(new Set(items.map((item) => item.key)).size, "no key twice").to.equal(items.length);
      for (const { items } of seen) expect(items.filter(({ text }) => text === "gm").length, "never doubled").to.be.at.most(1);
    }
  });

  it("tells once of a message that comes", async () => {
    const [alice, bob] = [await ready(), await ready()];
    const [toBob, toAlice] = [alice.messaging.thread(bob.address), bob.messaging.thread(alice.address)];
    const [sender, reader] = [watch(toBob), watch(toAlice)];
    await until(() => sender.now().status === "ready" && reader.now().status === "ready", "both ready");
    toBob.send("one");
    await until(() => reader.now().items.length === 1, "it comes");
    await until(() => bob.messaging.requests.getSnapshot().length === 1, "the request is listed"); // what is not cannot be accepted
    expect(await bob.messaging.accept(alice.address)).to.equal(true);
    await until(() => sender.now().state === "open" && reader.now().state === "open", "open");
    await alice.messaging.refresh();
    await bob.messaging.refresh();
    const before = reader.seen.length;
    toBob.send("two");
    await until(() => reader.now().items.length === 2, "the next comes");
    expect(reader.seen.length - before).to.equal(1);
    expect(reader.seen.at(-2)?.items[0]).to.equal(reader.now().items[0]);
  });

  it("shows what failed with its reason, forgets what is given up, and sends the rest at a retry", async () => {
    const [alice, bob] = [await ready({}, 2_000_000n), await ready()];
    const thread = alice.messaging.thread(bob.address);
    const state = watch(thread);
    await until(() => state.now().status === "ready", "ready");
    thread.send("lost?");
    thread.send("given up");
    const failed = await until(() => state.now().items.find(({ status }) => status === "failed"), "it fails");
    expect([failed.text, failed.error?.code]).to.deep.equal(["lost?", "INSUFFICIENT_FUNDS"]);
    thread.cancel(state.now().items[1]?.key ?? "");
    await until(() => state.now().items.length === 1, "the other is taken out");
    await alice.messaging.fund(100_000_000n);
    thread.retry(failed.key);
    await until(() => state.now().items.some(({ message }) => message !== undefined), "it is sent");
    expect(state.now().items.map(({ text, key }) => [text, key])).to.deep.equal([["lost?", failed.key]]);
  });

  it("goes on with what another visit left in the outbox, and shows it once", async () => {
    let down = false;
    const connection = hooked(on.connection, { sendRawTransaction: (_, pass) => (down ? Promise.reject(new Error("503")) : pass()) });
    const store = memoryStore();
    const [alice, bob] = [await ready({ connection, store }), await ready()];
    const state = watch(alice.messaging.thread(bob.address));
    await until(() => state.now().status === "ready", "ready");
    down = true;
    const before = (await store.keys("")).length;
    alice.messaging.thread(bob.address).send("left behind");
    await until(async () => (await store.keys("")).length > before, "it is in the store");
    open.splice(0).forEach((release) => release());
    await until(() => alice.messaging.account.getSnapshot().phase === "locked", "the visit ends");
    const again = messagingOf(alice.wallet, { store });
    const later = watch(again.thread(bob.address));
    await until(() => later.now().items[0]?.message !== undefined, "it stands on the ledger");
    expect(later.now().items.map(({ text }) => text)).to.deep.equal(["left behind"]);
    for (const { items } of later.seen) expect(items.length).to.be.at.most(1);
  });

  it("resumes what this device has kept without a prompt, and lock() forgets it", async () => {
    const store = memoryStore();
    const { wallet } = await ready({ store });
    open.splice(0).forEach((release) => release());
    const prompts = wallet.total;
    const again = messagingOf(wallet, { store });
    await until(() => again.account.getSnapshot().phase === "ready", "resumed");
    expect(wallet.total).to.equal(prompts);
    await again.lock();
    expect(again.account.getSnapshot().phase).to.equal("locked");
    const third = messagingOf(wallet, { store });
    await until(() => third.account.getSnapshot().phase === "locked", "nothing is kept");
    expect(wallet.total).to.equal(prompts);
  });

  it("resumes what it has kept for a wallet that signs nothing but transactions too, without asking for the vault's passphrase", async () => {
    const wallet = await on.wallet();
    const mute = { publicKey: wallet.publicKey, signTransaction: wallet.signTransaction } as CountingWallet;
    const [store, session] = [memoryStore(), "device" as const];
    const shelf: { vault?: Uint8Array } = {};
    let asked = 0;
    const keys = (): KeySource => vaultKeys({ passphrase: () => (asked++, "seven words"), save: (vault) => void (shelf.vault = vault), ...(shelf.vault && { vault: shelf.vault }) });
    const first = messagingOf(mute, { store, session, keys: keys() });
    await until(() => first.account.getSnapshot().phase === "locked", "nothing is kept yet");
    expect(first.account.getSnapshot().error).to.equal(undefined);
    await first.unlock();
    await first.register({ fundLamports: 300_000_000n });
    expect(first.account.getSnapshot()).to.include({ phase: "ready", error: undefined });
    const before = [asked, wallet.total];
    const second = messagingOf(mute, { store, session, keys: keys() });
    await until(() => second.account.getSnapshot().phase === "ready", "resumed");
    expect([asked, wallet.total]).to.deep.equal(before);
  });

  it("leaves nothing at work once nobody holds it, and goes on when it is held again at once", async () => {
    const wallet = await on.wallet();
    let calls = 0;
    const connection = hooked(on.connection, { getMultipleAccountsInfo: (_, pass) => (calls++, pass()) });
    const messaging = new Messaging({ connection, wallet, store: memoryStore(), refreshMs: 1_000 });
    const release = messaging.hold();
    await until(() => messaging.account.getSnapshot().phase === "locked", "locked");
    await messaging.unlock();
    release();
    const second = messaging.hold();
    expect(messaging.account.getSnapshot().phase).to.equal("unregistered");
    await until(() => calls > 4, "it goes on looking");
    second();
    await until(() => messaging.account.getSnapshot().phase === "locked", "the session ends");
    await new Promise((resolve) => setImmediate(resolve));
    const after = calls;
    await Promise.all([messaging.refresh(), messaging.accept(wallet.publicKey.toBase58())]);
    expect(calls).to.equal(after);
  });

  it("is told who can be written to, also among what is no address", async () => {
    const [alice, bob] = [await ready(), await ready()];
    const nobody = (await on.wallet()).publicKey.toBase58();
    const cells = [bob.address, nobody, "no address"].map((peer) => watch(alice.messaging.canMessage(peer)));
    await until(() => cells.every(({ now }) => now() !== undefined), "all are known");
    expect(cells.map(({ now }) => now())).to.deep.equal([true, false, false]);
  });

  it("loads older messages in front of the newest ones", async () => {
    const [alice, bob] = [await ready(), await on.person({ connect: { growth: { maxBytesPerInbox: 20_000 } }, register: { fundLamports: 900_000_000n } })];
    const chat = await bob.postern.conversation(alice.address);
    const texts = Array.from({ length: 52 }, (_, i) => `m ${i}`);
    for (const text of texts) await chat.send(text);
    const thread = alice.messaging.thread(bob.address);
    const state = watch(thread);
    await until(() => state.now().items.length === 50, "the newest page");
    expect(state.now()).to.include({ hasOlder: true, atEnd: true });
    await thread.older();
    expect(state.now()).to.include({ hasOlder: false, atEnd: true });
    expect(state.now().items.map(({ text }) => text)).to.deep.equal(texts);
  });
});
