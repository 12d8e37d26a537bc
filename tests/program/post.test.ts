import { expect } from "chai";
import { fill, noise } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { START_TIME } from "./support/ledger.js";
import { firstHead, nextHead } from "./support/log.js";
import { post } from "./support/parties.js";

const FRAME_HEAD = 6;
const U32_MAX = 0xffff_ffff;

onEachBuild("post", (test) => {
  test("appends the payload with the next number and the cluster's time", (world) => {
    const chat = world.open();
    world.pass(60);
    world.post(chat, noise(100, "one"), noise(7, "two"));
    const inbox = world.inbox(chat);
    expect(inbox.frames).to.deep.equal([
      { seq: 0, time: START_TIME + 60, payload: noise(100, "one") },
      { seq: 1, time: START_TIME + 60, payload: noise(7, "two") },
    ]);
    expect(inbox).to.include({ next: 2, first: 0, acknowledged: 0, tail: 0, used: 107 + 2 * FRAME_HEAD, lastTime: START_TIME + 60, intact: true });
  });

  test("chains every frame into the head, those that the ring has dropped as well", (world) => {
    const chat = world.open({ capacity: 256 });
    let head = firstHead(chat.address, chat.openSalt);
    expect(world.inbox(chat).head).to.deep.equal(head);
    for (let seq = 0; seq < 12; seq++) {
      world.pass(seq);
      const payload = noise(seq * 11, `frame ${seq}`);
      world.post(chat, payload);
      head = nextHead(head, { seq, time: world.time, payload });
      expect(world.inbox(chat).head).to.deep.equal(head);
      world.acknowledge(chat);
    }
    expect(world.inbox(chat).first).to.be.above(0);
  });

  test("takes an empty payload", (world) => {
    const chat = world.open();
    world.post(chat, new Uint8Array());
    expect(world.inbox(chat).frames).to.deep.equal([{ seq: 0, time: START_TIME, payload: new Uint8Array() }]);
  });

  test("fills a ring to its last byte, and refuses a payload that never fits in it", (world) => {
    const chat = world.open({ capacity: 256 });
    world.refuses("PayloadTooLarge", post(chat, 0, fill(256 - FRAME_HEAD + 1, 1)));
    world.post(chat, fill(256 - FRAME_HEAD, 2));
    expect(world.inbox(chat)).to.include({ used: 256, capacity: 256 });
    world.acknowledge(chat);
    world.refuses("PayloadTooLarge", post(chat, 1, fill(256 - FRAME_HEAD + 1, 3)));
    world.post(chat, fill(256 - FRAME_HEAD, 4));
    expect(world.inbox(chat).frames.map(({ payload }) => payload)).to.deep.equal([fill(250, 4)]);
  });

  test("takes the largest payload that a transaction carries", (world) => {
    const chat = world.open({ capacity: 2_048 });
    expect(world.send([post(chat, 0, noise(1_017, "large"))], chat.writer)).to.include({ error: undefined, transactionBytes: 1_232 });
    expect(world.inbox(chat).frames[0]?.payload).to.deep.equal(noise(1_017, "large"));
  });

  test("wraps a frame wherever the end of the ring falls in it", (world) => {
    for (let room = 0; room <= 24; room++) {
      const chat = world.open({ capacity: 256 });
      world.post(chat, fill(256 - FRAME_HEAD - room, 1));
      world.acknowledge(chat);
      world.post(chat, noise(18, `wrapped ${room}`));
      const { frames, tail, intact } = world.inbox(chat);
      expect({ payload: frames.at(-1)?.payload, intact, tail }).to.deep.equal({
        payload: noise(18, `wrapped ${room}`),
        intact: true,
        tail: room === 24 ? 0 : (256 - room) % 256,
      });
    }
  });

  test("drops as many acknowledged frames as it needs room for, and no more", (world) => {
    const chat = world.open({ capacity: 256 });
    world.post(chat, ...Array.from({ length: 8 }, (_, i) => fill(26, i)));
    expect(world.inbox(chat).used).to.equal(256);
    world.acknowledge(chat, 6);
    world.post(chat, fill(27, 8));
    expect(world.inbox(chat)).to.include({ first: 2, next: 9, intact: true });
    world.post(chat, new Uint8Array(25));
    expect(world.inbox(chat)).to.include({ first: 2, next: 10, used: 256, intact: true });
  });

  test("never dates a frame before the one in front of it, though the cluster's clock steps back", (world) => {
    const chat = world.open();
    world.pass(100);
    world.post(chat, fill(1, 1));
    world.pass(-50);
    world.post(chat, fill(1, 2));
    world.pass(51);
    world.post(chat, fill(1, 3));
    expect(world.inbox(chat).frames.map(({ time }) => time - START_TIME)).to.deep.equal([100, 100, 101]);
  });

  test("ends an inbox at 2^32 - 1 frames instead of starting over", (world) => {
    const chat = world.open();
    world.forge(chat.address, (view) => {
      for (const field of [48, 56, 60]) view.setUint32(field, U32_MAX - 1, true);
    });
    world.post(chat, fill(9, 9));
    expect(world.inbox(chat)).to.include({ next: U32_MAX, first: U32_MAX - 1, intact: true });
    world.refuses("SequenceMismatch", post(chat, U32_MAX, fill(9, 9)));
    world.refuses("SequenceMismatch", post(chat, 0, fill(9, 9)));
    world.acknowledge(chat, U32_MAX);
  });

  test("works from 1970 to 2106, and refuses a clock outside", (world) => {
    const chat = world.open();
    for (const time of [-1, U32_MAX + 1]) {
      world.setTime(time);
      world.refuses("InvalidClock", post(chat, 0, fill(1, 1)));
    }
    world.setTime(U32_MAX);
    world.post(chat, fill(1, 1));
    expect(world.inbox(chat).lastTime).to.equal(U32_MAX);
  });

  test("posts several frames in one transaction, or none of them", (world) => {
    const chat = world.open();
    world.does(post(chat, 0, fill(10, 0)), post(chat, 1, fill(10, 1)), post(chat, 2, fill(10, 2)));
    expect(world.inbox(chat).next).to.equal(3);
    world.refuses("SequenceMismatch", post(chat, 3, fill(10, 3)), post(chat, 3, fill(10, 3)));
  });
});
