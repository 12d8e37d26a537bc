/**
 * Griefing: what somebody can do who wants others not to get through, and what it costs in lamports. Rent at 5,080 lamports a
 * byte and 5,000 lamports a signature, as this ledger charges; fees for priority, which a contest adds, come on top.
 */
import { expect } from "chai";
import { PROGRAM_ADDRESS, transfer, type Instruction } from "../../sdk/src/program/index.js";
import { Attacker } from "./support/attacker.js";
import { fill, noise } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { GRIEFING, SMALLEST, paid } from "./support/griefing-costs.js";
import { FEE, rent } from "./support/ledger.js";
import { instructionNamed } from "./support/idl.js";
import {
  accept,
  acknowledge,
  bundleAddress,
  close,
  createBundle,
  createProfile,
  decline,
  openInbox,
  openRequest,
  post,
  updateProfile,
  type Chat,
} from "./support/parties.js";
import { SCENARIOS } from "./support/scenarios.js";
import { MEMO } from "./support/matrix/expected.js";

onEachBuild("Griefing: getting in the way", (test) => {
  test("prefunding an address gives the victim money: a fee and 650,240 lamports a time", (world) => {
    const attacker = new Attacker(world);
    const victim = world.stranger();
    const chat = world.chat();
    const targets = [victim.profile, bundleAddress(victim, 0), chat.address];
    for (const to of targets) attacker.does(transfer({ from: attacker.person.address, to, lamports: rent(0) }));
    expect(attacker.spent).to.equal(paid("prefunding", 3n));
    const costs = [createProfile(victim), createBundle(victim, 0), openInbox(chat)].map((step, i) => {
      const payer = i < 2 ? victim.wallet.address : chat.payer.address;
      return -world.gains([payer], () => world.does(step))[0]!;
    });
    expect(costs).to.deep.equal([rent(432) - rent(0), rent(1_488) - rent(0), rent(1_468) - rent(0)]);
  });

  test("front-running an address takes none without its key: a fee a try", (world) => {
    const attacker = new Attacker(world);
    const victim = world.stranger();
    const chat = world.chat();
    const mine = { ...attacker.chat(), index: chat.index };
    const at = (instruction: Instruction, slot: number, address: string): Instruction => ({
      ...instruction,
      accounts: instruction.accounts.map((account, i) => (i === slot ? { ...account, address } : account)),
    });
    attacker.fails("WrongAddress", at(openInbox(mine), 2, chat.address));
    attacker.fails("WrongAddress", at(createProfile({ ...victim, wallet: attacker.person, profile: "" }, attacker.person), 2, victim.profile));
    expect(attacker.spent).to.equal(paid("front-running an address", 2n));
    const step = openInbox({ ...chat, payer: attacker.person });
    const unsigned = { ...step, accounts: step.accounts.map((one) => ({ ...one, signer: one.address === attacker.person.address })) };
    attacker.fails("MissingRequiredSignature", unsigned);
    expect(attacker.spent).to.equal(paid("front-running an address", 3n));
    world.does(openInbox(chat));
    world.does(createProfile(victim));
  });

  test("blocking a recipient is not had for any number of requests: the ninth and every further one arrives", (world) => {
    const recipient = world.member();
    const attacker = new Attacker(world);
    const honest = world.request(recipient);
    for (let n = 0; n < 20; n++) attacker.does(openRequest(attacker.chat(), recipient));
    // What is achieved: the honest request is not among the last eight. The count says that some are missing, and it is there.
    const { recent, requests } = world.profile(recipient);
    expect(recent).not.to.include(honest.address);
    expect([recent.length, requests]).to.deep.equal([8, 21n]);
    expect(attacker.spent).to.equal(paid("blocking a recipient", 20n));
    world.does(accept(honest, recipient));
    const late = world.request(recipient);
    expect(world.profile(recipient).recent[0]).to.equal(late.address);
  });

  test("flooding requests locks 4,206,240 lamports in each for 14 days, a refusal excepted, and postage is gone for good when the recipient answers", (world) => {
    const postage = 1_000_000n;
    const recipient = world.member({ policy: { kind: "postage", lamports: postage } });
    const attacker = new Attacker(world);
    const flood = Array.from({ length: 10 }, () => attacker.chat());
    for (const chat of flood) attacker.does(openRequest(chat, recipient, postage));
    expect(SMALLEST).to.equal(4_206_240n);
    expect(attacker.spent).to.equal(10n * (FEE + SMALLEST + postage));
    world.pass(14 * 86_400 - 1);
    for (const chat of flood.slice(0, 2)) attacker.fails("CloseTooEarly", close(chat, 0));
    // The recipient takes the postage of half of them, and sends a fee for each.
    const [gain] = world.gains([recipient.wallet.address], () => {
      for (const chat of flood.slice(0, 5)) expect(world.send([accept(chat, recipient, recipient.wallet)], recipient.wallet).error).to.equal(undefined);
    });
    expect(gain).to.equal(5n * (postage - FEE));
    // A request that is declined gives its rent back at once: who wants a flood to be dear leaves it unanswered.
    world.does(decline(flood[9]!, recipient));
    const [back] = world.gains([attacker.person.address], () => attacker.does(close(flood[9]!, 0)));
    expect(back).to.equal(SMALLEST - FEE);
    world.pass(1);
    for (const chat of flood.slice(0, 9)) attacker.does(close(chat, 0));
    const refused = 2n * FEE;
    expect(attacker.spent - refused).to.equal(10n * GRIEFING["flooding requests"].gone + 6n * postage);
  });

  test("hot-account locking delays nobody's messages: of all instructions only a request writes what is not the two people's own", (world) => {
    const shared: Record<string, string[]> = {};
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      const sets = [scenario(world), scenario(world)].map(({ accounts }) => new Set(accounts.flatMap(({ address, writable }) => (writable ? [address] : []))));
      expect([...sets[0]!].filter((address) => sets[1]!.has(address)), name).to.deep.equal([]);
      shared[name] = instructionNamed(name).accounts.flatMap(({ name: account, writable }) => (writable === true && account === "recipient_profile" ? [account] : []));
    }
    expect(Object.keys(shared).filter((name) => shared[name]!.length > 0)).to.deep.equal(["open_request"]);
    // Anybody may name any account writable in a transaction of their own: a lock for as long as that runs, at a fee each.
    const attacker = new Attacker(world);
    const chat = world.open();
    const victim = world.member();
    for (let n = 0; n < 5; n++) {
      attacker.does(...[chat.address, victim.profile].map((to) => transfer({ from: attacker.person.address, to, lamports: 0n })));
      world.post(chat, fill(10, n));
    }
    expect(attacker.spent).to.equal(paid("hot-account locking", 5n));
  });

  test("log stuffing hides nothing: a frame is in the account though the log was cut before the post", (world) => {
    const attacker = new Attacker(world);
    const chat = attacker.chat(1_024);
    attacker.does(openInbox(chat));
    const memo: Instruction = { programAddress: MEMO, accounts: [], data: new TextEncoder().encode("stuff".repeat(3)) };
    const outcome = world.send([...Array.from({ length: 42 }, () => memo), post(chat, 0, noise(100, "hidden"))], attacker.person);
    expect(outcome.error).to.equal(undefined);
    expect(outcome.logs).to.include("Log truncated");
    expect(outcome.logs.join()).not.to.include(PROGRAM_ADDRESS);
    expect(world.inbox(chat).frames.map(({ payload }) => payload)).to.deep.equal([noise(100, "hidden")]);
    expect(attacker.spent).to.equal(FEE + rent(1_468) + paid("log stuffing"));
    // The program itself says nothing but what the runtime says of every call.
    const { logs } = world.does(post(chat, 1, noise(100, "plain")));
    expect(logs.filter((line) => line.startsWith("Program log") || line.startsWith("Program data"))).to.deep.equal([]);
  });

  test("closing and reopening passes nothing of one life for another; what was on its way to the first at most reads the writer's own frames", (world) => {
    const attacker = new Attacker(world);
    const reader = world.person();
    const chat: Chat = { ...attacker.chat(512), reader };
    attacker.does(openInbox(chat));
    attacker.does(post(chat, 0, fill(10, 1)));
    world.does(acknowledge(chat, 1));
    const late = acknowledge(chat, 2);
    const again = { ...chat, openSalt: noise(16, "second life") };
    attacker.does(close(chat, 1), openInbox(again), post(again, 0, fill(10, 2)), post(again, 1, fill(10, 3)));
    attacker.fails("SequenceMismatch", post(chat, 1, fill(10, 1)));
    expect(world.inbox(chat)).to.include({ next: 2, acknowledged: 0, first: 0 });
    // What is achieved: an acknowledgement of the first life counts in the second, over frames that are the attacker's own.
    world.does(late);
    expect(world.inbox(chat).acknowledged).to.equal(2);
    expect(attacker.spent).to.equal(3n * FEE + rent(956) + paid("closing and reopening"));
  });

  test("evicting unread is not to be had: the writer alone fills the ring, and is refused at a fee a time", (world) => {
    const attacker = new Attacker(world);
    const chat = attacker.chat(256);
    attacker.does(openInbox(chat));
    attacker.does(post(chat, 0, fill(122, 1)), post(chat, 1, fill(122, 2)));
    for (let n = 0; n < 3; n++) attacker.fails("InboxFull", post(chat, 2, fill(n, 3)));
    expect(world.inbox(chat).frames.map(({ seq }) => seq)).to.deep.equal([0, 1]);
    const victim = world.open({ capacity: 256 });
    world.post(victim, fill(250, 1));
    attacker.fails("NotWriter", post(victim, 1, fill(250, 2), attacker.person));
    attacker.fails("NotReader", acknowledge(victim, 1, attacker.person));
    expect(attacker.spent).to.equal(2n * FEE + SMALLEST + paid("evicting unread", 5n));
  });

  test("raising postage under a sender costs both a fee and the sender nothing more", (world) => {
    const wallet = world.person();
    const recipient = world.member({ wallet, policy: { kind: "postage", lamports: 1_000n } });
    const attacker = new Attacker(world, wallet);
    const sender = new Attacker(world);
    const request = openRequest(sender.chat(), recipient, 1_000n);
    attacker.does(updateProfile(recipient, wallet, { policy: { kind: "postage", lamports: 1_001n } }));
    sender.fails("PostageTooHigh", request);
    expect([attacker.spent, sender.spent]).to.deep.equal([paid("raising postage under a sender"), FEE]);
  });
});
