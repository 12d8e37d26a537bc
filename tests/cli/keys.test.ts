/** What somebody at a terminal is told of a peer's keys. */
import { keypairWallet, memoryStore, Postern } from "@postern/sdk";
import { startLocalnet, type Localnet } from "@postern/sdk/localnet";
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inboxOf } from "../e2e/support/ledger.js";
import { until } from "../e2e/support/waiting.js";
import { person, type Person } from "./support/person.js";

describe("the postern command, of keys", function () {
  this.timeout(180_000);
  let net: Localnet;
  let folder: string;
  let alice: Person;
  let bob: Person;
  let device: Postern; // Bob's, in an app

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "postern-cli-"));
    net = await startLocalnet({ slotTimeMs: 50 });
    const wallet = await net.wallet({ sol: 5 });
    alice = person(net, folder, { name: "alice", wallet: await net.wallet({ sol: 5 }) });
    bob = person(net, folder, { name: "bob", wallet });
    for (const { json } of [alice, bob]) await json("register", "--fund", "200000000");
    await alice.json("send", bob.address, "gm");
    await bob.json("send", alice.address, "gm yourself");
    device = await Postern.connect({ connection: net.connection(), wallet: keypairWallet(wallet.secretKey), store: memoryStore() });
  });
  after(async () => {
    await device.close();
    await net.stop();
    rmSync(folder, { recursive: true });
  });

  const seenBy = async (who: Person, peer: Person): Promise<Record<string, unknown>> => (await who.json("keys", peer.address))[0]!;

  it("shows the same digits at both ends, in groups to people", async () => {
    const seen = await seenBy(alice, bob);
    expect(seen).to.include({ peer: bob.address, keysChanged: false });
    expect(seen["safetyNumber"]).to.match(/^\d{60}$/).and.equal((await seenBy(bob, alice))["safetyNumber"]);
    const { exit, stdout, stderr } = await alice.run("keys", bob.address).ended;
    const [digits] = stdout.split("\n");
    expect(digits).to.match(/^(\d{5} ){11}\d{5}$/);
    expect([exit, digits!.replaceAll(" ", ""), stderr.includes("replaced")]).to.deep.equal([0, seen["safetyNumber"], false]);
  });

  it("says with every command that a peer's keys were replaced, until the new number is accepted, and takes no other", async () => {
    const { safetyNumber: before } = await seenBy(alice, bob);
    await device.rotate();
    expect((await alice.json("send", bob.address, "still you?"))[0]).to.include({ keysChanged: true });
    for (const args of [["send", bob.address, "hello?"], ["read", bob.address], ["conversations"]]) {
      const { exit, stderr } = await alice.run(...args).ended;
      expect([exit, stderr], args[0]).to.satisfy(([code, said]: [unknown, string]) => code === 0 && said.includes(`The keys of ${bob.address} were replaced`));
    }
    expect((await alice.json("conversations"))[0]).to.include({ peer: bob.address, keysChanged: true });
    expect((await alice.json("read", bob.address, "--limit", "1"))[0]).to.include({ keysChanged: true });

    const refused = await alice.run("keys", bob.address, "--accept", String(before)).ended;
    expect([refused.exit, refused.stdout, refused.stderr.includes("not the safety number as it is now")]).to.deep.equal([2, "", true]);
    const { safetyNumber: now, keysChanged } = await seenBy(alice, bob);
    expect([now !== before, now === (await seenBy(bob, alice))["safetyNumber"], keysChanged]).to.deep.equal([true, true, true]);
    const grouped = String(now).replace(/\d{5}/g, "$& ").trim();
    expect((await alice.json("keys", bob.address, "--accept", grouped))[0]).to.include({ safetyNumber: now, keysChanged: false });
    expect((await alice.json("conversations"))[0]).to.include({ keysChanged: false });
    expect((await alice.run("read", bob.address).ended).stderr).not.to.include("replaced");
  });

  it("shows a request's sender whose keys were replaced since it was last seen, before and when it is accepted", async () => {
    const carol = person(net, folder, { name: "carol", wallet: await net.wallet({ sol: 5 }) });
    await carol.json("register", "--fund", "200000000");
    await carol.json("keys", bob.address);
    await device.rotate();
    await carol.json("keys", bob.address);
    await (await device.conversation(carol.address)).send("we have not met");
    expect((await carol.run("requests").ended).stderr).to.include(`The keys of ${bob.address} were replaced`);
    expect((await carol.json("requests"))[0]).to.include({ from: bob.address, keysChanged: true });
    expect(await carol.json("requests", "--accept", bob.address)).to.deep.equal([{ accepted: bob.address, keysChanged: true }]);
  });

  it("reads nothing behind the last message though the conversation has moved to other inboxes since", async () => {
    const [last] = await alice.json("read", bob.address, "--limit", "1");
    await device.rotate();
    const chat = await device.conversation(alice.address);
    await until(async () => (await chat.history(), (await inboxOf(net.connection(), bob.address)) !== undefined), "Bob's app has moved it");
    expect(await alice.json("read", bob.address, "--after", String(last!["cursor"]))).to.deep.equal([]);
    await chat.send("on");
    expect((await alice.json("read", bob.address, "--after", String(last!["cursor"]))).map(({ text }) => text)).to.deep.equal(["on"]);
  });
});
