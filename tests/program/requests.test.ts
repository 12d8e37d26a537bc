import { expect } from "chai";
import { PROGRAM_ADDRESS, inboxAddress } from "../../sdk/src/program/index.js";
import { fill } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { START_TIME } from "./support/ledger.js";
import { OWNER_BOX, REPLY, accept, close, decline, openRequest, updateProfile } from "./support/parties.js";

onEachBuild("Requests", (test) => {
  test("a request names writer, recipient and refund address, and has no reader yet", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient, { capacity: 2_048 });
    const nobody = "11111111111111111111111111111111";
    expect(world.inbox(chat)).to.deep.include({
      state: "request",
      overwrite: false,
      index: chat.index,
      next: 0,
      first: 0,
      acknowledged: 0,
      tail: 0,
      used: 0,
      openedSlot: world.slot,
      openedTime: START_TIME,
      lastTime: START_TIME,
      postageLamports: 0n,
      writer: chat.writer.address,
      reader: nobody,
      recipient: recipient.wallet.address,
      refund: chat.refund,
      reply: fill(60, 0),
      openSalt: chat.openSalt,
      ownerBox: OWNER_BOX,
      capacity: 2_048,
    });
  });

  test("accepting opens the inbox to the reader and keeps the reply pointer, and changes nothing else", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient);
    world.post(chat, fill(10, 1));
    const before = world.inbox(chat);
    world.does(accept(chat, recipient));
    expect(world.inbox(chat)).to.deep.equal({ ...before, state: "open", reader: chat.reader.address, reply: REPLY });
  });

  test("declining changes nothing but the state", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient);
    world.post(chat, fill(10, 1));
    const before = world.inbox(chat);
    world.does(decline(chat, recipient));
    expect(world.inbox(chat)).to.deep.equal({ ...before, state: "declined" });
  });

  test("nobody is no reader", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient);
    world.refuses("NotReader", accept(chat, recipient, recipient.delegate, "11111111111111111111111111111111"));
  });

  test("the profile counts every request and names the last eight, newest first", (world) => {
    const recipient = world.member();
    const writer = world.person();
    const addresses: string[] = [];
    for (let index = 0; index < 19; index++) {
      world.request(recipient, { writer, index, capacity: 256 });
      addresses.unshift(inboxAddress(writer.address, index, PROGRAM_ADDRESS));
      expect(world.profile(recipient)).to.deep.include({ requests: BigInt(index + 1), recent: addresses.slice(0, 8) });
    }
  });

  test("request number n stands at n mod 8 of the profile", (world) => {
    const recipient = world.member();
    const others = world.account(recipient.profile)!.data.slice();
    for (let n = 0; n < 10; n++) {
      const chat = world.request(recipient, { capacity: 256 });
      const { data } = world.account(recipient.profile)!;
      const at = 144 + 32 * (n % 8);
      expect(inboxAddress(chat.writer.address, chat.index, PROGRAM_ADDRESS)).to.equal(chat.address);
      expect(world.profile(recipient).recent[0]).to.equal(chat.address);
      others.set(data.subarray(at, at + 32), at);
      others[32] = n + 1;
      expect(data).to.deep.equal(others);
    }
  });

  test("refused requests, answers and closed inboxes leave the count as it was", (world) => {
    const recipient = world.member();
    const [first, second] = [world.request(recipient), world.request(recipient)];
    const before = world.profile(recipient);
    world.does(decline(first, recipient));
    world.does(close(first, 0));
    world.does(accept(second, recipient));
    world.does(close(second, 0));
    expect(world.profile(recipient)).to.deep.equal(before);
    world.does(updateProfile(recipient, recipient.wallet, { policy: { kind: "closed" } }));
    world.refuses("PolicyClosed", openRequest(world.chat(), recipient));
  });

  test("a request outlives the profile's keys, delegate and policy: whoever is the delegate now answers", (world) => {
    const recipient = world.member();
    const [one, other] = [world.request(recipient), world.request(recipient)];
    const fresh = world.person();
    world.publish(recipient, 1, fresh);
    world.does(updateProfile(recipient, fresh, { policy: { kind: "closed" } }));
    world.refuses("NotRecipient", accept(one, recipient));
    world.does(accept(one, recipient, fresh));
    world.does(decline(other, recipient, recipient.wallet));
  });

  test("two requests of one transaction are two", (world) => {
    const recipient = world.member();
    const writer = world.person();
    const [a, b] = [world.chat({ writer, payer: writer, capacity: 256 }), world.chat({ writer, payer: writer, capacity: 256 })];
    world.does(openRequest(a, recipient), openRequest(b, recipient));
    expect(world.profile(recipient)).to.deep.include({ requests: 2n, recent: [b.address, a.address] });
  });

  test("a count that is at its end refuses instead of starting over", (world) => {
    const recipient = world.member();
    world.forge(recipient.profile, (view) => {
      view.setBigUint64(32, 2n ** 64n - 1n, true);
    });
    world.refuses("CorruptAccount", openRequest(world.chat(), recipient));
  });
});
