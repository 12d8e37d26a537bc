import { expect } from "chai";
import { PROGRAM_ADDRESS, SYSTEM_PROGRAM, transfer, type Instruction } from "../../../sdk/src/program/index.js";
import { fill, noise } from "../support/bytes.js";
import { onEachBuild } from "../support/builds.js";
import { SOL, rent } from "../support/ledger.js";
import { firstHead } from "../support/log.js";
import {
  accept,
  acknowledge,
  activateBundle,
  bundleAddress,
  close,
  closeProfile,
  createBundle,
  createProfile,
  decline,
  openInbox,
  openRequest,
  post,
  resize,
  writeWholeBundle,
} from "../support/parties.js";

/** From the least that setAccount can leave to more than any of these accounts needs. */
const PREFUNDS = [1n, 649_999n, rent(0), rent(1_468) - 1n, rent(1_468), SOL];

/** Lamports that a payer adds to what lies at an address already. */
const missing = (bytes: number, prefund: bigint): bigint => (rent(bytes) > prefund ? prefund - rent(bytes) : 0n);

/** The System program's refusal to create what exists. */
const ALREADY_IN_USE = "Custom(0)";

const elsewhere = (instruction: Instruction, slot: number, address: string): Instruction => ({
  ...instruction,
  accounts: instruction.accounts.map((account, i) => (i === slot ? { ...account, address } : account)),
});

