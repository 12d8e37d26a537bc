/** A session that a device keeps: a reload asks the wallet nothing, and what is kept is of no use elsewhere. */
import { givenKeys, memoryStore, Postern, vaultKeys, walletKeys, type ConnectOptions, type Store } from "@postern/sdk";
import { deriveRoot, fromHex, generationSecret } from "@postern/sdk/crypto";
import { exportEncrypted } from "@postern/sdk/export";
import { PublicKey } from "@solana/web3.js";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { profileAddress, PROGRAM_ADDRESS as PROGRAM } from "@postern/sdk/program";
import { expect } from "chai";
import { internalsOf } from "../hostile/support/internals.js";
import { holds } from "../hostile/support/whole-ledger.js";
import { hooked } from "./support/connections.js";
import { refusal } from "./support/refusal.js";
import { open, stage, type Person } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";

const SESSION = "postern/session/";

describe("a device session", function () {
  this.timeout(60_000);
  const on = stage();
  const device = (store: Store): Pick<ConnectOptions, "store" | "session"> => ({ store, session: "device" });
  /** Someone registered on a device that keeps its session. */
  const kept = async (store = memoryStore()): Promise<Person & { store: Store }> => ({ ...(await on.person({ connect: device(store), register: { fundLamports: 300_000_000n } })), store });
  const nameIn = async (store: Store): Promise<string | undefined> => (await store.keys(SESSION))[0];
  const boxIn = async (store: Store): Promise<Uint8Array> => (await store.get((await nameIn(store)) ?? "")) ?? new Uint8Array(0);

  const recordsOf = (postern: Postern): Promise<string[]> => internalsOf(postern).session.send.context.store.keys("");
  /** The session of another wallet that uses the same device, so that the same key seals it; and a record that it leads to. */
  const sessionOfAnother = async (store: Store, name: string): Promise<{ box: Uint8Array; record: string }> => {
    const bob = await kept(store);
    const [other = ""] = (await store.keys(SESSION)).filter((each) => each !== name);
    const prompts = bob.wallet.total;
    const again = await on.connect(bob.wallet, device(store));
    expect([await again.isRegistered(), bob.wallet.total], "it opens where it belongs").to.deep.equal([true, prompts]);
    const record = `pin/${bob.address}`;
    expect(await recordsOf(again)).to.include(record);
    return { box: (await store.get(other)) as Uint8Array, record };
  };

  it("is resumed after a reload without a prompt: history is there, and messages are sent and read", async () => {
    const [alice, bob] = [await kept(), await on.person()];
    const [toBob] = await open(alice, bob);
    await toBob.send("before");
    await alice.postern.close();
    const prompts = alice.wallet.total;
    const again = await on.connect(alice.wallet, device(alice.store));
    const chat = await again.conversation(bob.address);
    expect(textsOf(await chat.history())).to.deep.equal(["gm", "before"]);
    await chat.send("after");
    expect(textsOf(await (await bob.postern.conversation(alice.address)).history()).at(-1)).to.equal("after");
    await again.setContactPolicy({ kind: "closed" });
    await again.register();
    expect(alice.wallet.total).to.equal(prompts);
  });

  it("keeps the store readable: what was marked as read stays so", async () => {
    const [alice, bob] = [await kept(), await on.person()];
    const [toAlice] = await open(bob, alice);
    await toAlice.send("two");
    const chat = await alice.postern.conversation(bob.address);
    await chat.markRead((await chat.history())[0]!.cursor);
    await alice.postern.close();
    const again = await on.connect(alice.wallet, device(alice.store));
    expect(await (await again.conversation(bob.address)).unread()).to.equal(1);
  });

  it("is kept by connecting to a wallet that is registered, and not before it is", async () => {
    const wallet = await on.wallet();
    const store = memoryStore();
    const postern = await on.connect(wallet, device(store));
    expect(await nameIn(store)).to.equal(undefined);
    await postern.register();
    expect(await nameIn(store)).to.be.a("string");
    const second = memoryStore();
    await on.connect(wallet, device(second));
    const prompts = wallet.total;
    await on.connect(wallet, device(second));
    expect(wallet.total).to.equal(prompts);
  });

  it("is not made unless it is asked for, and not used unless it is", async () => {
    const alice = await kept();
    const prompts = alice.wallet.total;
    await on.connect(alice.wallet, { store: alice.store });
    expect(alice.wallet.total).to.equal(prompts + 1);
    const other = memoryStore();
    await on.connect(alice.wallet, { store: other });
    expect(await nameIn(other)).to.equal(undefined);
  });

  it("is forgotten by lock(), also of another tab, and kept by close()", async () => {
    const alice = await kept();
    const tab = await on.connect(alice.wallet, { store: alice.store });
    await alice.postern.close();
    expect(await nameIn(alice.store)).to.be.a("string");
    await tab.lock();
    expect(await nameIn(alice.store)).to.equal(undefined);
    const prompts = alice.wallet.total;
    const again = await on.connect(alice.wallet, device(alice.store));
    expect(alice.wallet.total).to.equal(prompts + 1);
    await again.lock();
    await refusal(again.balance(), "LOCKED");
    expect(await nameIn(alice.store)).to.equal(undefined);
  });

  it("that was altered, cut or exchanged is refused without a word: the wallet is asked, and a new one is kept", async () => {
    const alice = await kept();
    const good = await boxIn(alice.store);
    const name = (await nameIn(alice.store)) ?? "";
    const foreign = await sessionOfAnother(alice.store, name);
    const boxes = [
      ...[0, 1, 12, 13, 40, good.length - 1].map((at) => good.map((byte, i) => (i === at ? byte ^ 1 : byte))),
      new Uint8Array(0), Uint8Array.of(1), good.slice(0, 13), good.slice(0, -1), Uint8Array.of(...good, 0), foreign.box, new Uint8Array(100_000),
    ];
    for (const [i, box] of boxes.entries()) {
      await alice.store.set(name, box);
      const prompts = alice.wallet.total;
      const postern = await on.connect(alice.wallet, device(alice.store));
      expect([alice.wallet.total - prompts, await postern.isRegistered()], `case ${i}`).to.deep.equal([1, true]);
      expect(await recordsOf(postern), `case ${i}: another wallet's leads nowhere`).not.to.include(foreign.record);
      await on.connect(alice.wallet, device(alice.store));
      expect(alice.wallet.total - prompts, `after case ${i}`).to.equal(1);
    }
  });

  it("opens with another device's store as little as with another wallet's: it stays where its key is", async () => {
    const alice = await kept();
    const thief = memoryStore();
    for (const key of await alice.store.keys("")) await thief.set(key, (await alice.store.get(key)) ?? new Uint8Array(0));
    const prompts = alice.wallet.total;
    await on.connect(alice.wallet, device(thief)).catch(() => undefined);
    expect(alice.wallet.total).to.equal(prompts + 1);
    const sameKey: Store = { ...thief, sealingKey: alice.store.sealingKey as NonNullable<Store["sealingKey"]> };
    await thief.set((await nameIn(thief)) ?? "", await boxIn(alice.store));
    await on.connect(alice.wallet, device(sameKey));
    expect(alice.wallet.total, "with the key it opens: the copy was whole").to.equal(prompts + 1);
  });

  it("holds no key in the clear", async () => {
    const alice = await kept();
    const identity = await generateX25519Identity();
    const age = new Decrypter();
    age.addIdentity(identity);
    const lines = await age.decrypt(await exportEncrypted(alice.postern, { recipients: [await identityToRecipient(identity)], keys: true }), "text");
    const secret = Buffer.from(fromHex(/"secret":"([0-9a-f]{64})"/.exec(lines)?.[1] ?? ""));
    expect(secret).to.have.lengthOf(32);
    for (const key of await alice.store.keys("")) expect(Buffer.from((await alice.store.get(key)) ?? []).includes(secret), key).to.equal(false);
    const again = await on.connect(alice.wallet, device(alice.store));
    expect((await boxIn(alice.store)).length, "one generation and the store's secret").to.equal(1 + 12 + (4 + 32 + 1 + 40) + 16);
    await again.close();
  });

  it("holds no root in any form, where it is opened, and neither does any other record", async () => {
    const [given, store, wallet, bob] = [crypto.getRandomValues(new Uint8Array(32)), memoryStore(), await on.wallet(), await on.person()];
    const sealed: Uint8Array[] = [];
    const { encrypt } = crypto.subtle;
    crypto.subtle.encrypt = (...args) => (sealed.push(new Uint8Array(args[2] as Uint8Array<ArrayBuffer>)), encrypt.apply(crypto.subtle, args));
    try {
      const postern = await on.connect(wallet, { ...device(store), keys: givenKeys(given) });
      await postern.register({ fundLamports: 300_000_000n });
      const [toBob] = await open({ wallet, address: postern.address, postern }, bob);
      await toBob.history();
      const { cluster: { domain, scope }, keyring, store: records, walletBytes } = internalsOf(postern).session.send.context;
      const root = deriveRoot(domain, { kind: "given", rootNumber: 1, wallet: walletBytes, scope, ikm: given });
      expect(generationSecret(domain, root, 0)).to.deep.equal(keyring.secret(0));
      const opened = (await Promise.all((await records.keys("")).map((name) => records.get(name)))) as Uint8Array[];
      expect([holds(sealed, keyring.secret(0)!), holds(sealed, records.secret()), opened.length > 1], "what is there is found").to.deep.equal([true, true, true]);
      for (const where of [sealed, opened]) for (const secret of [root, given]) expect(holds(where, secret)).to.equal(false);
    } finally {
      crypto.subtle.encrypt = encrypt;
    }
  });

  it("of a WebCrypto key that cannot be taken out serves as well as one of bytes", async () => {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const store: Store = { ...memoryStore(), sealingKey: async () => key };
    const alice = await kept(store);
    const prompts = alice.wallet.total;
    expect(await (await on.connect(alice.wallet, device(store))).isRegistered()).to.equal(true);
    expect(alice.wallet.total).to.equal(prompts);
    const name = (await nameIn(store)) ?? "";
    const { box, record } = await sessionOfAnother(store, name);
    await store.set(name, box);
    const asked = await on.connect(alice.wallet, device(store));
    expect([await asked.isRegistered(), alice.wallet.total], "another wallet's opens nothing").to.deep.equal([true, prompts + 1]);
    expect(await recordsOf(asked), "and leads nowhere").not.to.include(record);
  });

  it("is not used for a profile that is gone or whose keys are others: forgotten, and the wallet is asked", async () => {
    const alice = await kept();
    const profile = profileAddress(alice.address, PROGRAM);
    for (const change of ["gone", "delegate", "root number"] as const) {
      const prompts = alice.wallet.total;
      const lying = hooked(on.connection, {
        getMultipleAccountsInfo: async (_, pass, [keys]) => {
          const answer = (await pass()) as ({ data: Uint8Array } | null)[];
          return answer.map((account, i) => {
            if (account === null || !(keys as PublicKey[])[i]?.equals(new PublicKey(profile))) return account;
            const data = Buffer.from(account.data);
            if (change === "root number") data.writeUInt32LE(2, 12);
            else data[80 + 5]! ^= 1;
            return change === "gone" ? null : { ...account, data };
          });
        },
      });
      await on.connect(alice.wallet, { ...device(alice.store), connection: lying }).catch(() => undefined);
      expect(alice.wallet.total, change).to.be.greaterThan(prompts);
      await on.connect(alice.wallet, device(alice.store));
    }
  });

  it("that is not the wallet's any more is gone before that is asked, though it declines; what another tab keeps meanwhile stays", async () => {
    const alice = await kept();
    const name = (await nameIn(alice.store)) ?? "";
    const [good, prompts] = [await boxIn(alice.store), alice.wallet.total];
    const declining = { publicKey: alice.wallet.publicKey, signMessage: () => Promise.reject(new Error("no")) };
    const altered = good.with(40, good[40]! ^ 1);
    const late: Store = { ...alice.store, get: async (key) => (key === name ? altered.slice() : alice.store.get(key)) };
    await refusal(Postern.connect({ connection: on.connection, wallet: declining, ...device(late) }), "REJECTED_BY_WALLET");
    expect(await boxIn(alice.store), "the other tab's").to.deep.equal(good);
    const elsewhere = hooked(on.connection, {
      getMultipleAccountsInfo: async (_, pass, [keys]) => {
        const answer = (await pass()) as (object | null)[];
        return answer.map((account, i) => ((keys as PublicKey[])[i]?.toBase58() === profileAddress(alice.address, PROGRAM) ? null : account));
      },
    });
    await refusal(Postern.connect({ connection: elsewhere, wallet: declining, ...device(alice.store) }), "REJECTED_BY_WALLET");
    expect(alice.wallet.total).to.equal(prompts);
    expect(await (await on.connect(alice.wallet, device(alice.store))).isRegistered()).to.equal(true);
    expect(alice.wallet.total, "its keys are gone").to.equal(prompts + 1);
  });

  it("holds replaced keys for a week: the first reload after it writes them out of the store", async () => {
    const alice = await kept();
    await alice.postern.rotate();
    await alice.postern.close();
    const lengths: number[] = [];
    const clock = Date.now;
    try {
      for (const days of [6, 8]) {
        Date.now = () => clock() + days * 86_400_000;
        const prompts = alice.wallet.total;
        await (await on.connect(alice.wallet, device(alice.store))).close();
        expect(alice.wallet.total).to.equal(prompts);
        lengths.push((await boxIn(alice.store)).length);
      }
    } finally {
      Date.now = clock;
    }
    expect(lengths).to.deep.equal([2, 1].map((generations) => 1 + 12 + (4 + 32 + 1 + 40 * generations) + 16));
  });

  it("that is being written when the wallet is locked is gone as well", async () => {
    const memory = memoryStore();
    let [begin, end, isSlow] = [(): void => undefined, (): void => undefined, false];
    const [begun, ended] = [new Promise<void>((resolve) => (begin = resolve)), new Promise<void>((resolve) => (end = resolve))];
    const set = async (key: string, value: Uint8Array): Promise<void> => {
      if (isSlow && key.startsWith(SESSION)) await (begin(), ended);
      await memory.set(key, value);
    };
    const alice = await kept({ ...memory, set });
    isSlow = true;
    const written = alice.postern.register(); // changes nothing, and keeps the session anew
    await begun;
    await alice.postern.lock();
    end();
    await written;
    expect(await nameIn(memory)).to.equal(undefined);
  });

  it("serves vault keys: the passphrase is asked for once, and not after a reload", async () => {
    const wallet = await on.wallet();
    const store = memoryStore();
    let asked = 0;
    let vault: Uint8Array | undefined;
    const keys = (): ReturnType<typeof vaultKeys> => vaultKeys({ passphrase: async () => (asked++, "three herons"), vault, save: (bytes) => void (vault = bytes) });
    await (await on.connect(wallet, { ...device(store), keys: keys() })).register();
    expect(asked).to.equal(1);
    expect(await (await on.connect(wallet, { ...device(store), keys: keys() })).isRegistered()).to.equal(true);
    expect(asked).to.equal(1);
    await on.connect(wallet, { store, keys: keys() });
    expect(asked).to.equal(2);
    await refusal(on.connect(wallet, { store, keys: vaultKeys({ passphrase: () => "", vault }) }), "INVALID_ARGUMENT");
  });

  it("needs a store with a key that outlives the process: refused before the wallet is asked", async () => {
    const wallet = await on.wallet();
    const { sealingKey: _, ...keyless } = memoryStore();
    await refusal(on.connect(wallet, device(keyless)), "INVALID_ARGUMENT");
    await refusal(on.connect(wallet, { session: "device" }), "INVALID_ARGUMENT");
    await refusal(on.connect(wallet, { session: "forever" as never }), "INVALID_ARGUMENT");
    expect(wallet.total).to.equal(0);
    const broken: Store = { ...memoryStore(), sealingKey: async () => { throw new Error("locked"); } };
    const person = await on.person();
    await refusal(on.connect(person.wallet, device(broken)), "STORE_FAILED");
    const short: Store = { ...memoryStore(), sealingKey: async () => new Uint8Array(16) };
    await refusal(Postern.connect({ connection: on.connection, wallet: person.wallet, keys: walletKeys(), ...device(short) }), "STORE_FAILED");
  });
});
