/** What a device leaves behind whose request another one of the same wallet overtook before all of it was written. */
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { setAccount } from "../faults/support/set-account.js";
import { until } from "./support/until.js";
import { historyOf, World, type Person } from "./support/world.js";

const OPENED_TIME_OFFSET = 88;
const DAY_SECONDS = 86_400;

describe("a half of a request, in a conversation that goes on elsewhere", function () {
  this.timeout(120_000);
  let world: World;

  before(async () => void (world = await World.start()));
  after(() => world.stop());

  it("is shown to nobody and in nobody's way, and brings its rent back by itself once it is 14 days old", async () => {
    const [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    const standing = (address: string): ReturnType<typeof world.connection.getAccountInfo> => world.connection.getAccountInfo(new PublicKey(address), "confirmed");
    const half = async (ageDays: number): Promise<{ address: string; lamports: number }> => {
      const { address } = await alice.raw.openTo(await alice.raw.bundleOf(bob.address));
      const { data, lamports } = (await standing(address))!;
      const aged = Uint8Array.from(data);
      new DataView(aged.buffer).setUint32(OPENED_TIME_OFFSET, Math.floor(Date.now() / 1_000) - ageDays * DAY_SECONDS, true);
      await setAccount(world.net.rpcUrl, address, { data: aged, lamports });
      return { address, lamports };
    };
    const young = await half(13);
    const old = await half(15);
    const before = await world.connection.getBalance(new PublicKey(alice.address), "confirmed");

    const device = await world.connect({ wallet: alice.wallet });
    const chat = await device.conversation(bob.address);
    await chat.send("goes on");
    await until(async () => (await chat.history(), (await standing(old.address)) === null));
    expect(await world.connection.getBalance(new PublicKey(alice.address), "confirmed") - before, "what came back").to.equal(old.lamports);
    expect((await standing(young.address))?.lamports, "a younger one waits").to.equal(young.lamports);
    expect(chat.state).to.equal("open");
    const said = ["first", "answer", "goes on"];
    expect(await historyOf(device, bob.address)).to.deep.equal(said);
    expect(await historyOf(bob.postern, alice.address)).to.deep.equal(said);
    expect(await bob.postern.requests()).to.deep.equal([]);
  });
});
