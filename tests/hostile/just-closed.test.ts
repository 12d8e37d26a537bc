/** What a peer had signed for its inbox when this wallet closed the other half of that pair. */
import { inboxAddress } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { say } from "./support/mover.js";
import { program, type RawDevice } from "./support/raw-device.js";
import { until } from "./support/until.js";
import { historyOf, World, type Person } from "./support/world.js";

describe("an inbox of a peer's whose pair was closed a moment ago", function () {
  this.timeout(120_000);
  let world: World;

  before(async () => void (world = await World.start()));
  after(() => world.stop());

  const stands = async (raw: RawDevice): Promise<boolean> =>
    (await world.connection.getAccountInfo(new PublicKey(inboxAddress(raw.delegate().publicKey.toBase58(), 0, program)), "confirmed")) !== null;

  it("is read and acknowledged to its end, and so can be closed by the peer: what had been signed for it is shown, once", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    const old = { alice: () => stands(alice.raw), bob: () => stands(bob.raw) };
    const [toBob, toAlice] = [await alice.postern.conversation(bob.address), await bob.postern.conversation(alice.address)];
    await alice.postern.rotate();
    await toBob.send("moved");
    const inbox = await bob.raw.own(0);
    const asked = await alice.raw.own(0);
    await until(async () => {
      await toAlice.history(); // until he has read all: from then on Bob is away
      await toBob.history();
      return [await alice.raw.inbox(asked.address), await bob.raw.inbox(inbox.address)].every(({ next, acknowledged }) => next === acknowledged);
    });
    await until(async () => (await toBob.history(), !(await old.alice())));
    expect(await old.bob(), "Bob's half stands").to.equal(true);

    await say(bob.raw, { address: inbox.address, secret: inbox.secret }, { texts: ["just before"] });
    await until(async () => (await historyOf(alice.postern, bob.address)).includes("just before"));
    await until(async () => {
      await toBob.history();
      await toAlice.history();
      return !(await old.bob());
    });
    const said = ["first", "answer", "moved", "just before"];
    expect(await historyOf(alice.postern, bob.address)).to.deep.equal(said);
    expect(await historyOf(bob.postern, alice.address)).to.have.members(said).and.have.length(said.length);
    await toBob.send("on");
    await toAlice.send("and on");
    expect((await historyOf(alice.postern, bob.address)).slice(-2)).to.deep.equal(["on", "and on"]);
  });
});