onEachBuild("Rule 7: an address can neither be blocked nor inherited", (test) => {
  test("lamports at an inbox's address do not block it: they count towards the rent, and the refund address gets them", (world) => {
    for (const prefund of PREFUNDS) {
      const chat = world.chat();
      world.plant(chat.address, { lamports: prefund });
      expect(world.gains([chat.payer.address], () => world.does(openInbox(chat)))).to.deep.equal([missing(1_468, prefund)]);
      const held = prefund > rent(1_468) ? prefund : rent(1_468);
      expect(world.gains([chat.refund], () => world.does(close(chat, 0)))).to.deep.equal([held]);
    }
  });

  test("lamports at a request's address do not pay its postage", (world) => {
    const recipient = world.member({ policy: { kind: "postage", lamports: 900_000n } });
    for (const prefund of PREFUNDS) {
      const chat = world.chat();
      world.plant(chat.address, { lamports: prefund });
      expect(world.gains([chat.payer.address], () => world.does(openRequest(chat, recipient, SOL)))).to.deep.equal([missing(1_468, prefund) - 900_000n]);
      expect(world.gains([recipient.wallet.address], () => world.does(accept(chat, recipient)))).to.deep.equal([900_000n]);
    }
  });

  test("lamports at the addresses of a profile and a key bundle do not block registration, and come back", (world) => {
    for (const prefund of PREFUNDS) {
      const member = world.stranger();
      const bundle = bundleAddress(member, 0);
      world.plant(member.profile, { lamports: prefund });
      world.plant(bundle, { lamports: prefund });
      expect(world.gains([member.wallet.address], () => world.does(createProfile(member)))).to.deep.equal([missing(432, prefund)]);
      expect(world.gains([member.wallet.address], () => world.does(createBundle(member, 0)))).to.deep.equal([missing(1_488, prefund)]);
      for (const chunk of writeWholeBundle(member, 0)) world.does(chunk);
      world.does(activateBundle(member, 0));
      const held = world.balance(member.profile) + world.balance(bundle);
      const [profile, keys] = world.gains([member.refund, member.bundleRefund], () => world.does(closeProfile(member, 0)));
      expect(profile! + keys!).to.equal(held);
    }
  });

  test("lamports sent to an inbox pay for its growth, and what is too much goes to the refund address", (world) => {
    const chat = world.open();
    world.does(transfer({ from: chat.reader.address, to: chat.address, lamports: 3_000_000n }));
    expect(world.gains([chat.payer.address, chat.refund], () => world.does(resize(chat, 2_048, 0)))).to.deep.equal([
      3_000_000n - (rent(2_048) - rent(1_024)),
      0n,
    ]);
    world.does(transfer({ from: chat.reader.address, to: chat.address, lamports: SOL }));
    expect(world.gains([chat.payer.address, chat.refund], () => world.does(resize(chat, 2_048, 0)))).to.deep.equal([0n, SOL]);
  });

  test("an inbox opened again is a new life: new salt, new head, number 0, and not a byte of the old one", (world) => {
    const first = world.open({ capacity: 512 });
    world.post(first, noise(300, "old"), noise(100, "older"));
    world.acknowledge(first);
    const closing = close(first, 2);
    const second = world.chat({ ...first, openSalt: noise(16, "new salt") });
    for (const together of [false, true]) {
      if (together) world.does(closing, openInbox(second));
      else {
        world.does(closing);
        expect(world.gone(first.address)).to.equal(true);
        world.does(openInbox(second));
      }
      const inbox = world.inbox(second);
      expect(inbox).to.include({ next: 0, first: 0, acknowledged: 0, tail: 0, used: 0, state: "open", openedSlot: world.slot, intact: true });
      expect(inbox.openSalt).to.deep.equal(second.openSalt);
      expect(inbox.head).to.deep.equal(firstHead(second.address, second.openSalt)).and.not.deep.equal(firstHead(first.address, first.openSalt));
      expect(world.account(second.address)?.data.subarray(444)).to.deep.equal(new Uint8Array(512));
      world.refuses("SequenceMismatch", post(first, 2, fill(1, 1)));
      world.refuses("BadAcknowledge", acknowledge(first, 2));
      world.post(second, noise(300, "old"), noise(100, "older"));
      world.acknowledge(second);
    }
  });

  test("a request closed and opened again in one transaction starts a new hold, and counts as a new request", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient);
    world.post(chat, fill(10, 1));
    world.does(decline(chat, recipient));
    world.pass(20 * 24 * 60 * 60);
    world.does(close(chat, 1), openRequest(chat, recipient), post(chat, 0, fill(10, 2)));
    expect(world.inbox(chat)).to.include({ state: "request", next: 1, openedTime: world.time });
    expect(world.profile(recipient).requests).to.equal(2n);
    world.refuses("CloseTooEarly", close(chat, 1));
  });

  test("lamports that come back in the closing transaction revive nothing", (world) => {
    const chat = world.open();
    world.post(chat, noise(100, "old"));
    world.acknowledge(chat);
    world.does(close(chat, 1), transfer({ from: chat.reader.address, to: chat.address, lamports: rent(1_468) }));
    expect(world.account(chat.address)).to.deep.include({ owner: SYSTEM_PROGRAM, data: new Uint8Array() });
    world.refuses("AccountDataTooSmall", post(chat, 1, fill(1, 1)));
    world.does(openInbox(chat));
    expect(world.inbox(chat).next).to.equal(0);
  });

  test("what exists is not opened or created again", (world) => {
    const member = world.member();
    const [chat, request] = [world.open(), world.request(member)];
    world.post(chat, fill(10, 1));
    for (const again of [openInbox(chat), openRequest(chat, member), openInbox(request), createProfile(member)]) world.refuses(ALREADY_IN_USE, again);
  });

  test("no account is made but at the address that its seeds derive", (world) => {
    const member = world.stranger();
    const recipient = world.member();
    const [chat, other] = [world.chat(), world.chat()];
    const somewhere = world.person(0n).address;
    for (const address of [other.address, somewhere, bundleAddress(member, 0)]) {
      world.refuses("WrongAddress", elsewhere(openInbox(chat), 2, address));
      world.refuses("WrongAddress", elsewhere(openRequest(chat, recipient), 2, address));
      world.refuses("WrongAddress", elsewhere(createProfile(member), 2, address));
      world.refuses("WrongAddress", elsewhere(createBundle(recipient, 1), 3, address));
    }
    const index = { ...chat, index: chat.index + 1 };
    world.refuses("WrongAddress", elsewhere(openInbox(index), 2, chat.address));
  });

  test("one key is payer, writer, fee payer and refund address at once, from opening to closing", (world) => {
    const recipient = world.member();
    const self = world.person();
    const one = { payer: self, writer: self, refund: self.address };
    const chats = [world.chat(one), world.chat(one)];
    const before = world.balance(self.address);
    const alone = (instruction: Instruction): void => {
      expect(world.send([instruction], self).error).to.equal(undefined);
    };
    alone(openInbox(chats[0]!));
    alone(openRequest(chats[1]!, recipient));
    world.does(decline(chats[1]!, recipient));
    alone(post(chats[0]!, 0, fill(10, 1)));
    alone(resize(chats[0]!, 4_096, 1));
    alone(resize(chats[0]!, 256, 1));
    world.acknowledge(chats[0]!);
    alone(close(chats[0]!, 1));
    alone(close(chats[1]!, 0));
    expect(before - world.balance(self.address)).to.equal(7n * 5_000n);
  });

  test("one key is wallet, delegate, payer, fee payer and refund address at once, from registration to its end", (world) => {
    const self = world.person();
    const member = world.stranger({ wallet: self, delegate: self, refund: self.address, bundleRefund: self.address });
    const before = world.balance(self.address);
    const chat = world.chat();
    const steps = [createProfile(member), createBundle(member, 0), ...writeWholeBundle(member, 0), activateBundle(member, 0)];
    for (const step of steps) expect(world.send([step], self).error).to.equal(undefined);
    world.does(openRequest(chat, member));
    for (const step of [accept(chat, member, self), closeProfile(member, 0)]) expect(world.send([step], self).error).to.equal(undefined);
    expect(before - world.balance(self.address)).to.equal(7n * 5_000n);
  });

  test("somebody may write to themselves: one wallet is sender and recipient, writer and reader", (world) => {
    const self = world.person();
    const member = world.member({ wallet: self, delegate: self, refund: self.address, policy: { kind: "postage", lamports: 900_000n } });
    const chat = world.request(member, { payer: self, writer: self, reader: self, refund: self.address });
    world.post(chat, fill(10, 1));
    expect(world.gains([self.address], () => world.does(accept(chat, member)))).to.deep.equal([900_000n]);
    world.acknowledge(chat);
    world.does(close(chat, 1));
    expect(world.gone(chat.address)).to.equal(true);
  });

  test("refund addresses that could never be paid are refused: nobody, the program, and the account itself", (world) => {
    const recipient = world.member();
    const member = world.stranger();
    const chat = world.chat();
    for (const nobody of [SYSTEM_PROGRAM, PROGRAM_ADDRESS, undefined]) {
      const lost = { ...chat, refund: nobody ?? chat.address };
      world.refuses("WrongRefund", openInbox(lost));
      world.refuses("WrongRefund", openRequest(lost, recipient));
      world.refuses("WrongRefund", createProfile({ ...member, refund: nobody ?? member.profile }));
      world.refuses("WrongRefund", createBundle({ ...recipient, bundleRefund: nobody ?? bundleAddress(recipient, 1) }, 1));
    }
    for (const step of [openInbox(chat), createProfile(member), createBundle(recipient, 1)]) world.does(step);
  });

  test("a profile and a key bundle of its own, which close together, are no refund addresses for each other", (world) => {
    const member = world.stranger();
    world.does(createProfile(member));
    world.refuses("WrongRefund", createBundle({ ...member, bundleRefund: member.profile }, 0));
    world.does(createBundle({ ...member, bundleRefund: world.member().profile }, 0));
    // The other way about, the bundle comes later: it is what is refused, and the profile still closes.
    const unlucky = world.stranger();
    const misled = { ...unlucky, refund: bundleAddress(unlucky, 0) };
    world.does(createProfile(misled));
    world.refuses("WrongRefund", createBundle(misled, 0));
    expect(world.gains([misled.refund], () => world.does(closeProfile(misled, undefined)))).to.deep.equal([rent(432)]);
    world.does(createProfile(unlucky), createBundle(unlucky, 0));
  });

  test("seeds of different kinds, writers and indices never meet at one address", (world) => {
    const [a, b] = [world.person(), world.person()];
    const addresses = [a, b].flatMap((writer) => [0, 1, 256, 0xffff_ffff].map((index) => world.chat({ writer, index }).address));
    const members = [a, b].flatMap((wallet) => {
      const member = world.stranger({ wallet });
      return [member.profile, bundleAddress(member, 0), bundleAddress(member, 1)];
    });
    expect(new Set([...addresses, ...members, PROGRAM_ADDRESS]).size).to.equal(15);
  });
});
