/** Griefing: what somebody can do who is after other people's lamports, and what it costs. */
import { expect } from "chai";
import type { Instruction } from "../../sdk/src/program/index.js";
import { Attacker } from "./support/attacker.js";
import { fill, noise } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { SMALLEST, paid } from "./support/griefing-costs.js";
import { FEE, SOL, rent } from "./support/ledger.js";
import {
  accept,
  acknowledge,
  activateBundle,
  bundleAddress,
  close,
  closeBundle,
  closeProfile,
  createBundle,
  decline,
  openInbox,
  openRequest,
  post,
  resize,
  updateProfile,
  writeWholeBundle,
  type Chat,
  type Member,
} from "./support/parties.js";

const DAY = 86_400;
const POSTAGE = 900_000n;

onEachBuild("Griefing: other people's money", (test) => {
  test("making others pay needs their signature: a fee a try", (world) => {
    const attacker = new Attacker(world);
    const victim = world.person();
    const recipient = world.member();
    const chat = attacker.chat();
    attacker.does(openInbox(chat));
    const others = { ...attacker.chat(), payer: victim };
    for (const step of [openInbox(others), openRequest(others, recipient), resize(chat, 4_096, 0, { payer: victim })]) {
      const unsigned = { ...step, accounts: step.accounts.map((one) => ({ ...one, signer: one.signer && one.address !== victim.address })) };
      attacker.fails("MissingRequiredSignature", unsigned);
    }
    expect(attacker.spent).to.equal(FEE + SMALLEST + paid("making others pay", 3n));
    // A request costs its recipient a fee, if it is answered at all; the postage that it asks for makes up for that.
    const [ignored, refused] = [attacker.chat(), attacker.chat()];
    attacker.does(openRequest(ignored, recipient));
    attacker.does(openRequest(refused, recipient));
    const [lost] = world.gains([recipient.delegate.address], () => {
      expect(world.send([decline(refused, recipient)], recipient.delegate).error).to.equal(undefined);
    });
    expect(lost).to.equal(-FEE);
    expect(attacker.spent).to.equal(6n * FEE + 3n * SMALLEST);
  });

  test("keeping rent hostage by not reading lasts 30 days from the last post, by not answering 14, and earns nothing", (world) => {
    const wallet = world.person();
    const recipient = world.member({ wallet });
    const attacker = new Attacker(world, wallet);
    const [taken, ignored] = [world.request(recipient), world.request(recipient)];
    for (const chat of [taken, ignored]) world.post(chat, fill(100, 1));
    attacker.does(accept(taken, recipient, wallet));
    expect(attacker.spent).to.equal(paid("keeping rent hostage"));
    for (const chat of [taken, ignored]) world.refuses("CloseTooEarly", close(chat, 1));
    world.pass(14 * DAY);
    expect(world.gains([ignored.refund], () => world.does(close(ignored, 1)))).to.deep.equal([rent(1_468)]);
    world.refuses("CloseTooEarly", close(taken, 1));
    world.pass(16 * DAY);
    expect(world.gains([taken.refund], () => world.does(close(taken, 1)))).to.deep.equal([rent(1_468)]);
    expect(attacker.spent).to.equal(paid("keeping rent hostage"));
  });

  test("racing accept against close: who waited 14 days may win the postage back, never after the answer, and never unread frames", (world) => {
    const recipient = world.member({ policy: { kind: "postage", lamports: POSTAGE } });
    const attacker = new Attacker(world);
    const [early, late] = [attacker.chat(), attacker.chat()];
    for (const chat of [early, late]) attacker.does(openRequest(chat, recipient, POSTAGE), post(chat, 0, fill(10, 1)));
    world.pass(14 * DAY);
    // The close lands first: the answer fails whole, and takes nothing but its fee.
    const [back] = world.gains([attacker.person.address], () => attacker.does(close(early, 1)));
    expect(back).to.equal(SMALLEST + POSTAGE - paid("racing accept against close"));
    world.refuses("AccountDataTooSmall", accept(early, recipient));
    // The answer lands first: the postage is paid, the frame stays until it is read or 30 days have passed.
    expect(world.gains([recipient.wallet.address], () => world.does(accept(late, recipient)))).to.deep.equal([POSTAGE]);
    attacker.fails("CloseTooEarly", close(late, 1));
    // Reopened at once with other words, the first is a request like any other: held again for 14 days, with its postage.
    attacker.does(openRequest({ ...early, openSalt: noise(16, "other") }, recipient, POSTAGE));
    attacker.fails("CloseTooEarly", close(early, 0));
    expect(attacker.spent).to.equal(6n * FEE + 2n * SMALLEST + 2n * POSTAGE);
  });

  test("a sponsor's rent is never taken, and held back for a fee a month at most until the ring is full, when somebody else reads", (world) => {
    const sponsor = world.person();
    const attacker = new Attacker(world);
    const chat: Chat = world.chat({ payer: sponsor, writer: attacker.person, refund: sponsor.address, capacity: 256 });
    world.does(openInbox(chat));
    // Nothing leads the rent to the attacker: neither shrinking nor closing.
    attacker.fails("WrongRefund", close(chat, 0, attacker.person, attacker.person.address));
    attacker.fails("WrongRefund", resize(chat, 256, 0, { payer: attacker.person, refund: attacker.person.address }));
    expect(attacker.spent).to.equal(2n * FEE);
    // An empty frame takes 6 bytes: 42 of them fill the smallest ring. Each holds it for 30 days.
    let months = 0;
    while (world.send([post(chat, months, new Uint8Array())], attacker.person).error === undefined) {
      months++;
      world.pass(30 * DAY - 1);
      world.refuses("CloseTooEarly", close(chat, months, sponsor));
    }
    expect(months).to.equal(42);
    expect(attacker.spent).to.equal(3n * FEE + paid("a sponsor's rent", 42n));
    world.pass(1);
    expect(world.gains([sponsor.address, attacker.person.address], () => world.does(close(chat, 42, sponsor)))).to.deep.equal([SMALLEST, 0n]);
  });

  test("a sponsor's rent is held back for a fee a month without an end by a writer that reads its own frames, or overwrites them", (world) => {
    const sponsor = world.person();
    const attacker = new Attacker(world);
    const sponsored = { payer: sponsor, writer: attacker.person, refund: sponsor.address, capacity: 256 };
    const read = world.chat({ ...sponsored, reader: attacker.person });
    const overwritten = world.chat({ ...sponsored, overwrite: true });
    // Refusing empty frames would change nothing: these carry what any message has.
    for (const chat of [read, overwritten]) {
      world.does(openInbox(chat));
      const before = attacker.spent;
      for (let month = 0; month < 60; month++) {
        // Read in the transaction of the next post: there is no moment in which all is read.
        const reading = chat === read && month > 0 ? [acknowledge(chat, month)] : [];
        attacker.does(...reading, post(chat, month, fill(142, month)));
        world.pass(30 * DAY - 1);
        world.refuses("CloseTooEarly", close(chat, month + 1, sponsor));
      }
      expect(attacker.spent - before).to.equal(paid("a sponsor's rent", 60n));
      world.pass(1);
      expect(world.gains([sponsor.address, attacker.person.address], () => world.does(close(chat, 60, sponsor)))).to.deep.equal([SMALLEST, 0n]);
    }
  });

  test("what the writer adds to a sponsored inbox is the sponsor's when it closes", (world) => {
    const sponsor = world.person();
    const chat = world.chat({ payer: sponsor, refund: sponsor.address, capacity: 256 });
    world.does(openInbox(chat));
    const [added] = world.gains([chat.writer.address], () => world.does(resize(chat, 1_024, 0, { payer: chat.writer })));
    expect(added).to.equal(rent(256) - rent(1_024));
    expect(world.gains([sponsor.address], () => world.does(close(chat, 0, sponsor)))).to.deep.equal([rent(444 + 1_024)]);
  });

  test("a stolen delegate gets its own balance and no lamport more, and loses its say with one signature of the wallet", (world) => {
    const delegate = world.person(SOL);
    const recipient = world.member({ delegate, policy: { kind: "postage", lamports: POSTAGE } });
    const { wallet } = recipient;
    const thief = new Attacker(world, delegate);
    // Direct mode: the delegate writes, and the wallet is the refund address.
    const own = world.open({ payer: wallet, writer: delegate, refund: wallet.address, capacity: 2_048 });
    const [first, second, third] = [world.request(recipient), world.request(recipient), world.request(recipient)];

    // What is achieved: it writes in the wallet's name, answers, and changes who may ask.
    thief.does(post(own, 0, fill(10, 1)));
    thief.does(updateProfile(recipient, delegate, { policy: { kind: "closed" } }));
    expect(world.gains([wallet.address], () => thief.does(accept(first, recipient), decline(second, recipient)))).to.deep.equal([2n * POSTAGE]);
    // What is not: rent, keys, the wallet's say.
    expect(world.gains([wallet.address], () => thief.does(resize(own, 256, 1, { payer: delegate })))).to.deep.equal([rent(2_048) - rent(256)]);
    thief.fails("WrongRefund", resize(own, 256, 1, { payer: delegate, refund: delegate.address }));
    thief.fails("CloseTooEarly", close(own, 1));
    world.does(acknowledge(own, 1));
    thief.fails("WrongRefund", close(own, 1, delegate, delegate.address));
    expect(world.gains([wallet.address], () => thief.does(close(own, 1)))).to.deep.equal([rent(700)]);
    /** The instruction with another account in one slot. */
    const at = (step: Instruction, slot: number, address: string): Instruction => ({
      ...step,
      accounts: step.accounts.map((one, i) => (i === slot ? { ...one, address } : one)),
    });
    thief.fails("NotOwner", updateProfile(recipient, delegate, { delegate: delegate.address }));
    thief.fails("NotOwner", updateProfile(recipient, delegate, { root: { number: 2, kind: "wallet" } }));
    thief.fails("NotOwner", at(closeProfile(recipient, 0), 0, delegate.address));
    thief.fails("NotOwner", at(createBundle({ ...recipient, wallet: delegate }, 1), 2, recipient.profile));
    thief.fails("NotOwner", at(closeBundle(recipient, 0), 0, delegate.address));
    expect(thief.spent).to.equal(paid("a stolen delegate", 13n));

    world.does(updateProfile(recipient, wallet, { delegate: world.person().address }));
    thief.fails("NotRecipient", decline(third, recipient, delegate));
    thief.fails("NotOwner", updateProfile(recipient, delegate, { policy: { kind: "open" } }));
    // The card of the current generation is used up: it does not bring the old delegate back.
    thief.fails("BundleActivated", activateBundle(recipient, 0, delegate));
    expect(world.bundle(bundleAddress(recipient, 0)).activated).to.equal(true);
    expect(thief.spent).to.equal(paid("a stolen delegate", 16n));
  });

  test("a stolen delegate that a card names which waits for its activation has its say back, until the wallet closes that bundle or a later one is active", (world) => {
    const thief = world.person(SOL);
    const delegate = world.person();
    // The card names it, and only then was it stolen: the wallet takes away its say, and the card gives it back.
    const signed = (): Member => {
      const member = world.member({ delegate: thief });
      world.does(createBundle(member, 1));
      for (const chunk of writeWholeBundle(member, 1)) world.does(chunk);
      world.does(updateProfile(member, member.wallet, { delegate: delegate.address }));
      return member;
    };
    const [careless, closing, rotating] = [signed(), signed(), signed()];
    const attacker = new Attacker(world, thief);
    expect(world.profile(careless).delegate).to.equal(delegate.address);
    attacker.does(activateBundle(careless, 1, thief));
    expect(world.profile(careless).delegate).to.equal(thief.address);

    world.does(closeBundle(closing, 1));
    attacker.fails("AccountDataTooSmall", activateBundle(closing, 1, thief));
    world.publish(rotating, 2, delegate);
    attacker.fails("BundleSuperseded", activateBundle(rotating, 1, thief));
    for (const member of [closing, rotating]) expect(world.profile(member).delegate).to.equal(delegate.address);
    expect(attacker.spent).to.equal(paid("a stolen delegate", 3n));
  });
});
