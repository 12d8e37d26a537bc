/** Keys from a vault: handed to the app before anything is published, opened with a passphrase, and nobody's but the app's. */
import { changeVaultPassphrase, memoryStore, vaultKeys, walletKeys, type Postern } from "@postern/sdk";
import { openVault, utf8 } from "@postern/sdk/crypto";
import { addressBytes } from "@postern/sdk/program";
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { expect } from "chai";
import { signRandomly } from "../hostile/support/fickle-wallet.js";
import { internalsOf } from "../hostile/support/internals.js";
import { everything, holds } from "../hostile/support/whole-ledger.js";
import { profileOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { PASSPHRASE, shelf } from "./support/shelf.js";
import { open, stage } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";
import type { CountingWallet } from "./support/wallets.js";

/** All of a vault but its version and cost, by what each is. */
const partsOf = (vault: Uint8Array): Record<"salt" | "commitment" | "box", Uint8Array> => ({ salt: vault.slice(2, 18), commitment: vault.slice(18, 50), box: vault.slice(50) });

describe("vault keys", function () {
  this.timeout(120_000);
  const on = stage();

  const published = async (wallet: CountingWallet): Promise<boolean> =>
    profileOf(on.connection, wallet.publicKey.toBase58()).then(() => true, () => false);

  it("register, write and are read on a second device that has the vault and the passphrase, without a prompt to unlock", async () => {
    const [bob, wallet] = await Promise.all([on.person(), on.wallet()]);
    const kept = shelf();
    const postern = await on.connect(wallet, { keys: kept.keys() });
    expect([wallet.total, kept.saved], "connecting asks and saves nothing").to.deep.equal([0, 0]);
    await postern.register();
    expect(wallet.prompts, "a certificate and a transaction").to.deep.equal({ messages: 1, transactions: 1 });
    expect([kept.saved, kept.vault?.length]).to.deep.equal([1, 98]);
    expect((await profileOf(on.connection, postern.address)).rootKind).to.equal("vault");
    const [toBob] = await open({ wallet, address: postern.address, postern }, bob);
    await toBob.send("from the vault");

    const prompts = wallet.total;
    const second = await on.connect(wallet, { keys: kept.keys() });
    expect(textsOf(await (await second.conversation(bob.address)).history())).to.deep.equal(["gm", "from the vault"]);
    await (await second.conversation(bob.address)).send("and from the second device");
    await second.register();
    expect([wallet.total, kept.saved]).to.deep.equal([prompts, 1]);
  });

  it("are held as they were passed and as they were saved, whatever the app does with those bytes afterwards", async () => {
    const wallet = await on.wallet();
    let stored = new Uint8Array(0);
    const keys = vaultKeys({ passphrase: PASSPHRASE, save: (vault) => void ((stored = vault.slice()), vault.fill(0)) });
    await (await on.connect(wallet, { keys })).register();
    expect(await (await on.connect(wallet, { keys })).isRegistered()).to.equal(true);
    const passed = stored.slice();
    const again = vaultKeys({ passphrase: PASSPHRASE, vault: passed });
    passed.fill(0);
    expect(await (await on.connect(wallet, { keys: again })).isRegistered()).to.equal(true);
  });

  it("are in the app's hands before the wallet is asked to publish anything; what fails there stops the registration", async () => {
    const wallet = await on.wallet();
    const order: string[] = [];
    const failure = new Error("disk full");
    let fails = true;
    const keys = vaultKeys({
      passphrase: PASSPHRASE,
      save: async () => {
        await new Promise(setImmediate);
        order.push(`saved after ${wallet.total} prompts, published: ${await published(wallet)}`);
        if (fails) throw failure;
      },
    });
    const postern = await on.connect(wallet, { keys });
    const error = await refusal(postern.register(), "VAULT_NOT_SAVED");
    expect(error.cause).to.equal(failure);
    expect([wallet.total, await published(wallet)]).to.deep.equal([0, false]);
    fails = false;
    await postern.register();
    expect(order).to.deep.equal(Array.from({ length: 2 }, () => "saved after 0 prompts, published: false"));
    expect(await postern.isRegistered()).to.equal(true);
  });

  it("without anyone to keep the vault publish nothing: VAULT_NOT_SAVED, before any prompt", async () => {
    const wallet = await on.wallet();
    const postern = await on.connect(wallet, { keys: vaultKeys({ passphrase: PASSPHRASE }) });
    const error = await refusal(postern.register(), "VAULT_NOT_SAVED");
    expect(error.message).to.contain("save");
    expect([wallet.total, await published(wallet)]).to.deep.equal([0, false]);
  });

  it("are saved once for registrations that run at the same time and for those that are rejected and tried again", async () => {
    const wallet = await on.wallet();
    const kept = shelf();
    const postern = await on.connect(wallet, { keys: kept.keys() });
    wallet.refuse("messages");
    await refusal(postern.register(), "REJECTED_BY_WALLET");
    wallet.refuse(undefined);
    await Promise.all([postern.register(), postern.register()]);
    expect(kept.saved).to.equal(1);
    const again = await on.connect(wallet, { keys: kept.keys() });
    expect(await again.isRegistered()).to.equal(true);
  });

  it("that are new are VAULT_MISSING for a wallet that is registered: the vault that is kept is not overwritten", async () => {
    const wallet = await on.wallet();
    const kept = shelf();
    await (await on.connect(wallet, { keys: kept.keys() })).register();
    let saved = 0;
    await refusal(on.connect(wallet, { keys: vaultKeys({ passphrase: PASSPHRASE, save: () => void saved++ }) }), "VAULT_MISSING");
    expect(saved).to.equal(0);
  });

  it("open with the passphrase alone, however its characters are composed; a wrong one is PASSPHRASE_WRONG and says nothing more", async () => {
    const wallet = await on.wallet();
    const kept = shelf();
    await (await on.connect(wallet, { keys: kept.keys() })).register();
    for (const same of [PASSPHRASE.normalize("NFD"), PASSPHRASE.normalize("NFKC")]) {
      expect(await (await on.connect(wallet, { keys: kept.keys(same) })).isRegistered()).to.equal(true);
    }
    for (const other of [`${PASSPHRASE} `, PASSPHRASE.toUpperCase()]) {
      const error = await refusal(on.connect(wallet, { keys: kept.keys(other) }), "PASSPHRASE_WRONG");
      expect(inspect(error)).not.to.contain(other.trim());
    }
    await refusal(Promise.resolve().then(() => kept.keys("")), "INVALID_ARGUMENT");
    await refusal(on.connect(wallet, { keys: kept.keys("cut \ud800 here") }), "INVALID_TEXT");
  });

  it("open with a new passphrase after a change, as the same keys; the old vault still opens with the old one", async () => {
    const wallet = await on.wallet();
    const kept = shelf();
    await (await on.connect(wallet, { keys: kept.keys() })).register();
    const old = kept.vault as Uint8Array;
    await refusal(changeVaultPassphrase({ vault: old, passphrase: "not it", newPassphrase: "new" }), "PASSPHRASE_WRONG");
    await refusal(changeVaultPassphrase({ vault: old, passphrase: PASSPHRASE, newPassphrase: "" }), "INVALID_ARGUMENT");
    const vault = await changeVaultPassphrase({ vault: old, passphrase: PASSPHRASE, newPassphrase: "new" });
    expect(vault.slice(2, 18), "a fresh salt").not.to.deep.equal(old.slice(2, 18));
    expect(await (await on.connect(wallet, { keys: vaultKeys({ passphrase: "new", vault }) })).isRegistered()).to.equal(true);
    await refusal(on.connect(wallet, { keys: vaultKeys({ passphrase: PASSPHRASE, vault }) }), "PASSPHRASE_WRONG");
    expect(await (await on.connect(wallet, { keys: vaultKeys({ passphrase: PASSPHRASE, vault: old }) })).isRegistered()).to.equal(true);
  });

  it("of another vault, and other keys than the vault's, are ROOT_MISMATCH", async () => {
    const [alice, carol] = await Promise.all([on.wallet(), on.wallet()]);
    const [hers, carols] = [shelf(), shelf()];
    await (await on.connect(alice, { keys: hers.keys() })).register();
    await (await on.connect(carol, { keys: carols.keys() })).register();
    await refusal(on.connect(alice, { keys: carols.keys() }), "ROOT_MISMATCH");
    await refusal(on.connect(alice, { keys: walletKeys() }), "ROOT_MISMATCH");
    const { wallet: dave } = await on.person();
    await refusal(on.connect(dave, { keys: carols.keys() }), "ROOT_MISMATCH");
  });

  it("rotate under the same vault without another, and under a new one, saved first, when the old may be known to others", async () => {
    const wallet = await on.wallet();
    const [old, next] = [shelf(), shelf()];
    const postern = await on.connect(wallet, { keys: old.keys() });
    await postern.register();
    await postern.rotate();
    expect([old.saved, await (await on.connect(wallet, { keys: old.keys() })).isRegistered()]).to.deep.equal([1, true]);
    await refusal(postern.rotate({ newRoot: true }), "INVALID_ARGUMENT");
    const prompts = wallet.total;
    await refusal(postern.rotate({ newRoot: true, keys: vaultKeys({ passphrase: PASSPHRASE }) }), "VAULT_NOT_SAVED");
    expect(wallet.total).to.equal(prompts);
    await postern.rotate({ newRoot: true, keys: next.keys() });
    expect([next.saved, (await profileOf(on.connection, postern.address)).rootNumber]).to.deep.equal([1, 2]);
    expect(await (await on.connect(wallet, { keys: next.keys() })).isRegistered()).to.equal(true);
    await refusal(on.connect(wallet, { keys: old.keys() }), "ROOT_MISMATCH");
  });

  it("from bytes that are no vault, or a damaged one, are a coded refusal, whatever the bytes", async () => {
    const wallet = await on.wallet();
    const kept = shelf();
    await (await on.connect(wallet, { keys: kept.keys() })).register();
    const good = kept.vault as Uint8Array;
    const flipped = (at: number): Uint8Array => good.map((byte, i) => (i === at ? byte ^ 1 : byte));
    const cases: [Uint8Array, string][] = [
      [new Uint8Array(0), "VAULT_INVALID"], [good.slice(0, 97), "VAULT_INVALID"], [Uint8Array.of(...good, 0), "VAULT_INVALID"], [flipped(0), "VAULT_UNSUPPORTED"],
      [good.map((byte, i) => (i === 1 ? 21 : byte)), "VAULT_UNSUPPORTED"], [good.map((byte, i) => (i === 1 ? 255 : byte)), "VAULT_UNSUPPORTED"],
      [flipped(2), "PASSPHRASE_WRONG"], [flipped(20), "PASSPHRASE_WRONG"], [flipped(50), "VAULT_INVALID"], [flipped(97), "VAULT_INVALID"],
      [new Uint8Array(randomBytes(98)).fill(7, 0, 1), "VAULT_UNSUPPORTED"],
    ];
    for (const [vault, code] of cases) await refusal(on.connect(wallet, { keys: vaultKeys({ passphrase: PASSPHRASE, vault }) }), code);
    await refusal(Promise.resolve().then(() => vaultKeys({ passphrase: PASSPHRASE, vault: "vault" as never })), "INVALID_ARGUMENT");
  });

  it("are what a wallet that signs differently each time is told to use, and serve it", async () => {
    const steady = await on.net.wallet();
    const fickle = { ...(await on.wallet()), publicKey: steady.publicKey, signMessage: async (text: Uint8Array) => signRandomly(steady.secretKey.slice(0, 32), text), signTransaction: steady.signTransaction };
    const error = await refusal((await on.connect(fickle)).register(), "WALLET_NOT_DETERMINISTIC");
    expect([error.message.includes("vaultKeys()"), error.context["recommended"]]).to.deep.equal([true, "vaultKeys"]);
    const kept = shelf();
    const first = await on.connect(fickle, { keys: kept.keys() });
    await first.register();
    const bob = await on.person();
    await (await first.conversation(bob.address)).send("signed another way");
    const second: Postern = await on.connect(fickle, { keys: kept.keys() });
    expect(textsOf(await (await second.conversation(bob.address)).history())).to.deep.equal(["signed another way"]);
  });

  it("leave the vault neither on the ledger nor in the store, nor any part of it, nor what is in it", async () => {
    const [wallet, bob] = [await on.wallet(), await on.person()];
    const kept = shelf();
    const store = memoryStore();
    const postern = await on.connect(wallet, { keys: kept.keys(), store, session: "device" });
    await postern.register();
    const [toBob] = await open({ wallet, address: postern.address, postern }, bob);
    await toBob.markRead((await toBob.history()).at(-1)!.cursor);
    await postern.rotate();
    const vault = kept.vault as Uint8Array;
    const secrets = { ...partsOf(vault), random: await openVault({ vault, passphrase: PASSPHRASE }), passphrase: utf8(PASSPHRASE), normalized: utf8(PASSPHRASE.normalize("NFKC")) };
    const { context, channels } = internalsOf(postern).session.send;
    const tells = (where: readonly Uint8Array[]): string[] => Object.entries(secrets).flatMap(([name, secret]) => (holds(where, secret.slice(0, 16)) || holds(where, secret.slice(-16)) ? [name] : []));

    const delegates = context.keyring.generations.map((generation) => context.keyring.delegate(generation));
    const ledger = await everything(on.connection, [postern.address, ...delegates]);
    expect(delegates.map((delegate) => holds(ledger, addressBytes(delegate))), "what is there is found").to.deep.equal([true, true]);
    expect(tells(ledger)).to.deep.equal([]);

    const names = await context.store.keys("");
    const records = await Promise.all(names.map((name) => context.store.get(name)));
    const inboxKey = channels.channel(bob.address).view.outboxes[0]!.source.inboxKey;
    expect([names.includes(`read/${bob.address}`), holds(records as Uint8Array[], inboxKey)], "what is there is found, unsealed").to.deep.equal([true, true]);
    const raw = await Promise.all((await store.keys("")).map(async (key) => [utf8(key), (await store.get(key)) as Uint8Array]));
    expect(tells([...names.map(utf8), ...(records as Uint8Array[]), ...raw.flat()])).to.deep.equal([]);
    const session = await store.get((await store.keys("postern/session/"))[0] ?? "");
    expect(session, "two generations and the store's secret").to.have.lengthOf(1 + 12 + (4 + 32 + 1 + 2 * 40) + 16);
    expect(tells([vault]), "a vault would be found").to.deep.equal(Object.keys(partsOf(vault)));
  });

  it("open while the page goes on: it holds the event loop for a small part of the time at once", async () => {
    const wallet = await on.wallet();
    const kept = shelf();
    await (await on.connect(wallet, { keys: kept.keys() })).register();
    const used = (): number => Object.values(process.cpuUsage()).reduce((sum, part) => sum + part); // not the time: a machine that is busy elsewhere holds the loop as well
    let longest = 0;
    const start = used();
    let last = start;
    const turn = (): void => {
      longest = Math.max(longest, used() - last);
      last = used();
    };
    const watch = setInterval(turn, 5);
    const changed = await changeVaultPassphrase({ vault: kept.vault as Uint8Array, passphrase: PASSPHRASE, newPassphrase: "other" });
    clearInterval(watch);
    turn();
    expect(changed).to.have.lengthOf(98);
    expect(longest).to.be.lessThan((used() - start) / 4);
  });
});
