import { expect } from "chai";
import { fill } from "../support/bytes.js";
import { onEachBuild } from "../support/builds.js";
import { post, resize } from "../support/parties.js";

const seqs = (inbox: { frames: readonly { seq: number }[] }): number[] => inbox.frames.map(({ seq }) => seq);

onEachBuild("Rule 3: in an open inbox, only what the reader has acknowledged gives way", (test) => {
  for (const birth of ["open", "accepted"] as const) {
    test(`a full ring of unread frames refuses (${birth === "open" ? "open at birth" : "accepted"}), and takes the frame once it has grown`, (world) => {
      const chat = world[birth]({ capacity: 256 });
      world.post(chat, fill(122, 0), fill(122, 1));
      world.refuses("InboxFull", post(chat, 2, fill(0, 2)));
      world.does(resize(chat, 262, 2));
      world.post(chat, fill(0, 2));
      expect(seqs(world.inbox(chat))).to.deep.equal([0, 1, 2]);
    });
  }

  test("a frame that would need an unread one to go is refused, though read ones lie in front", (world) => {
    const chat = world.open({ capacity: 256 });
    world.post(chat, fill(58, 0), fill(58, 1), fill(58, 2), fill(58, 3));
    world.acknowledge(chat, 2);
    world.refuses("InboxFull", post(chat, 4, fill(123, 4)));
    expect(seqs(world.inbox(chat))).to.deep.equal([0, 1, 2, 3]);
    world.post(chat, fill(122, 4));
    expect(seqs(world.inbox(chat))).to.deep.equal([2, 3, 4]);
  });

  test("an inbox opened to overwrite never refuses for want of room, and drops the oldest first", (world) => {
    const chat = world.open({ capacity: 256, overwrite: true });
    world.post(chat, ...Array.from({ length: 9 }, (_, i) => fill(58, i)));
    expect(world.inbox(chat)).to.include({ first: 5, next: 9, acknowledged: 0, intact: true });
    world.post(chat, fill(250, 9));
    expect(seqs(world.inbox(chat))).to.deep.equal([9]);
  });

  test("without the flag nothing overwrites", (world) => {
    const chat = world.open({ capacity: 256, overwrite: false });
    world.post(chat, fill(58, 0), fill(58, 1), fill(58, 2), fill(58, 3));
    world.refuses("InboxFull", post(chat, 4, fill(58, 4)));
  });

  test("shrinking drops acknowledged frames alone, oldest first and no more than needed, in every kind of inbox", (world) => {
    for (const overwrite of [false, true]) {
      const chat = world.open({ capacity: 512, overwrite });
      world.post(chat, ...Array.from({ length: 8 }, (_, i) => fill(58, i)));
      world.refuses("BadCapacity", resize(chat, 511, 8));
      world.acknowledge(chat, 3);
      world.refuses("BadCapacity", resize(chat, 319, 8));
      world.does(resize(chat, 440, 8));
      expect(seqs(world.inbox(chat))).to.deep.equal([2, 3, 4, 5, 6, 7]);
      world.does(resize(chat, 320, 8));
      expect(seqs(world.inbox(chat))).to.deep.equal([3, 4, 5, 6, 7]);
    }
  });
});
