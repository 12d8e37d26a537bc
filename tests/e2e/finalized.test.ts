import { expect } from "chai";
import { stage } from "./support/stage.js";
import { textsOf } from "./support/waiting.js";

describe("a session at the commitment finalized", () => {
  const on = stage({ slotTimeMs: 20 }); // finality is 32 slots away

  it("says finalized of what was sent, and reads what stands there", async () => {
    const [alice, bob] = await Promise.all([on.person({ connect: { commitment: "finalized" } }), on.person({ connect: { commitment: "finalized" } })]);
    const chat = await alice.postern.conversation(bob.address);
    const sent = await chat.send("final");
    expect(sent.status).to.equal("finalized");
    const [request] = await bob.postern.requests();
    expect(textsOf([request!.firstMessage])).to.deep.equal(["final"]);
    const answer = await (await request!.accept()).send("and settled");
    expect(answer.status).to.equal("finalized");
    expect(textsOf(await chat.history())).to.deep.equal(["final", "and settled"]);
  });
});
