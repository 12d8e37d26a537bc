import { expect } from "chai";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";

describe("two networks side by side", () => {
  const [one, two] = [stage(), stage()];

  it("carry two conversations that know nothing of each other", async () => {
    const chats = await Promise.all([one, two].map(async (on, i) => {
      const [alice, bob] = await on.people(2);
      const [toBob, toAlice] = await open(alice, bob, `network ${i}`);
      await toAlice.send(`answer ${i}`);
      return toBob;
    }));
    for (const [i, chat] of chats.entries()) expect([...textsOf(await chat.history())].sort()).to.deep.equal([`answer ${i}`, `network ${i}`]);
  });

  it("are two places to register for one wallet", async () => {
    const alice = await one.person();
    const there = await two.connect(alice.wallet);
    expect(await there.isRegistered()).to.equal(false);
    await refusal(there.register(), "INSUFFICIENT_FUNDS"); // its lamports are on the other one
    const [bob, peer] = await two.people(2);
    const chat = await peer.postern.conversation(bob.address);
    expect([...(await one.connect(bob.wallet).then((session) => session.canMessage([peer.address]))).values()]).to.deep.equal([false]);
    await chat.send("here it works");
  });
});
