/** Keys that were replaced leave a running session as well, once nobody writes to them any more. */
import { memoryStore, type Postern } from "@postern/sdk";
import { exportEncrypted } from "@postern/sdk/export";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { lamportsOf } from "./support/ledger.js";
import { open, stage } from "./support/stage.js";
import { textsOf, until, untilClosed } from "./support/waiting.js";

const DAY_MS = 86_400_000;

describe("a running session", function () {
  this.timeout(120_000);
  const on = stage();
  const clock = Date.now;
  afterEach(() => void (Date.now = clock));

  /** The generations whose secrets a session holds. */
  async function held(postern: Postern): Promise<number[]> {
    const identity = await generateX25519Identity();
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const file = await exportEncrypted(postern, { recipients: [await identityToRecipient(identity)], keys: true });
    const lines = (await decrypter.decrypt(file, "text")).trim().split("\n").map((line) => JSON.parse(line) as { type: string; generations?: { generation: number }[] });
    return lines.flatMap(({ generations }) => generations ?? []).map(({ generation }) => generation).sort();
  }

  it("holds replaced keys for a week and not a day longer, and goes on", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "1");
    await alice.postern.rotate();
    await toBob.send("2");
    await toAlice.send("3");
    await until(async () => (await toAlice.history(), textsOf(await toBob.history()).length === 3), "all is read");
    expect(await held(alice.postern)).to.deep.equal([0, 1]);
    Date.now = () => clock() + 6 * DAY_MS;
    await alice.postern.conversations();
    expect(await held(alice.postern)).to.deep.equal([0, 1]);
    Date.now = () => clock() + 8 * DAY_MS;
    await alice.postern.conversations();
    expect(await held(alice.postern)).to.deep.equal([1]);
    await toBob.send("4");
    await toAlice.send("5");
    for (const chat of [toBob, toAlice]) expect(textsOf(await chat.history())).to.deep.equal(["1", "2", "3", "4", "5"]);
    expect(toBob.state).to.equal("open");
  });

  it("lets go of an inbox that the peer has not read by then; the next unlocking by the wallet finds it, and gets its rent once it is read", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob] = await open(alice, bob, "1");
    await toBob.send("2");
    await alice.postern.rotate();
    await toBob.send("3");
    Date.now = () => clock() + 8 * DAY_MS;
    await alice.postern.conversations();
    expect(await held(alice.postern)).to.deep.equal([1]);
    expect(textsOf(await toBob.history()), "what was read stays").to.deep.equal(["1", "2", "3"]);
    await toBob.send("4");
    const later = await on.device(alice, { store: memoryStore() });
    expect(await held(later.postern), "asked for to read what is older").to.deep.equal([0, 1]);
    const again = await later.postern.conversation(bob.address);
    expect(textsOf(await again.history())).to.deep.equal(["1", "2", "3", "4"]);
    const toAlice = await bob.postern.conversation(alice.address);
    const rent = await lamportsOf(on.connection, alice.address);
    await untilClosed(async () => {
      expect(textsOf(await toAlice.history())).to.deep.equal(["1", "2", "3", "4"]);
      await again.history();
      return (await lamportsOf(on.connection, alice.address)) > rent;
    }, "the old inbox is closed");
  });
});
