/** A message that was handed to the network by a process that stopped, and of which no endpoint can tell any more: never sent again by itself. */
import { memoryStore, type OutgoingMessage, type Store } from "@postern/sdk";
import { toBase58 } from "@postern/sdk/crypto";
import type { VersionedTransactionResponse } from "@solana/web3.js";
import { expect } from "chai";
import { hooked } from "../e2e/support/connections.js";
import { inboxOf } from "../e2e/support/ledger.js";
import { refusal } from "../e2e/support/refusal.js";
import { open, stage, type Person } from "../e2e/support/stage.js";
import { textsOf, until } from "../e2e/support/waiting.js";

const LONG = "x".repeat(885);

describe("a message whose outcome nobody can tell", function () {
  this.timeout(60_000);
  const on = stage();
  let alice: Person;
  let bob: Person;
  let store: Store;
  /** Its signature. */
  let lost: string;

  /** One that landed without its sender hearing of it; the ring has let go of it since. */
  beforeEach(async () => {
    const small = { connect: { growth: { maxBytesPerInbox: 2_048 } }, register: { fundLamports: 300_000_000n } };
    [alice, bob] = [await on.person(small), await on.person()];
    store = memoryStore();
    const [toBob, toAlice] = await open(alice, bob, "0");
    const deaf = await on.device(alice, { store, connection: hooked(on.connection, {
      getSignatureStatuses: () => new Promise(() => undefined),
      sendRawTransaction: (_call, pass, [wire]) => ((lost = toBase58((wire as Uint8Array).slice(1, 65))), pass()),
    }) });
    await (await deaf.postern.conversation(bob.address)).enqueue("1");
    await until(async () => textsOf(await toAlice.history()).includes("1"), "it lands");
    await deaf.postern.close();
    for (const text of ["2", "3", "4"]) {
      await toAlice.history();
      await toAlice.send("read"); // acknowledges, so that the ring may let go
      await toBob.send(`${text} ${LONG.slice(2)}`);
    }
    expect((await inboxOf(on.connection, alice.address))!.first, "the ring has moved on").to.be.above(3);
  });

  /** A later session, whose endpoint knows neither the signature nor what is older than the ring. */
  const forgetful = (answers: () => Promise<void> = () => Promise.resolve()): Promise<Person> => on.device(alice, {
    store, connection: hooked(on.connection, {
      getSignatureStatuses: async (_call, _pass, [signatures]) => (await answers(), { context: { slot: 1 }, value: (signatures as string[]).map(() => null) }),
      getSignaturesForAddress: async () => [],
    }),
  });
  async function unknown(device: Person): Promise<OutgoingMessage> {
    const [message] = await (await device.postern.conversation(bob.address)).outgoing();
    const { context } = await refusal(message!.done, "OUTCOME_UNKNOWN");
    expect(context).to.include.keys("signature", "inbox", "seq");
    expect(message!.status).to.equal("failed");
    return message!;
  }
  const seen = async (): Promise<string[]> => textsOf(await (await bob.postern.conversation(alice.address)).history({ limit: 1_000 })).filter((text) => text === "1" || text === "5");

  it("fails with OUTCOME_UNKNOWN and holds up what comes after it; tried again where history is known, it turns out delivered", async () => {
    const device = await forgetful();
    const message = await unknown(device);
    const chat = await device.postern.conversation(bob.address);
    expect((await refusal(chat.send("5"), "OUTBOX_BLOCKED")).context).to.deep.equal({ id: message.id, code: "OUTCOME_UNKNOWN" });
    await device.postern.close();
    const later = await (await on.device(alice, { store })).postern.conversation(bob.address);
    const [again] = await later.outgoing();
    expect(again!.error?.code).to.equal("OUTCOME_UNKNOWN");
    await again!.retry();
    const { seq } = await again!.done;
    await later.send("5");
    expect(await seen(), "once each").to.deep.equal(["1", "5"]);
    expect(textsOf((await later.history({ limit: 1_000 })).filter((each) => each.mine && each.seq === seq))).to.deep.equal(["1"]);
  });

  it("turns out delivered where only history still knows its transaction, as minutes later", async () => {
    const device = await on.device(alice, {
      store, connection: hooked(on.connection, {
        getSignatureStatuses: async (_call, pass, [signatures, config]) => {
          const known = (await pass()) as { context: object; value: unknown[] };
          const isOld = (i: number): boolean => (signatures as string[])[i] === lost && (config as { searchTransactionHistory?: boolean } | undefined)?.searchTransactionHistory !== true;
          return { ...known, value: known.value.map((status, i) => (isOld(i) ? null : status)) };
        },
      }),
    });
    const [message] = await (await device.postern.conversation(bob.address)).outgoing();
    expect((await message!.done).signature).to.equal(lost);
    expect(await seen()).to.deep.equal(["1"]);
  });

  for (const [what, differs] of [["turns out delivered", false], ["is sent anew", true]] as const) {
    it(`${what} where transaction history has ${differs ? "another frame" : "it"} under its number, though of its signature nothing is known`, async () => {
      const device = await on.device(alice, {
        store, connection: hooked(on.connection, {
          getSignatureStatuses: async (_call, pass, [signatures]) => {
            const known = (await pass()) as { context: object; value: unknown[] };
            return { ...known, value: known.value.map((status, i) => ((signatures as string[])[i] === lost ? null : status)) };
          },
          getTransaction: async (_call, pass, [signature]) => {
            const found = (await pass()) as VersionedTransactionResponse | null;
            for (const { data } of differs && signature === lost ? found?.transaction.message.compiledInstructions ?? [] : []) data[data.length - 1]! ^= 1;
            return found;
          },
        }),
      });
      const [message] = await (await device.postern.conversation(bob.address)).outgoing();
      await message!.done;
      expect(await seen()).to.deep.equal(differs ? ["1", "1"] : ["1"]);
    });
  }

  it("makes way when it is cancelled, which says that it may have been sent, as it was", async () => {
    const device = await forgetful();
    const message = await unknown(device);
    expect(await message.cancel(), "nobody can be certain that it was not").to.equal(false);
    const chat = await device.postern.conversation(bob.address);
    expect(await chat.outgoing()).to.deep.equal([]);
    expect(await seen()).to.deep.equal(["1"]);
  });

  it("is not said to be unsent, and stays, when it is cancelled while it is tried again", async () => {
    let answers: () => Promise<void> = () => Promise.resolve();
    const device = await forgetful(() => answers());
    const message = await unknown(device);
    answers = () => new Promise(() => undefined);
    await message.retry();
    expect([message.status, await message.cancel()]).to.deep.equal(["queued", false]);
    expect((await (await device.postern.conversation(bob.address)).outgoing()).map(({ id }) => id)).to.deep.equal([message.id]);
    expect(await seen()).to.deep.equal(["1"]);
  });
});
