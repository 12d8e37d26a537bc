import type { PosternEvent } from "@postern/sdk";
import { expect } from "chai";
import { inboxOf } from "./support/ledger.js";
import { open, stage } from "./support/stage.js";
import { collect, textsOf, until } from "./support/waiting.js";

const ROUNDS = 110;

describe("a long conversation, in rings that let go of what was read", () => {
  const on = stage();

  it("arrives whole, in order, on both sides, and on a new device, which reads from history what the rings have let go of", async () => {
    const [alice, bob] = await on.people(2);
    const [toBob, toAlice] = await open(alice, bob, "a 0");
    const [here, there] = [toBob, toAlice].map((chat) => collect((signal) => chat.messages({ signal })));
    const sent = { alice: ["a 0"], bob: [] as string[] };
    for (let i = 1; i <= ROUNDS; i++) {
      const length = 1 + ((i * 97) % 300);
      sent.alice.push(`a ${i} ${"x".repeat(length)}`);
      sent.bob.push(`b ${i} ${"y".repeat(length)}`);
      await Promise.all([toBob.send(sent.alice.at(-1)!), toAlice.send(sent.bob.at(-1)!)]);
    }
    const all = 2 * ROUNDS + 1;
    await until(() => here!.items.length >= all && there!.items.length >= all, "both have read everything");
    for (const messages of [await here!.stop(), await there!.stop()]) {
      expect(textsOf(messages.filter(({ from }) => from === alice.address))).to.deep.equal(sent.alice);
      expect(textsOf(messages.filter(({ from }) => from === bob.address))).to.deep.equal(sent.bob);
      expect(new Set(messages.map(({ id }) => id)).size).to.equal(all);
    }

    const device = await on.device(alice);
    const events = collect<PosternEvent>((signal) => device.postern.events({ signal }));
    const restored = await (await device.postern.conversation(bob.address)).history({ limit: 1_000 });
    await (await device.postern.conversation(bob.address)).history();
    await device.postern.conversations();
    expect((await events.stop()).filter(({ kind }) => kind === "gap")).to.deep.equal([]);
    for (const [of, texts] of [[alice, sent.alice], [bob, sent.bob]] as const) {
      const ring = (await inboxOf(on.connection, of.address))!;
      expect(ring.capacity).to.be.at.most(8_192);
      expect(ring.first, "most has left the ring").to.be.greaterThan(texts.length / 2);
      expect(textsOf(restored.filter(({ from }) => from === of.address)), "and is read from history").to.deep.equal(texts);
    }
  }).timeout(120_000);
});
