import { givenKeys, walletKeys, type ConnectOptions, type Postern } from "@postern/sdk";
import { cluster } from "@postern/sdk/crypto";
import { addressBytes, PROGRAM_ADDRESS } from "@postern/sdk/program";
import { expect } from "chai";
import { RawDevice } from "../hostile/support/raw-device.js";
import { down, hooked, numbered } from "./support/connections.js";
import { lamportsOf, profileOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { stage } from "./support/stage.js";
import { take, until } from "./support/waiting.js";

const DAY_SECONDS = 86_400;
const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));

describe("rotation", () => {
  const on = stage();

  const generationOf = async (address: string): Promise<number | undefined> => (await profileOf(on.connection, address)).currentGeneration;
  const raw = async (wallet: Awaited<ReturnType<typeof on.net.wallet>>): Promise<RawDevice> =>
    RawDevice.unlock(on.connection, cluster({ programId: addressBytes(PROGRAM_ADDRESS), genesisHash: addressBytes(await on.connection.getGenesisHash()) }), wallet);

  it("asks three times and publishes the next generation", async () => {
    const { wallet, postern, address } = await on.person();
    const before = { ...wallet.prompts };
    await postern.rotate();
    expect(wallet.prompts).to.deep.equal({ messages: before.messages + 2, transactions: before.transactions + 1 });
    expect(await generationOf(address)).to.equal(1);
    await postern.rotate();
    expect(wallet.total).to.equal(before.messages + before.transactions + 6);
    expect(await generationOf(address)).to.equal(2);
  });

  it("asks four times for a new root, and the profile names it", async () => {
    const { wallet, postern, address } = await on.person();
    const before = { ...wallet.prompts };
    await postern.rotate({ newRoot: true });
    expect(wallet.prompts).to.deep.equal({ messages: before.messages + 3, transactions: before.transactions + 1 });
    const { currentGeneration, rootNumber } = await profileOf(on.connection, address);
    expect({ currentGeneration, rootNumber }).to.deep.equal({ currentGeneration: 1, rootNumber: 2 });
    await postern.rotate();
    expect((await profileOf(on.connection, address)).rootNumber).to.equal(2);
    expect(wallet.total).to.equal(before.messages + before.transactions + 7);
  });

  it("makes keys that are newer than those they replace, though this device's clock is behind", async () => {
    const alice = await on.person();
    const bob = await on.person();
    const toBob = await alice.postern.conversation(bob.address);
    await toBob.send("1");
    await (await bob.postern.conversation(alice.address)).send("2");
    const clock = Date.now;
    Date.now = () => clock() - 3_600_000;
    try {
      await alice.postern.rotate();
    } finally {
      Date.now = clock;
    }
    await toBob.send("3");
    const toAlice = await bob.postern.conversation(alice.address);
    await until(async () => (await toAlice.history()).length === 3, "bob takes the new keys");
    expect(await toAlice.safetyNumber()).to.equal(await toBob.safetyNumber());
  });

  it("is not stopped by what is paid from the old delegate while it sends that one's balance on", async () => {
    const elsewhere = await on.person();
    const numberOf = numbered();
    let sent = 0;
    let paid: Promise<void> | undefined;
    const connection = hooked(on.connection, { sendRawTransaction: async (_, pass, args) => {
      const number = numberOf(args);
      sent = Math.max(sent, number);
      if (number === 3) await (paid ??= elsewhere.postern.withdraw(10_000n)); // as a conversation does that follows the change of keys before
      return pass();
    } });
    const { postern, address } = await on.device(elsewhere, { connection });
    await postern.rotate();
    expect(await generationOf(address)).to.equal(1);
    expect(sent, "the payment came in between").to.be.above(3);
  });

  it("moves the whole balance to the new delegate: the old one owns exactly nothing", async () => {
    const { postern, address } = await on.person();
    const old = (await profileOf(on.connection, address)).delegate;
    const before = await postern.balance();
    await postern.rotate();
    expect(await lamportsOf(on.connection, old)).to.equal(0n);
    const { delegate } = await profileOf(on.connection, address);
    expect(delegate).to.not.equal(old);
    const fee = 5_000n;
    expect(await postern.balance()).to.equal(before - 4n * fee);
    expect(await lamportsOf(on.connection, delegate)).to.equal(before - 4n * fee);
  });

  it("works with an empty delegate: the wallet pays what the upload needs", async () => {
    const { postern, address } = await on.person();
    await postern.withdraw();
    await postern.rotate();
    expect(await generationOf(address)).to.equal(1);
    await postern.withdraw();
    expect(await postern.balance()).to.equal(0n);
  });

  it("is too dear for a wallet without the rent, which is said before any prompt but the root's", async () => {
    const { wallet, postern, address } = await on.person({ sol: 0.03, register: { fundLamports: 5_000_000n } });
    const asked = wallet.prompts.transactions;
    const { context } = await refusal(postern.rotate(), "INSUFFICIENT_FUNDS");
    expect(context["missingLamports"]).to.be.a("bigint");
    expect(wallet.prompts.transactions).to.equal(asked);
    expect(await generationOf(address)).to.equal(0);
  });

  for (const newRoot of [false, true]) {
    describe(newRoot ? "to a new root, interrupted" : "interrupted", () => {
      type Way = { readonly name: string; readonly keys: () => ConnectOptions["keys"]; readonly next?: () => ConnectOptions["keys"] };
      const root = random(32);
      const root2 = random(32);
      const ways: Way[] = [
        { name: "walletKeys", keys: walletKeys },
        { name: "givenKeys", keys: () => givenKeys(root), next: () => givenKeys(newRoot ? root2 : root) },
      ];
      for (const { name, keys, next } of ways) {
        const options = () => ({ newRoot, ...(newRoot && next ? { keys: next()! } : {}) });

        it(`by the wallet at any prompt, goes on at the next call (${name})`, async () => {
          const { wallet, postern, address } = await on.person({ connect: { keys: keys()! } });
          for (const kind of ["messages", "transactions"] as const) {
            wallet.refuse(kind);
            await refusal(postern.rotate(options()), "REJECTED_BY_WALLET");
            wallet.refuse(undefined);
            expect(await generationOf(address)).to.equal(0);
          }
          await postern.rotate(options());
          expect(await generationOf(address)).to.equal(1);
          expect((await profileOf(on.connection, address)).rootNumber).to.equal(newRoot ? 2 : 1);
        });

        for (const lost of [2, 3]) {
          it(`after ${lost - 1} of its three transactions, goes on at the next call, on this device or another one (${name})`, async () => {
            for (const elsewhere of [false, true]) {
              let failing = false;
              let sent = 0;
              const connection = hooked(on.connection, {
                simulateTransaction: async (_call, pass) => (failing && ++sent >= lost ? down() : pass()),
              });
              const person = await on.person({ connect: { connection, keys: keys()! } });
              failing = true;
              await refusal(person.postern.rotate(options()), "RPC_FAILED");
              failing = false;
              expect(await generationOf(person.address)).to.equal(0);
              const { nextGeneration } = await profileOf(on.connection, person.address);
              expect(nextGeneration).to.equal(2);
              const device = elsewhere ? await on.device(person, { keys: keys()! }) : person;
              const before = { ...person.wallet.prompts };
              await device.postern.rotate(options());
              expect(person.wallet.prompts.transactions).to.equal(before.transactions);
              expect(person.wallet.prompts.messages - before.messages).to.equal(name === "walletKeys" ? 1 : 0);
              const { currentGeneration, nextGeneration: after, rootNumber } = await profileOf(on.connection, person.address);
              expect({ currentGeneration, after, rootNumber }).to.deep.equal({ currentGeneration: 1, after: 2, rootNumber: newRoot ? 2 : 1 });
              expect(await (await on.device(person, { keys: (next ?? keys)()! })).postern.isRegistered()).to.equal(true);
            }
          });
        }
      }
    });
  }

  it("takes a transaction that landed unseen for what it is", async () => {
    const numberOf = numbered();
    let blind = false;
    let sent = 0;
    const connection = hooked(on.connection, {
      sendRawTransaction: async (_call, pass, args) => {
        sent = blind ? Math.max(sent, numberOf(args)) : 0;
        return pass();
      },
      getSignatureStatuses: async (_call, pass) => (blind && sent >= 3 ? down() : pass()),
      getBlockHeight: async (_call, pass) => (blind && sent >= 3 ? down() : pass()),
    });
    const { postern, address } = await on.person({ connect: { connection } });
    blind = true;
    await postern.rotate();
    expect(await generationOf(address)).to.equal(1);
  });

  it("lets a device that connects anew in, with one prompt", async () => {
    const person = await on.person();
    await person.postern.rotate();
    await person.postern.rotate();
    const asked = person.wallet.total;
    const device = await on.device(person);
    expect(person.wallet.total).to.equal(asked + 1);
    expect(await device.postern.isRegistered()).to.equal(true);
    expect(await device.postern.balance()).to.equal(await person.postern.balance());
  });

  it("tells another device of the wallet that its keys are no longer current, by a code and by an event", async () => {
    const person = await on.person();
    const other = await on.device(person);
    expect(await other.postern.isRegistered()).to.equal(true);
    await person.postern.rotate();
    const calls: ((postern: Postern) => Promise<unknown>)[] = [(p) => p.isRegistered(), (p) => p.conversations(), (p) => p.balance(), (p) => p.rotate(), (p) => p.withdraw()];
    for (const call of calls) await refusal(call(other.postern), "KEYS_ROTATED");
    const [event] = await take(1, (signal) => other.postern.events({ signal }));
    expect(event).to.deep.equal({ kind: "keysRotated", generation: 1 });
    expect(await person.postern.isRegistered()).to.equal(true);
  });

  it("does not hold the next generation before it is published: a lost device is shut out", async () => {
    const person = await on.person();
    const thief = (await on.device(person)).postern;
    await thief.conversations();
    await person.postern.rotate();
    await refusal(thief.conversations(), "KEYS_ROTATED");
    await refusal(thief.conversation((await on.person()).address), "KEYS_ROTATED");
  });

  it("wants a registered wallet, and other keys only with a new root and only if they are other", async () => {
    const unregistered = await on.connect(await on.wallet());
    await refusal(unregistered.rotate(), "NOT_REGISTERED");
    const root = random(32);
    const { postern, address } = await on.person({ connect: { keys: givenKeys(root) } });
    await refusal(postern.rotate({ keys: givenKeys(random(32)) }), "ROOT_MISMATCH");
    await refusal(postern.rotate({ keys: walletKeys() }), "ROOT_MISMATCH");
    await refusal(postern.rotate({ newRoot: true }), "INVALID_ARGUMENT");
    await refusal(postern.rotate({ newRoot: true, keys: givenKeys(root) }), "INVALID_ARGUMENT");
    await refusal(postern.rotate({ keys: {} as never }), "INVALID_ARGUMENT");
    expect((await profileOf(on.connection, address)).nextGeneration).to.equal(1);
    const next = random(32);
    await postern.rotate({ newRoot: true, keys: givenKeys(next) });
    const wallet = { publicKey: { toBase58: () => address } };
    expect(await (await on.connect(wallet, { keys: givenKeys(next) })).isRegistered()).to.equal(true);
    await refusal(on.connect(wallet, { keys: givenKeys(root) }), "ROOT_MISMATCH");
  });

  it("is announced 30 days before the keys expire, once, and not before", async () => {
    const local = await on.net.wallet({ sol: 1 });
    const device = await raw(local);
    const first = await on.connect(local);
    await first.register();
    const validUntil = Math.floor(Date.now() / 1_000) + 29 * DAY_SECONDS;
    await device.rotate({ validUntil });
    const postern = await on.connect(local);
    await postern.conversations();
    await postern.conversations();
    const [event] = await take(1, (signal) => postern.events({ signal }));
    expect(event).to.deep.equal({ kind: "keysExpiring", at: new Date(validUntil * 1_000) });
    await postern.rotate();
    const renewed = await on.connect(local);
    const heard: string[] = [];
    const ending = new AbortController();
    void (async () => { for await (const { kind } of renewed.events({ signal: ending.signal })) heard.push(kind); })();
    await renewed.conversations();
    ending.abort();
    expect(heard).to.not.include("keysExpiring");
  });

  it("ends BUNDLE_EXPIRED, and register() does it for keys that have expired", async () => {
    const local = await on.net.wallet({ sol: 1 });
    const device = await raw(local);
    await (await on.connect(local)).register();
    const now = Math.floor(Date.now() / 1_000);
    await device.rotate({ validFrom: now - 10 * DAY_SECONDS, validUntil: now - DAY_SECONDS });
    const peer = await on.person();
    const chat = await peer.postern.conversation(local.address);
    await refusal(chat.send("are you there?"), "BUNDLE_EXPIRED");
    const postern = await on.connect(local);
    await postern.register();
    expect(await generationOf(local.address)).to.equal(2);
    await postern.register();
    expect(await generationOf(local.address)).to.equal(2);
    await chat.send("are you there?");
    await until(async () => (await postern.requests()).length === 1, "the request arrives");
  });
});
