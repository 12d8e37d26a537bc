import { Postern } from "@postern/sdk";
import { expect } from "chai";
import { refusal } from "./support/refusal.js";
import { stage } from "./support/stage.js";
import { take, textsOf } from "./support/waiting.js";

describe("four lines", () => {
  const on = stage();

  it("send a message and receive the answer", async () => {
    const alice = await on.net.wallet();
    const bob = await on.person();
    const signal = AbortSignal.timeout(45_000);
    const rendered: string[] = [];

    const answering = (async () => {
      for await (const event of bob.postern.events({ signal })) {
        if (event.kind !== "request") continue;
        const [request] = await bob.postern.requests();
        await (await request!.accept()).send("gm to you");
        return;
      }
    })();

    const postern = await Postern.connect({ connection: on.connection, wallet: alice });
    await postern.register();
    const chat = await postern.conversation(bob.address);
    await chat.send("gm");
    for await (const message of chat.messages({ signal })) {
      rendered.push(message.kind === "content" ? message.content.text : message.reason);
      if (rendered.length === 2) break;
    }

    await answering;
    await postern.close();
    expect(rendered).to.deep.equal(["gm", "gm to you"]);
  });

  it("work with a URL in place of a Connection", async () => {
    const [wallet, bob] = await Promise.all([on.wallet(), on.person()]);
    const postern = await on.connect(wallet, { connection: on.net.rpcUrl });
    await postern.register();
    const chat = await postern.conversation(bob.address);
    await chat.send("by URL");
    expect(textsOf(await take(1, (signal) => chat.messages({ signal })))).to.deep.equal(["by URL"]);
  });

  it("keep every text byte for byte", async () => {
    const [alice, bob] = await Promise.all([on.person(), on.person()]);
    const texts = [
      " leading and trailing \n", "\u0000 NUL \u0000", "\uFEFFBOM first", "e\u0301 is not \u00e9", "👩‍👩‍👧‍👦🏳️‍🌈", "\u202Eright to left שלום مرحبا", "line\r\nbreaks\ttabs",
      "\u{10FFFF}\uFFFE", "\u200B", "x".repeat(885), "é".repeat(442), "🙂".repeat(221),
    ];
    const chat = await alice.postern.conversation(bob.address);
    for (const text of texts) await chat.send(text);
    await chat.send({ kind: "text", text: "as content" });
    const seen = await (await bob.postern.conversation(alice.address)).history();
    expect(textsOf(seen)).to.deep.equal([...texts, "as content"]);
  });

  it("refuse what is no text, before anything is sent", async () => {
    const [alice, bob] = await Promise.all([on.person(), on.person()]);
    const chat = await alice.postern.conversation(bob.address);
    await refusal(chat.send(""), "NOTHING_TO_SEND");
    await refusal(chat.send("\uD800"), "INVALID_TEXT");
    const error = await refusal(chat.send("é".repeat(443)), "TEXT_TOO_LONG");
    expect(error.context["limitBytes"]).to.equal(885);
    expect(chat.state).to.equal("new");
    expect(await alice.postern.conversations()).to.deep.equal([]);
  });
});
