import { expect } from "chai";
import { fill, noise } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { rent } from "./support/ledger.js";
import { resize, type Chat } from "./support/parties.js";
import type { World } from "./support/world.js";

/** A full ring of 512 bytes whose frames 2 to 7 are left, with the oldest wherever `shift` puts it. */
function wrapped(world: World, shift: number): Chat {
  const chat = world.open({ capacity: 512 });
  world.post(chat, fill(shift, 0), fill(58, 1));
  world.acknowledge(chat);
  world.post(chat, ...Array.from({ length: 6 }, (_, i) => noise(70, `frame ${i}`)));
  return chat;
}

onEachBuild("resize_inbox", (test) => {
  test("grows at the payer's cost, by 10,240 bytes at most, and shrinks by any number to 256", (world) => {
    const chat = world.open({ capacity: 256 });
    world.refuses("BadCapacity", resize(chat, 256 + 10_241, 0));
    expect(world.gains([chat.payer.address, chat.writer.address, chat.refund], () => world.does(resize(chat, 256 + 10_240, 0)))).to.deep.equal([
      rent(256) - rent(256 + 10_240),
      0n,
      0n,
    ]);
    expect(world.gains([chat.payer.address, chat.writer.address, chat.refund], () => world.does(resize(chat, 256, 0)))).to.deep.equal([
      0n,
      0n,
      rent(256 + 10_240) - rent(256),
    ]);
    for (const capacity of [0, 255]) world.refuses("BadCapacity", resize(chat, capacity, 0));
  });

  test("refuses a ring that no account could hold", (world) => {
    const chat = world.open();
    for (const capacity of [10 * 1_024 * 1_024 - 443, 0x7fff_ffff, 0xffff_ffff]) world.refuses("BadCapacity", resize(chat, capacity, 0));
  });

  test("grows to 10 MiB in steps, and not a byte further", (world) => {
    const chat = world.open();
    const most = 10 * 1_024 * 1_024 - 444;
    const { data } = world.account(chat.address)!;
    const large = new Uint8Array(444 + most - 10_240);
    large.set(data);
    new DataView(large.buffer).setUint32(440, most - 10_240, true);
    world.plant(chat.address, { ...world.account(chat.address)!, data: large, lamports: rent(large.length) });
    world.refuses("BadCapacity", resize(chat, most + 1, 0));
    world.does(resize(chat, most, 0));
    world.post(chat, fill(100, 1));
    expect(world.account(chat.address)!.data).to.have.length(10 * 1_024 * 1_024);
  });

  test("grows several times in one transaction", (world) => {
    const chat = world.open({ capacity: 256 });
    world.does(resize(chat, 10_496, 0), resize(chat, 20_736, 0), resize(chat, 30_976, 0));
    expect(world.inbox(chat)).to.include({ capacity: 30_976, intact: true });
  });

  test("keeps every frame while growing, wherever in the ring it stands", (world) => {
    for (const shift of [0, 20, 30, 31, 32, 33, 34, 35, 36, 100, 200, 300, 400]) {
      const chat = wrapped(world, shift);
      const before = world.inbox(chat);
      world.does(resize(chat, 513 + shift, 8));
      expect(world.inbox(chat)).to.deep.include({ first: before.first, next: 8, head: before.head, frames: before.frames, intact: true });
      world.post(chat, fill(1 + shift, 9));
      expect(world.inbox(chat).frames.slice(0, -1)).to.deep.equal(before.frames);
    }
  });

  test("keeps every unread frame while shrinking, wherever in the ring it stands", (world) => {
    for (const shift of [0, 20, 30, 31, 32, 33, 34, 35, 36, 100, 200, 300, 400]) {
      const chat = wrapped(world, shift);
      const before = world.inbox(chat);
      const unread = before.frames.filter(({ seq }) => seq >= 2);
      world.refuses("BadCapacity", resize(chat, 455, 8));
      world.does(resize(chat, 456, 8));
      expect(world.inbox(chat)).to.deep.include({ first: 2, next: 8, head: before.head, frames: unread, used: 456, intact: true });
      world.acknowledge(chat, 5);
      world.does(resize(chat, 256, 8));
      expect(world.inbox(chat)).to.deep.include({ first: 5, frames: unread.slice(3), capacity: 256, intact: true });
      world.post(chat, fill(22, 9));
      expect(world.inbox(chat).frames.slice(0, -1)).to.deep.equal(unread.slice(3));
    }
  });

  test("changes nothing in a log but its ring", (world) => {
    const chat = wrapped(world, 100);
    const { capacity: _c, tail: _t, frames: _f, ...before } = world.inbox(chat);
    world.does(resize(chat, 700, 8));
    const { capacity, tail: _tail, frames: _frames, ...after } = world.inbox(chat);
    expect(capacity).to.equal(700);
    expect(after).to.deep.equal(before);
  });

  test("frames move only when they would lie outside: those that end where the ring ends, or the smaller one, stay where they are", (world) => {
    for (const [before, capacity, tail] of [
      [512, 459, 88],
      [512, 458, 88],
      [512, 457, 0],
      [458, 459, 88],
      [458, 10_000, 88],
      [458, 458, 88],
    ] as const) {
      const chat = world.open({ capacity: 512 });
      // Three frames of 150 bytes to the ring's end, three more over them, then one that ends at 458.
      for (let i = 0; i < 6; i++) {
        world.post(chat, noise(144, `frame ${i}`));
        world.acknowledge(chat);
      }
      world.post(chat, noise(64, "last"));
      if (before < 512) world.does(resize(chat, before, 7));
      const { frames } = world.inbox(chat);
      expect(world.inbox(chat)).to.deep.include({ capacity: before, tail: 88 });
      world.does(resize(chat, capacity, 7));
      expect(world.inbox(chat)).to.deep.include({ capacity, tail, frames });
    }
  });

  test("growth that the payer cannot pay is refused", (world) => {
    const chat = world.open();
    world.refuses("Custom(1)", resize(chat, 4_096, 0, { payer: world.person(rent(3_072) - rent(0) - 1n) }));
  });

  test("anybody may pay for growth, and has no say in anything else", (world) => {
    const chat = world.open();
    const patron = world.person();
    expect(world.gains([patron.address, chat.payer.address], () => world.does(resize(chat, 2_048, 0, { payer: patron })))).to.deep.equal([
      rent(1_024) - rent(2_048),
      0n,
    ]);
    expect(world.gains([patron.address, chat.refund], () => world.does(resize(chat, 1_024, 0, { payer: patron })))).to.deep.equal([
      0n,
      rent(2_048) - rent(1_024),
    ]);
  });

  test("asks the cluster for the rent: growth pays what it costs today, shrinking frees what lies above today's", (world) => {
    const chat = world.open();
    world.setLamportsPerByte(6_960n);
    const today = (bytes: number): bigint => 6_960n * BigInt(128 + bytes);
    expect(world.gains([chat.payer.address], () => world.does(resize(chat, 2_048, 0)))).to.deep.equal([rent(1_468) - today(2_492)]);
    world.setLamportsPerByte(696n);
    expect(world.gains([chat.refund], () => world.does(resize(chat, 1_024, 0)))).to.deep.equal([today(2_492) - 696n * (128n + 1_468n)]);
  });
});
