/** A thief of keys that were replaced since: what can still be written with them, and that nobody takes it for the owner's. */
import { inboxKey, splitHandshake } from "@postern/sdk/crypto";
import { closeProfile, transfer } from "@postern/sdk/program";
import { expect } from "chai";
import { chainSeconds } from "../e2e/support/ledger.js";
import { openInboxFor } from "./support/mover.js";
import { program, type OwnInbox } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, listen, shown, World, type Person } from "./support/world.js";

const DAY_SECONDS = 86_400;
const DAY_MS = 1_000 * DAY_SECONDS;

describe("who holds keys that a wallet has replaced", function () {
  this.timeout(120_000);
  let world: World;
  let alice: Person;
  let bob: Person;
  const clock = Date.now;

  before(async () => void (world = await World.start()));
  after(() => world.stop());
  beforeEach(async () => {
    Date.now = () => clock() - 20 * DAY_MS; // the cards are of then; the chain's clock is not moved
    [alice, bob] = (await world.people(2)) as [Person, Person];
    Date.now = clock;
    await world.introduce(alice, bob);
    await historyOf(bob.postern, alice.address);
  });
  afterEach(() => void (Date.now = clock));

  const nowSeconds = (): number => Math.floor(clock() / 1_000);
  /** With the stolen keys, a text in the inbox that Alice has written with them; again where her client takes the number first. */
  async function forge(text: string, own?: OwnInbox): Promise<void> {
    const { address, secret } = own ?? (await alice.raw.own(0));
    await until(async () => {
      const frame = alice.raw.message(secret, (await alice.raw.inbox(address)).next, text);
      return alice.raw.post(address, frame).then(() => true, (error: unknown) => {
        if (String(error).includes("0x1775")) return false; // SequenceMismatch
        throw error;
      });
    });
  }

  it("writes as the owner in the old inbox for a week, where the owner does not move on", async () => {
    await alice.raw.rotate({ validFrom: nowSeconds() - 6 * DAY_SECONDS });
    await forge("within the week");
    expect(await historyOf(bob.postern, alice.address)).to.deep.equal(["first", "answer", "within the week"]);
  });

  it("is not taken for the owner a week on: one unreadable message each, and what stands before is as it was", async () => {
    await alice.raw.rotate({ validFrom: nowSeconds() - 8 * DAY_SECONDS });
    await forge("a week on");
    expect(await historyOf(bob.postern, alice.address)).to.deep.equal(["first", "answer", "[STALE_SENDER_KEYS]"]);
    const owner = await world.connect({ wallet: alice.wallet });
    expect(await historyOf(owner, bob.address), "nor by the owner's own devices").to.include("[STALE_SENDER_KEYS]").and.not.include("a week on");
  });

  it("is found out by the week that follows its own keys, and not by the one that follows later ones", async () => {
    await alice.raw.rotate({ validFrom: nowSeconds() - 9 * DAY_SECONDS });
    await alice.raw.rotate({ validFrom: nowSeconds() - DAY_SECONDS });
    await forge("two generations on");
    expect(await historyOf(bob.postern, alice.address)).to.deep.equal(["first", "answer", "[STALE_SENDER_KEYS]"]);
  });

  it("is not taken for the owner behind the owner's last word, though it comes within the week and says to go on elsewhere once more", async () => {
    const old = await alice.raw.own(0);
    await until(async () => nowSeconds() > (await alice.raw.bundleOf(alice.address)).card.validFrom);
    await alice.postern.rotate();
    const toBob = await alice.postern.conversation(bob.address);
    await toBob.send("in the new inbox");
    await until(async () => (await toBob.history(), (await alice.raw.inbox(old.address)).next > old.inbox.next)); // the owner has moved
    await alice.raw.submit([transfer({ from: alice.address, to: alice.raw.delegate().publicKey.toBase58(), lamports: 5_000_000n })], [alice.raw.walletKey]); // the thief's own money
    await forge("behind it", old);
    await forge("and again", old);
    for (const device of [bob.postern, await world.connect({ wallet: bob.wallet })]) {
      const read = await historyOf(device, alice.address);
      expect(read.filter((text) => text.startsWith("["))).to.deep.equal(["[STALE_SENDER_KEYS]", "[STALE_SENDER_KEYS]"]);
      expect(read.filter((text) => !text.startsWith("["))).to.have.members(["first", "answer", "in the new inbox"]);
    }
    await (await bob.postern.conversation(alice.address)).send("heard");
    expect((await historyOf(alice.postern, bob.address)).at(-1)).to.equal("heard");
  });

  it("opens nothing new: its request is rejected where the wallets talk, is in no list, and is answered by nobody", async () => {
    await alice.raw.rotate({ validFrom: nowSeconds() - 3_600 });
    const to = await alice.raw.bundleOf(bob.address);
    const own = await alice.raw.bundleOf(alice.address);
    const opened = await alice.raw.openTo(to);
    const { handshake, thread } = alice.raw.honestHandshake(to, own, opened.identity);
    const secret = inboxKey(world.cluster.domain, thread, { role: 0, ...opened.identity });
    await alice.raw.post(opened.address, ...splitHandshake(handshake), alice.raw.message(secret, 2, "new here"));
    const { rejections, stop } = listen(bob.postern);
    expect(await bob.postern.requests()).to.deep.equal([]);
    expect(await historyOf(bob.postern, alice.address)).to.deep.equal(["first", "answer"]);
    expect(rejections(opened.address)).to.deep.equal(["STALE_SENDER_KEYS"]);
    expect((await alice.raw.inbox(opened.address)).state).to.equal("request");
    stop();
  });

  it("has what it asked a stranger for withdrawn, once that wallet knows the owner's keys", async () => {
    const carol = await world.person();
    await alice.raw.rotate({ validFrom: nowSeconds() - 3_600 });
    await alice.raw.submit([transfer({ from: alice.address, to: alice.raw.delegate(1).publicKey.toBase58(), lamports: 200_000_000n })], [alice.raw.walletKey]);
    const { address } = await openInboxFor(alice.raw, { to: await alice.raw.bundleOf(carol.address), index: 1, reader: "request", texts: ["send", "money"] });
    expect(await historyOf(carol.postern, alice.address), "nobody asks for a stranger's keys to read").to.deep.equal(["send", "money"]);
    const [asked] = await carol.postern.requests();
    expect(await asked!.accept().then(() => "accepted", ({ code }: { code: string }) => code)).to.equal("STALE_SENDER_KEYS");
    const { events, rejections, stop } = listen(carol.postern);
    await (await (await world.connect({ wallet: alice.wallet })).conversation(carol.address)).send("it is me");
    await (await carol.postern.requests())[0]!.accept();
    expect(await historyOf(carol.postern, alice.address)).to.deep.equal(["it is me"]);
    expect(await (await carol.postern.conversation(alice.address)).unread()).to.equal(1);
    expect(events.filter(({ kind }) => kind === "withdrawn")).to.have.lengthOf(2);
    expect(rejections(address)).to.deep.equal(["STALE_SENDER_KEYS"]);
    expect([(await alice.raw.inbox(address)).state, await carol.postern.requests()]).to.deep.equal(["request", []]);
    stop();
  });

  it("leads nobody away: an inbox that it has opened and says to go on in is not followed, and what the owner writes is read", async () => {
    const old = await alice.raw.own(0);
    await alice.raw.rotate({ validFrom: nowSeconds() - 3_600 });
    const decoy = await openInboxFor(alice.raw, { to: await alice.raw.bundleOf(bob.address), index: 7, texts: ["in the decoy"] });
    await alice.raw.move(old.address, old.secret, decoy.address);
    await alice.raw.submit([transfer({ from: alice.address, to: alice.raw.delegate(1).publicKey.toBase58(), lamports: 200_000_000n })], [alice.raw.walletKey]);
    const toBob = await (await world.connect({ wallet: alice.wallet })).conversation(bob.address);
    for (let i = 0; i < 2; i++) expect(await historyOf(bob.postern, alice.address)).to.deep.equal(["first", "answer"]);
    await toBob.send("still here");
    await (await bob.postern.conversation(alice.address)).send("and so am I");
    expect(await historyOf(bob.postern, alice.address)).to.deep.equal(["first", "answer", "still here", "and so am I"]);
    const own = shown(await toBob.history());
    expect(own.filter((text) => !text.startsWith("["))).to.deep.equal(["first", "answer", "still here", "and so am I"]);
    expect(own.filter((text) => text.startsWith("[")), "the owner is told of it").to.deep.equal(["[STALE_SENDER_KEYS]"]);
    expect((await alice.raw.inbox(decoy.address)).acknowledged).to.equal(0);
  });

  it("is not answered by a stranger whom the owner asked for before it registered anew, though both sets of keys are of the same generation", async () => {
    const carol = await world.person();
    await (await alice.postern.conversation(carol.address)).send("before");
    const { address } = await alice.raw.own(1);
    await alice.postern.close();
    await alice.raw.submit([closeProfile({ program, wallet: alice.address, refund: alice.address, current: { generation: 0, refund: alice.address } })], [alice.raw.walletKey]);
    await (await world.connect({ wallet: alice.wallet, rootNumber: 2 })).register();
    const [asked] = await carol.postern.requests();
    expect(await asked!.accept().then(() => "accepted", ({ code }: { code: string }) => code)).to.equal("KEYS_CONFLICT");
    expect((await alice.raw.inbox(address)).state).to.equal("request");
  });

  it("is not who wrote just before the owner replaced them, though the owner gave up a first upload of others: that request is accepted and read", async () => {
    const carol = await world.person();
    await (await alice.postern.conversation(carol.address)).send("in time");
    const { address, inbox: { openedTime } } = await alice.raw.own(1);
    await alice.postern.close();
    await until(async () => Math.min(nowSeconds(), await chainSeconds(world.connection)) > openedTime + 1);
    await alice.raw.rotate({ validFrom: openedTime + 1 }, { isGivenUp: true });
    await alice.raw.rotate({ validFrom: openedTime + 1 });
    expect((await alice.raw.profileOf(alice.address)).currentGeneration).to.equal(2);
    const chat = await (await carol.postern.requests())[0]!.accept();
    expect([chat.state, shown(await chat.history()), (await alice.raw.inbox(address)).state]).to.deep.equal(["open", ["in time"], "open"]);
  });
});
