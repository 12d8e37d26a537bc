/**
 * The SDK and the second implementation write to each other on a local network. `npm run test:interop` starts this.
 */
import { Postern, vaultKeys, type Conversation, type Message } from "@postern/sdk";
import { startLocalnet, type Localnet, type LocalnetWallet } from "@postern/sdk/localnet";
import { expect } from "chai";
import { hooked } from "../e2e/support/connections.js";
import { until } from "../e2e/support/waiting.js";
import { startAgent, type Agent } from "./agent-process.js";

const LONGEST = `${"é".repeat(440)}🚪z`; // 885 bytes
const TEXTS = ["gm", "👩‍👩‍👧‍👦 🇨🇭 🚪", "\u0000\ufeff e\u0301 \u00e9 \u202e", LONGEST];

const textsOf = (messages: readonly Message[], mine: boolean): string[] => messages.filter((one) => one.mine === mine).map((one) => (one.kind === "content" ? one.content.text : one.reason));

describe("the SDK and the second implementation, on one network", () => {
  let net: Localnet;
  const endings: (() => Promise<void>)[] = [];
  before(async () => {
    net = await startLocalnet({ slotTimeMs: 50 });
    endings.push(() => net.stop());
  });
  after(async () => {
    for (const end of endings.reverse()) await end();
  });

  async function sdk(wallet: LocalnetWallet, connection = net.connection()): Promise<Postern> {
    const postern = await Postern.connect({ connection, wallet });
    endings.push(() => postern.close());
    return postern;
  }
  function agent(wallet: LocalnetWallet): Agent {
    const started = startAgent(net, wallet);
    endings.push(() => started.stop());
    return started;
  }

  /** A wallet in the SDK and one in the second implementation, both registered, each by its own. */
  async function pair() {
    const [wallet, other] = [await net.wallet(), await net.wallet()];
    const postern = await sdk(wallet);
    const python = agent(other);
    await postern.register();
    await python.ask("register");
    return { wallet, other, postern, python };
  }

  /** Every text goes both ways, and each side reads what the other wrote, and the same safety number. */
  async function talk(chat: Conversation, python: Agent, peer: string, options: { moved?: boolean } = {}): Promise<void> {
    for (const text of TEXTS) {
      await chat.send(text);
      await python.ask("send", { peer, text });
    }
    const read = await chat.history();
    const other = await python.ask("read", { peer });
    expect(textsOf(read, false).slice(-TEXTS.length)).to.deep.equal(TEXTS);
    expect(textsOf(read, true).slice(-TEXTS.length)).to.deep.equal(TEXTS);
    const first = options.moved ? -TEXTS.length : 0; // what was left may be closed, and is then read no more
    expect(other.filter(({ mine }) => !mine).map(({ text }) => text).slice(first)).to.deep.equal(textsOf(read, true).slice(first));
    expect(other.filter(({ mine }) => mine).map(({ text }) => text).slice(first)).to.deep.equal(textsOf(read, false).slice(first));
    if (!options.moved) expect(other.map(({ seq, posted }) => [seq, posted])).to.have.deep.members(read.map(({ seq, postedAt }) => [seq, postedAt.getTime() / 1000]));
    expect(await python.ask("safety", { peer })).to.equal(await chat.safetyNumber()).and.match(/^\d{60}$/);
  }

  it("talk when the SDK asks and the second implementation answers", async () => {
    const { postern, python } = await pair();
    const chat = await postern.conversation(python.address);
    await chat.send("may I? 🚪");
    expect(await python.ask("requests")).to.deep.equal([{ from: postern.address, provenBy: "delegate" }]);
    await python.ask("accept", { peer: postern.address });
    expect(await python.ask("requests")).to.deep.equal([]);
    await python.ask("send", { peer: postern.address, text: "come in" });
    expect(textsOf(await chat.history(), false)).to.deep.equal(["come in"]);
    expect(chat.state).to.equal("open");
    await talk(chat, python, postern.address);
    expect(await python.ask("acknowledge", { peer: postern.address })).to.equal(2 + 1 + TEXTS.length); // the handshake, the request, the texts
  });

  it("talk when the second implementation asks and the SDK answers", async () => {
    const { postern, python } = await pair();
    await python.ask("open", { peer: postern.address });
    await python.ask("send", { peer: postern.address, text: "may I? 🚪" });
    expect(await python.ask("answered", { peer: postern.address })).to.equal(false);
    const [request, ...more] = await postern.requests();
    expect(request?.from).to.equal(python.address);
    expect(request?.firstMessage.kind === "content" && request.firstMessage.content.text).to.equal("may I? 🚪");
    expect(more).to.deep.equal([]);
    const chat = await request!.accept();
    expect(await python.ask("answered", { peer: postern.address })).to.equal(true);
    await talk(chat, python, postern.address);
  });

  it("talk when neither wallet signs anything but transactions, and both have renewed their keys that way", async () => {
    const [wallet, other] = [await net.wallet(), await net.wallet()];
    const mute = { publicKey: wallet.publicKey, signTransaction: wallet.signTransaction };
    const postern = await Postern.connect({ connection: net.connection(), wallet: mute, keys: vaultKeys({ passphrase: "a long passphrase", save: () => undefined }) });
    endings.push(() => postern.close());
    const python = agent(other);
    await postern.register();
    await python.ask("register_by_transactions");
    await postern.rotate();
    await python.ask("rotate");
    const chat = await postern.conversation(python.address);
    await chat.send("may I? 🚪");
    await python.ask("accept", { peer: postern.address });
    await talk(chat, python, postern.address);
  });

  it("talk when both ask at once: two threads, each answered with the inbox that is there", async () => {
    const { wallet, postern, python } = await pair();
    const chat = await postern.conversation(python.address);
    await chat.send("asked by the SDK");
    await python.ask("open", { peer: postern.address });
    await python.ask("send", { peer: postern.address, text: "asked by the other" });
    expect(textsOf(await chat.history(), false)).to.deep.equal(["asked by the other"]); // and accepts
    expect(await postern.requests()).to.deep.equal([]);
    await python.ask("accept", { peer: postern.address });
    expect((await python.ask("read", { peer: postern.address })).map(({ text }) => text)).to.deep.equal(["asked by the other", "asked by the SDK"]);
    await talk(chat, python, postern.address);

    expect(await python.ask("restore")).to.deep.equal([postern.address]); // now through the SDK's pointer
    const again = await (await sdk(wallet)).conversation(python.address);
    await talk(again, python, postern.address);
  });

  it("are two devices of one wallet: each restores what the other wrote, and goes on", async () => {
    const { wallet, other, postern, python } = await pair();
    const chat = await postern.conversation(python.address);
    await chat.send("one");
    await python.ask("accept", { peer: postern.address });
    await python.ask("send", { peer: postern.address, text: "two" });

    const mirror = await sdk(other); // the SDK, with the wallet that only the second implementation has used
    expect(await mirror.isRegistered()).to.equal(true);
    const restored = await mirror.conversation(postern.address);
    expect([textsOf(await restored.history(), false), textsOf(await restored.history(), true)]).to.deep.equal([["one"], ["two"]]);
    await restored.send("three");

    const reflection = agent(wallet); // the second implementation, with the wallet that only the SDK has used
    expect(await reflection.ask("restore")).to.deep.equal([python.address]);
    await reflection.ask("send", { peer: python.address, text: "four" });

    expect(await python.ask("restore")).to.deep.equal([postern.address]);
    for (const [device, mine, theirs] of [[python, ["two", "three"], ["one", "four"]], [reflection, ["one", "four"], ["two", "three"]]] as const) {
      const read = await device.ask("read", { peer: device === python ? postern.address : python.address });
      expect(read.filter((one) => one.mine).map(({ text }) => text)).to.deep.equal(mine);
      expect(read.filter((one) => !one.mine).map(({ text }) => text)).to.deep.equal(theirs);
    }
    expect(textsOf(await chat.history(), false)).to.deep.equal(["two", "three"]);
    expect(textsOf(await chat.history(), true)).to.deep.equal(["one", "four"]);
  });

  it("talk after both have rotated their keys, whoever asks, and are still two devices of one wallet", async () => {
    for (const asks of ["SDK", "second"]) {
      const { other, postern, python } = await pair();
      const before = await python.ask("safety", { peer: postern.address });
      await postern.rotate();
      await python.ask("rotate");
      expect(await python.ask("safety", { peer: postern.address })).not.to.equal(before);
      const chat = await postern.conversation(python.address);
      if (asks === "SDK") {
        await chat.send("with new keys");
        await python.ask("accept", { peer: postern.address });
      } else {
        await python.ask("open", { peer: postern.address });
        await python.ask("send", { peer: postern.address, text: "to new keys" });
        await (await postern.requests())[0]!.accept();
      }
      await talk(await postern.conversation(python.address), python, postern.address);
      const mirror = await (await sdk(other)).conversation(postern.address);
      expect(textsOf(await mirror.history(), false).slice(-TEXTS.length)).to.deep.equal(TEXTS);
      expect(await mirror.safetyNumber()).to.equal(await python.ask("safety", { peer: postern.address }));
    }
  });

  it("move their conversation when the SDK has rotated", async () => {
    const { postern, python } = await pair();
    const chat = await postern.conversation(python.address);
    await chat.send("before");
    await python.ask("accept", { peer: postern.address });
    await talk(chat, python, postern.address);
    await postern.rotate();
    await chat.send("after");
    await until(async () => (await chat.history()) && python.ask("follow", { peer: postern.address }), "the SDK says where it has moved to");
    expect(await python.ask("follow", { peer: postern.address })).to.equal(false);
    await talk(chat, python, postern.address, { moved: true });
    expect(textsOf(await chat.history(), true)).to.include.members(["before", "after"]);
  });

  it("move their conversation when the second implementation has rotated", async () => {
    const { postern, python } = await pair();
    const chat = await postern.conversation(python.address);
    await chat.send("before");
    await python.ask("accept", { peer: postern.address });
    await talk(chat, python, postern.address);
    await python.ask("rotate");
    await python.ask("move", { peer: postern.address });
    await python.ask("send", { peer: postern.address, text: "after" });
    expect(textsOf(await chat.history(), false).at(-1)).to.equal("after");
    await chat.send("heard");
    expect(await python.ask("answered", { peer: postern.address })).to.equal(true);
    await talk(chat, python, postern.address, { moved: true });
    expect([chat.state, (await postern.conversations()).length, (await postern.requests()).length]).to.deep.equal(["open", 1, 0]);
  });

  for (const [mover, closed] of [["SDK", "second"], ["second", "SDK"]] as const) {
    it(`move their conversation when the ${mover} has rotated and the ${closed} takes no requests: nobody is asked, and both restore it`, async () => {
      const { wallet, other, postern, python } = await pair();
      const chat = await postern.conversation(python.address);
      await chat.send("before");
      await python.ask("accept", { peer: postern.address });
      await talk(chat, python, postern.address);
      if (closed === "SDK") await postern.setContactPolicy({ kind: "closed" });
      else await python.ask("close_to_requests");
      if (mover === "SDK") {
        await postern.rotate();
        await chat.send("after");
        await until(async () => (await chat.history()) && python.ask("follow", { peer: postern.address }), "the SDK says where it has moved to");
      } else {
        await python.ask("rotate");
        await python.ask("move", { peer: postern.address });
        await python.ask("send", { peer: postern.address, text: "after" });
        expect(textsOf(await chat.history(), false).at(-1)).to.equal("after");
        await chat.send("heard");
      }
      await talk(chat, python, postern.address, { moved: true });
      expect([(await postern.conversations()).length, (await postern.requests()).length, await python.ask("requests")]).to.deep.equal([1, 0, []]);
      const again = await (await sdk(wallet)).conversation(python.address);
      expect(textsOf(await again.history(), false).slice(-TEXTS.length)).to.deep.equal(TEXTS);
      const mirror = await (await sdk(other)).conversation(postern.address);
      expect(textsOf(await mirror.history(), false).slice(-TEXTS.length)).to.deep.equal(TEXTS);
    });
  }

  it("go on where the other stopped: of a handshake whose first frame the second implementation posted, the SDK posts the rest", async () => {
    const { other, postern, python } = await pair();
    await python.ask("open_half", { peer: postern.address });
    expect(await postern.requests()).to.deep.equal([]);
    const mirror = await sdk(other);
    await (await mirror.conversation(postern.address)).send("begun elsewhere");
    const [request] = await postern.requests();
    expect(request?.from).to.equal(python.address);
    const chat = await request!.accept();
    expect(await python.ask("restore")).to.deep.equal([postern.address]);
    await talk(chat, python, postern.address);
  });

  it("go on where the other stopped: of a handshake whose first frame the SDK posted, the second implementation posts the rest", async () => {
    const { wallet, postern, python } = await pair();
    const cut = new AbortController();
    const firstOnly = hooked(net.connection(), {
      sendRawTransaction: (call, pass) => {
        if (call === 1) return pass();
        cut.abort();
        return Promise.reject(new Error("the line is dead"));
      },
    });
    const dying = await sdk(wallet, firstOnly);
    const error = await (await dying.conversation(python.address)).send("never sent", { signal: cut.signal }).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "ABORTED" });
    expect(await python.ask("requests")).to.deep.equal([]);

    const reflection = agent(wallet);
    expect(await reflection.ask("resume")).to.deep.equal([python.address]);
    expect(await reflection.ask("resume")).to.deep.equal([]);
    await reflection.ask("send", { peer: python.address, text: "begun elsewhere" });
    expect(await python.ask("requests")).to.deep.equal([{ from: postern.address, provenBy: "delegate" }]);
    await python.ask("accept", { peer: postern.address });
    await talk(await postern.conversation(python.address), python, postern.address);
  });
});
