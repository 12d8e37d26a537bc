import { expect } from "chai";
import { fill } from "../support/bytes.js";
import { onEachBuild } from "../support/builds.js";
import { SOL, rent } from "../support/ledger.js";
import { accept, acknowledge, openRequest, post, resize } from "../support/parties.js";

onEachBuild("Rule 2: a request evicts nothing", (test) => {
  for (const overwrite of [false, true]) {
    test(`a full request refuses as a full open inbox does, ${overwrite ? "though it was opened to overwrite" : "and keeps what it has"}`, (world) => {
      const chat = world.request(world.member(), { capacity: 256, overwrite });
      world.post(chat, fill(120, 0), fill(120, 1));
      world.refuses("InboxFull", post(chat, 2, fill(0, 2)));
      world.refuses("InboxFull", post(chat, 2, fill(200, 2)));
      expect(world.inbox(chat).frames.map(({ seq }) => seq)).to.deep.equal([0, 1]);
    });
  }

  test("nobody acknowledges in a request, so that nothing in it may go", (world) => {
    const recipient = world.member();
    const chat = world.request(recipient, { capacity: 256 });
    world.post(chat, fill(200, 0));
    for (const reader of [chat.reader, chat.writer, recipient.wallet, recipient.delegate]) world.refuses("NotOpen", acknowledge(chat, 1, reader));
    world.refuses("InboxFull", post(chat, 1, fill(200, 1)));
  });

  test("a request grows at its payer's cost, shrinks to what it holds, and drops no frame for that", (world) => {
    const chat = world.request(world.member(), { capacity: 512 });
    world.post(chat, fill(250, 0), fill(244, 1));
    world.refuses("InboxFull", post(chat, 2, fill(300, 2)));
    expect(world.gains([chat.payer.address, chat.refund], () => world.does(resize(chat, 1_024, 2)))).to.deep.equal([rent(0) - rent(512), 0n]);
    world.post(chat, fill(300, 2));
    const used = 256 + 250 + 306;
    world.refuses("BadCapacity", resize(chat, used - 1, 3));
    world.does(resize(chat, used, 3));
    expect(world.inbox(chat)).to.include({ first: 0, next: 3, used, capacity: used, intact: true });
  });

  test("held postage does not stand in the way of growing or shrinking, and stays whole", (world) => {
    const postage = 700_000n;
    const recipient = world.member({ policy: { kind: "postage", lamports: postage } });
    const chat = world.request(recipient, { capacity: 256 });
    world.post(chat, fill(250, 0));
    world.refuses("InboxFull", post(chat, 1, fill(250, 1)));
    world.does(resize(chat, 4_096, 1));
    expect(world.balance(chat.address)).to.equal(rent(444 + 4_096) + postage);
    world.post(chat, fill(250, 1));
    expect(world.gains([chat.refund], () => world.does(resize(chat, 512, 2)))).to.deep.equal([rent(4_096) - rent(512)]);
    expect(world.balance(chat.address)).to.equal(rent(444 + 512) + postage);
    expect(world.inbox(chat)).to.include({ postageLamports: postage, next: 2, first: 0, intact: true });
    expect(world.gains([recipient.wallet.address], () => world.does(accept(chat, recipient)))).to.deep.equal([postage]);
  });

  test("once accepted, a request that was opened to overwrite does", (world) => {
    const recipient = world.member();
    const chat = world.chat({ capacity: 256, overwrite: true });
    world.does(openRequest(chat, recipient, SOL), post(chat, 0, fill(200, 0)));
    world.refuses("InboxFull", post(chat, 1, fill(200, 1)));
    world.does(accept(chat, recipient));
    world.post(chat, fill(200, 1));
    expect(world.inbox(chat).frames.map(({ seq }) => seq)).to.deep.equal([1]);
  });
});
