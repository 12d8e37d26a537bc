/** A session that a device keeps, when the wallet's keys change: it follows them here, ends when they change elsewhere, and lets go of old ones. */
import { memoryStore, type ConnectOptions, type Store } from "@postern/sdk";
import { decodeText, openMessage } from "@postern/sdk/crypto";
import { addressBytes } from "@postern/sdk/program";
import { expect } from "chai";
import { internalsOf } from "../hostile/support/internals.js";
import { inboxAddressOf, inboxOf, profileOf } from "./support/ledger.js";
import { open, stage } from "./support/stage.js";
import { textsOf, until } from "./support/waiting.js";

/** Bytes of what is kept with one generation, and what each further one adds. */
const ONE_BYTES = 1 + 12 + (4 + 32 + 1 + 40) + 16;
const ENTRY_BYTES = 40;
const DAY_MS = 86_400_000;

describe("a device session and rotation", function () {
  this.timeout(60_000);
  const on = stage();
  const clock = Date.now;
  afterEach(() => void (Date.now = clock));
  const device = (store: Store): Pick<ConnectOptions, "store" | "session"> => ({ store, session: "device" });
  const bytesIn = async (store: Store): Promise<number> => ((await store.get((await store.keys("postern/session/"))[0] ?? "")) ?? []).length;

  it("goes on with the new keys after a rotation here: a reload asks nothing, and a further rotation asks the wallet", async () => {
    const store = memoryStore();
    const alice = await on.person({ connect: device(store), register: { fundLamports: 300_000_000n } });
    const bob = await on.person();
    await open(alice, bob);
    await alice.postern.rotate();
    await alice.postern.close();
    const prompts = alice.wallet.total;
    const again = await on.connect(alice.wallet, device(store));
    expect(alice.wallet.total).to.equal(prompts);
    const chat = await again.conversation(bob.address);
    await chat.send("with new keys");
    expect(textsOf(await chat.history()).at(-1)).to.equal("with new keys");
    await again.rotate();
    expect(alice.wallet.total, "root text, certificate, transaction").to.equal(prompts + 3);
    expect((await profileOf(on.connection, alice.address)).currentGeneration).to.equal(2);
    await on.connect(alice.wallet, device(store));
    expect(alice.wallet.total).to.equal(prompts + 3);
  });

  it("ends when another device has rotated: the wallet is asked once, and the new keys are kept", async () => {
    const store = memoryStore();
    const alice = await on.person({ connect: device(store) });
    const elsewhere = await on.connect(alice.wallet);
    await elsewhere.rotate();
    const prompts = alice.wallet.total;
    const again = await on.connect(alice.wallet, device(store));
    expect([alice.wallet.total - prompts, await again.isRegistered()]).to.deep.equal([1, true]);
    await on.connect(alice.wallet, device(store));
    expect(alice.wallet.total - prompts).to.equal(1);
  });

  it("ends when the root number was raised: the old keys are of no use", async () => {
    const store = memoryStore();
    const alice = await on.person({ connect: device(store) });
    await (await on.connect(alice.wallet)).rotate({ newRoot: true });
    const prompts = alice.wallet.total;
    await on.connect(alice.wallet, device(store));
    expect(alice.wallet.total).to.be.greaterThan(prompts);
  });

  it("keeps a generation for a week after it was replaced, and not a day longer", async () => {
    const store = memoryStore();
    const alice = await on.person({ connect: device(store) });
    expect(await bytesIn(store)).to.equal(ONE_BYTES);
    await alice.postern.rotate();
    expect(await bytesIn(store)).to.equal(ONE_BYTES + ENTRY_BYTES);
    await alice.postern.rotate();
    expect(await bytesIn(store)).to.equal(ONE_BYTES + 2 * ENTRY_BYTES);
    const prompts = alice.wallet.total;
    for (const [days, generations] of [[6, 3], [8, 1], [30, 1]] as const) {
      Date.now = () => clock() + days * DAY_MS;
      await on.connect(alice.wallet, device(store));
      expect(await bytesIn(store), `${days} days later`).to.equal(ONE_BYTES + (generations - 1) * ENTRY_BYTES);
    }
    expect(alice.wallet.total).to.equal(prompts);
    Date.now = clock;
    const running = memoryStore();
    const bob = await on.person({ connect: device(running) });
    await bob.postern.rotate();
    expect(await bytesIn(running)).to.equal(ONE_BYTES + ENTRY_BYTES);
    Date.now = () => clock() + 8 * DAY_MS;
    await until(async () => (await bob.postern.conversations(), (await bytesIn(running)) === ONE_BYTES), "a session that goes on does not keep it longer either");
    Date.now = () => clock() + 30 * DAY_MS;
    const late = memoryStore();
    await on.connect(alice.wallet, device(late));
    expect(await bytesIn(late), "unlocked by the wallet, what is too old is not kept either").to.equal(ONE_BYTES);
  });

  it("keeps an inbox's own key with the messages of it, however long its generation is gone: it opens what was posted there, and nothing elsewhere", async () => {
    const store = memoryStore();
    const alice = await on.person({ connect: device(store), register: { fundLamports: 300_000_000n } });
    const bob = await on.person();
    const [toBob, toAlice] = await open(alice, bob, "old");
    await toBob.history();
    const address = await inboxAddressOf(on.connection, alice.address);
    const before = await inboxOf(on.connection, alice.address);
    await alice.postern.rotate();
    await toBob.send("new");
    expect(textsOf(await toAlice.history())).to.deep.equal(["old", "new"]);
    const after = await inboxOf(on.connection, alice.address);
    await alice.postern.close();
    Date.now = () => clock() + 8 * DAY_MS;
    const later = await on.connect(alice.wallet, device(store));
    const { keyring, store: records } = internalsOf(later).session.send.context;
    expect([keyring.generations, await bytesIn(store)], "the generation is gone").to.deep.equal([[1], ONE_BYTES]);
    const index = (await records.get(`archive/${bob.address}`)) as Uint8Array;
    const life = Buffer.from(index).indexOf(addressBytes(address)); // inbox 32, salt 16, 14 bytes, its key
    const inboxKey = index.slice(life + 62, life + 126);
    expect(decodeText(openMessage(inboxKey, 2, before!.frames[2]!.payload).body)).to.equal("old");
    for (const { seq, payload } of after!.frames) expect(() => openMessage(inboxKey, seq, payload)).to.throw();

    const none = await on.person({ connect: { ...device(memoryStore()), archive: { maxMessagesPerConversation: 0 } } });
    const [toCarol] = await open(none, bob, "not kept");
    await toCarol.history();
    expect((await internalsOf(none.postern).session.send.context.store.keys("")).filter((name) => name.startsWith("archive/"))).to.deep.equal([]);
  });
});
