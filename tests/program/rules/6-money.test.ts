import { expect } from "chai";
import type { Address } from "../../../sdk/src/program/index.js";
import { fill } from "../support/bytes.js";
import { onEachBuild } from "../support/builds.js";
import { rent } from "../support/ledger.js";
import { accept, close, decline, post, resize, type Chat } from "../support/parties.js";
import type { World } from "../support/world.js";

const DAY = 24 * 60 * 60;
const POSTAGE = 900_000n;
/** Anchor's refusal of one account in two writable slots. */
const TWICE_WRITABLE = "Custom(2040)";
const charging = { policy: { kind: "postage", lamports: POSTAGE } } as const;

/** Closes `chat` and checks that all it held went to its refund address, and nothing anywhere else. */
function closesTo(world: World, chat: Chat, closer = chat.writer): void {
  const { next } = world.inbox(chat);
  const held = world.balance(chat.address);
  const others: Address[] = [closer, chat.writer, chat.payer, chat.reader].map(({ address }) => address).filter((address) => address !== chat.refund);
  const gains = world.gains([chat.refund, ...others], () => world.does(close(chat, next, closer)));
  expect(gains).to.deep.equal([held, ...others.map(() => 0n)]);
  expect(world.gone(chat.address)).to.equal(true);
}

onEachBuild("Rule 6: closing has its time, and the money goes to the recorded refund address alone", (test) => {
  test("an open inbox closes when all of it is acknowledged, by the writer or by the refund address", (world) => {
    for (const closer of ["writer", "refund"] as const) {
      const refund = world.person();
      const chat = world.open({ refund: refund.address });
      world.post(chat, fill(10, 0), fill(10, 1));
      world.acknowledge(chat, 1);
      world.refuses("CloseTooEarly", close(chat, 2, closer === "writer" ? chat.writer : refund));
      world.acknowledge(chat, 2);
      closesTo(world, chat, closer === "writer" ? chat.writer : refund);
    }
  });

  test("an open inbox closes unread after 30 days of silence, not a second sooner", (world) => {
    const chat = world.open();
    world.pass(10 * DAY);
    world.post(chat, fill(10, 0));
    world.pass(30 * DAY - 1);
    world.refuses("CloseTooEarly", close(chat, 1));
    world.pass(1);
    closesTo(world, chat);
  });

  test("a post ends the silence", (world) => {
    const chat = world.open();
    world.post(chat, fill(10, 0));
    world.pass(29 * DAY);
    world.post(chat, fill(10, 1));
    world.pass(2 * DAY);
    world.refuses("CloseTooEarly", close(chat, 2));
  });

  test("a request closes 14 days after opening, not a second sooner, and brings its postage back", (world) => {
    const refund = world.person();
    const [early, empty] = [world.request(world.member(charging), { refund: refund.address }), world.request(world.member())];
    world.pass(13 * DAY);
    world.post(early, fill(10, 0));
    world.pass(DAY - 1);
    for (const closer of [early.writer, refund]) world.refuses("CloseTooEarly", close(early, 1, closer));
    world.refuses("CloseTooEarly", close(empty, 0));
    world.pass(1);
    expect(world.balance(early.address)).to.equal(rent(1_468) + POSTAGE);
    closesTo(world, early);
    closesTo(world, empty);
  });

  test("a clock that steps back behind the opening closes nothing", (world) => {
    const [chat, request] = [world.open(), world.request(world.member())];
    world.post(chat, fill(10, 0));
    world.pass(-1_000);
    world.refuses("CloseTooEarly", close(chat, 1));
    world.refuses("CloseTooEarly", close(request, 0));
  });

  test("an accepted request closes as an open inbox does", (world) => {
    const chat = world.accepted();
    world.post(chat, fill(10, 0));
    world.pass(14 * DAY);
    world.refuses("CloseTooEarly", close(chat, 1));
    world.acknowledge(chat);
    closesTo(world, chat);
  });

  test("a declined request takes no more frames, cannot be resized, and anyone closes it at once", (world) => {
    const recipient = world.member(charging);
    for (const closer of ["stranger", "writer", "wallet", "delegate"] as const) {
      const chat = world.request(recipient);
      world.post(chat, fill(10, 0));
      world.does(decline(chat, recipient));
      world.refuses("Declined", post(chat, 1, fill(10, 1)));
      for (const capacity of [512, 1_024, 2_048]) world.refuses("Declined", resize(chat, capacity, 1));
      closesTo(world, chat, closer === "stranger" ? world.person() : closer === "writer" ? chat.writer : recipient[closer]);
    }
  });

  test("nobody but writer and refund address closes what was not declined", (world) => {
    const recipient = world.member();
    const chats = [world.open(), world.request(recipient), world.accepted()];
    world.pass(60 * DAY);
    for (const chat of chats) {
      for (const closer of [chat.payer, chat.reader, recipient.wallet, recipient.delegate, world.person()]) world.refuses("NotWriter", close(chat, 0, closer));
      closesTo(world, chat);
    }
  });

  test("closing pays nobody else: not the writer, the payer, the recipient or the closer", (world) => {
    const recipient = world.member();
    const declined = world.request(recipient);
    world.does(decline(declined, recipient));
    for (const chat of [world.open(), declined]) {
      for (const thief of [chat.writer.address, chat.payer.address, chat.reader.address, recipient.wallet.address]) {
        world.refuses("WrongRefund", close(chat, 0, chat.writer, thief));
      }
      world.refuses(TWICE_WRITABLE, close(chat, 0, chat.writer, chat.address));
    }
  });

  test("closing a declined inbox by a stranger pays that stranger nothing", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient);
    world.does(decline(chat, recipient));
    const stranger = world.person();
    world.refuses("WrongRefund", close(chat, 0, stranger, stranger.address));
  });

  test("closing expects the number of frames that the closer has seen, in every state", (world) => {
    const recipient = world.member();
    const chats = [world.open(), world.request(recipient), world.request(recipient)];
    for (const chat of chats) world.post(chat, fill(10, 0));
    world.acknowledge(chats[0]!);
    world.does(decline(chats[2]!, recipient));
    world.pass(14 * DAY);
    for (const chat of chats) {
      for (const next of [0, 2]) world.refuses("SequenceMismatch", close(chat, next));
      closesTo(world, chat);
    }
  });

  test("what shrinking frees goes to the refund address, never to the payer or writer", (world) => {
    const chat = world.open({ capacity: 4_096 });
    for (const thief of [chat.payer.address, chat.writer.address]) world.refuses("WrongRefund", resize(chat, 512, 0, { refund: thief }));
    const gains = world.gains([chat.refund, chat.payer.address, chat.writer.address], () => world.does(resize(chat, 512, 0)));
    expect(gains).to.deep.equal([rent(4_096) - rent(512), 0n, 0n]);
    expect(world.balance(chat.address)).to.equal(rent(444 + 512));
  });

  test("the recipient's answer moves postage alone: the rent stays in the inbox for its refund address", (world) => {
    for (const answer of [accept, decline]) {
      const recipient = world.member(charging);
      const chat = world.request(recipient);
      world.does(answer(chat, recipient));
      expect(world.balance(chat.address)).to.equal(rent(1_468));
      closesTo(world, chat);
    }
  });
});
