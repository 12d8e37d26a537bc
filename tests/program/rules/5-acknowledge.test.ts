import { expect } from "chai";
import { fill } from "../support/bytes.js";
import { onEachBuild } from "../support/builds.js";
import { accept, acknowledge, decline } from "../support/parties.js";

onEachBuild("Rule 5: acknowledging needs the reader, moves forward only, and never past the end", (test) => {
  test("the reader acknowledges some frames, then the rest, and nothing else changes", (world) => {
    const chat = world.open();
    world.post(chat, fill(10, 0), fill(10, 1), fill(10, 2));
    const { acknowledged: _, ...before } = world.inbox(chat);
    for (const upto of [2, 3]) {
      world.does(acknowledge(chat, upto));
      const { acknowledged, ...after } = world.inbox(chat);
      expect(acknowledged).to.equal(upto);
      expect(after).to.deep.equal(before);
    }
  });

  test("nobody but the reader acknowledges: not the writer, the payer, the reader of another inbox or a stranger", (world) => {
    const chat = world.open();
    const other = world.open();
    world.post(chat, fill(10, 0));
    for (const somebody of [chat.writer, chat.payer, other.reader, world.person()]) world.refuses("NotReader", acknowledge(chat, 1, somebody));
    world.acknowledge(chat);
  });

  test("in an accepted request it is the reader whom the recipient named, not the recipient", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient);
    world.post(chat, fill(10, 0));
    world.does(accept(chat, recipient));
    for (const somebody of [recipient.wallet, recipient.delegate]) world.refuses("NotReader", acknowledge(chat, 1, somebody));
    world.acknowledge(chat);
  });

  test("an acknowledgement never stands still, goes back or runs past the last frame", (world) => {
    const chat = world.open();
    world.refuses("BadAcknowledge", acknowledge(chat, 0));
    world.refuses("BadAcknowledge", acknowledge(chat, 1));
    world.post(chat, fill(10, 0), fill(10, 1), fill(10, 2));
    world.acknowledge(chat, 2);
    for (const upto of [0, 1, 2, 4, 0xffff_ffff]) world.refuses("BadAcknowledge", acknowledge(chat, upto));
    world.acknowledge(chat, 3);
  });

  test("neither a request nor a declined inbox has anything to acknowledge", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient);
    world.post(chat, fill(10, 0));
    world.refuses("NotOpen", acknowledge(chat, 1));
    world.does(decline(chat, recipient));
    for (const somebody of [chat.reader, recipient.delegate]) world.refuses("NotOpen", acknowledge(chat, 1, somebody));
  });

  test("frames that an overwriting inbox has dropped unread can still be acknowledged, step by step", (world) => {
    const chat = world.open({ capacity: 256, overwrite: true });
    world.post(chat, ...Array.from({ length: 6 }, (_, i) => fill(100, i)));
    expect(world.inbox(chat)).to.include({ first: 4, acknowledged: 0 });
    world.acknowledge(chat, 1);
    world.acknowledge(chat, 6);
    world.refuses("BadAcknowledge", acknowledge(chat, 6));
  });
});
