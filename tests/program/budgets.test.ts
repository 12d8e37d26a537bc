import { expect } from "chai";
import { noise } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { accept, acknowledge, bundleAddress, openInbox, openRequest, post } from "./support/parties.js";

const PAYLOAD = noise(256, "payload");
const FRAME = PAYLOAD.length + 6;

onEachBuild("Budgets", (test) => {
  test("a post of 256 bytes costs at most 700 compute units", (world) => {
    const chat = world.open({ capacity: 2_048 });
    for (let seq = 0; seq < 7; seq++) expect(world.does(post(chat, seq, PAYLOAD)).computeUnits).to.be.at.most(700);
  });

  test("a post of 256 bytes that wraps and evicts one costs at most 780, wherever it wraps", (world) => {
    for (const room of [1, 5, 6, 7, 128, 255]) {
      const chat = world.open({ capacity: 2 * FRAME + room });
      world.post(chat, PAYLOAD, PAYLOAD);
      world.acknowledge(chat);
      const { computeUnits } = world.does(post(chat, 2, PAYLOAD));
      expect(world.inbox(chat), `room ${room}`).to.include({ first: 1, next: 3, tail: FRAME });
      expect(computeUnits, `room ${room}`).to.be.at.most(780);
    }
  });

  test("an acknowledgement costs at most 250", (world) => {
    const chat = world.open();
    world.post(chat, PAYLOAD, PAYLOAD);
    for (const upto of [1, 2]) expect(world.does(acknowledge(chat, upto)).computeUnits).to.be.at.most(250);
  });

  test("the dearest post there is stays far below what a transaction may use", (world) => {
    const chat = world.open({ capacity: 1_200 });
    for (let seq = 0; seq < 200; seq += 10) world.does(...Array.from({ length: 10 }, (_, i) => post(chat, seq + i, new Uint8Array())));
    world.acknowledge(chat);
    const { computeUnits } = world.does(post(chat, 200, noise(900, "payload")));
    expect(world.inbox(chat).first).to.be.above(150);
    expect(computeUnits).to.be.below(40_000);
  });

  test("transactions have the sizes that clients count on", (world) => {
    const recipient = world.member();
    const writer = world.person();
    const [request, plain] = [world.chat({ writer, payer: writer }), world.chat({ writer, payer: writer })];
    const bytes = (...instructions: Parameters<typeof world.send>[0]): number => {
      const outcome = world.send(instructions, writer);
      expect(outcome.error).to.equal(undefined);
      return outcome.transactionBytes - PAYLOAD.length;
    };
    expect(bytes(openRequest(request, recipient), post(request, 0, PAYLOAD))).to.equal(474);
    expect(bytes(openInbox(plain), post(plain, 0, PAYLOAD))).to.equal(465);
    expect(bytes(post(plain, 1, PAYLOAD))).to.equal(215);
    // The recipient of a request answers it with an inbox of its own; its delegate pays and writes.
    const delegate = world.person();
    const asked = world.member({ delegate });
    const incoming = world.request(asked);
    const reply = world.chat({ writer: delegate, payer: delegate });
    const outcome = world.send([accept(incoming, asked), openInbox(reply), post(reply, 0, PAYLOAD)], delegate);
    expect(outcome).to.include({ error: undefined, transactionBytes: PAYLOAD.length + 661 });
  });

  test("one side of a conversation with a 2,048 byte ring locks at most 0.0135 SOL, a registration at most 0.0115", (world) => {
    const chat = world.open({ capacity: 2_048 });
    expect(Number(world.balance(chat.address))).to.be.at.most(13_500_000);
    const member = world.member();
    expect(Number(world.balance(member.profile) + world.balance(bundleAddress(member, 0)))).to.be.at.most(11_500_000);
  });
});
