import type { PosternEvent } from "@postern/sdk";
import { expect } from "chai";
import { down, hooked } from "./support/connections.js";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";
import { collect, until } from "./support/waiting.js";

describe("events", () => {
  const on = stage();

  it("tell of a request once, when it can be answered, also of one with a long first message", async () => {
    const [alice, bob, carol] = await on.people(3);
    const told = collect(async function* (signal) {
      for await (const event of bob.postern.events({ signal })) {
        if (event.kind === "request") yield [event.from, (await bob.postern.requests()).map(({ from }) => from)];
      }
    });
    await (await alice.postern.conversation(bob.address)).send("x".repeat(885)); // opening, handshake and message land one after the other
    await until(() => told.items.length === 1, "the first request is told");
    await (await bob.postern.requests())[0]!.accept();
    await (await carol.postern.conversation(bob.address)).send("short");
    await until(() => told.items.length === 2, "the second request is told");
    expect(await told.stop()).to.deep.equal([[alice.address, [alice.address]], [carol.address, [carol.address]]]);
  });

  it("before anyone listens are kept for the first who does", async () => {
    const [alice, bob] = await on.people(2);
    await (await alice.postern.conversation(bob.address)).send("gm");
    await bob.postern.requests();
    for await (const event of bob.postern.events()) {
      expect(event).to.deep.equal({ kind: "request", from: alice.address });
      break;
    }
  });

  it("tell when the delegate's balance runs low", async () => {
    const bob = await on.person();
    const { open: opening, message } = await bob.postern.estimate();
    const empty = BigInt(await on.connection.getMinimumBalanceForRentExemption(0));
    const rest = empty + 10n * message.feeLamports;
    const alice = await on.person({ register: { fundLamports: opening.rentLamports + opening.feeLamports + rest } });
    const events = collect<PosternEvent>((signal) => alice.postern.events({ signal }));
    await (await alice.postern.conversation(bob.address)).send("gm");
    const low = await until(() => events.items.find((event) => event.kind === "lowBalance"), "the balance is low");
    expect(low.lamports <= rest + message.feeLamports).to.equal(true);
    await events.stop();
  });

  it("tell when the endpoint stops answering and when it answers again", async () => {
    const alice = await on.person();
    let up = true;
    const connection = hooked(on.connection, { getMultipleAccountsInfo: (_call, pass) => (up ? pass() : down()) });
    const device = await on.device(alice, { connection });
    const events = collect<PosternEvent>((signal) => device.postern.events({ signal }));
    up = false;
    await refusal(device.postern.balance(), "RPC_FAILED");
    up = true;
    await device.postern.balance();
    await until(() => events.items.length >= 2, "both are told");
    expect((await events.stop()).slice(0, 2)).to.deep.equal([{ kind: "connection", state: "offline" }, { kind: "connection", state: "online" }]);
  });

  it("end without an exception when their signal fires, and with the session", async () => {
    const alice = await on.person();
    for await (const event of alice.postern.events({ signal: AbortSignal.abort() })) expect.fail(event.kind);
    const device = await on.device(alice);
    const ended = Promise.all([1, 2].map(async () => {
      for await (const event of device.postern.events()) expect.fail(event.kind);
    }));
    await device.postern.close();
    await ended;
  });
});

describe("a signal", () => {
  const on = stage();

  it("that has fired stops a send before anything is sent", async () => {
    const [alice, bob] = await on.people(2);
    const chat = await alice.postern.conversation(bob.address);
    const balance = await alice.postern.balance();
    await refusal(chat.send("never", { signal: AbortSignal.abort() }), "ABORTED");
    expect(await alice.postern.balance()).to.equal(balance);
    expect(chat.state).to.equal("new");
  });

  it("stops the waiting at once, and whatever landed is there once; the next send goes on behind it", async () => {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const controller = new AbortController();
    const connection = hooked(on.connection, {
      sendRawTransaction: async (_call, pass) => {
        const answer = await pass();
        controller.abort();
        return answer;
      },
    });
    const chat = await (await on.device(alice, { connection })).postern.conversation(bob.address);
    await refusal(chat.send("aborted", { signal: controller.signal }), "ABORTED");
    await chat.send("next");
    const texts = (await (await bob.postern.conversation(alice.address)).history()).map((message) => (message.kind === "content" ? message.text : ""));
    expect(texts.filter((text) => text === "next")).to.have.length(1);
    expect(texts.filter((text) => text === "aborted").length).to.be.at.most(1);
    expect(texts.at(-1)).to.equal("next");
  });
});
