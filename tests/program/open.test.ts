import { expect } from "chai";
import type { Instruction } from "../../sdk/src/program/index.js";
import { onEachBuild } from "./support/builds.js";
import { START_TIME, rent } from "./support/ledger.js";
import { OWNER_BOX, openInbox, openRequest, type Chat } from "./support/parties.js";
import type { World } from "./support/world.js";

const NOBODY = "11111111111111111111111111111111";
/** Where both ways of opening have their flags in the instruction's data. */
const FLAGS_AT = 9;

/** Both ways of opening, which must keep the same limits. */
const WAYS: Readonly<Record<string, (world: World) => (chat: Chat) => Instruction>> = {
  open_inbox: () => openInbox,
  open_request: (world) => {
    const recipient = world.member();
    return (chat) => openRequest(chat, recipient);
  },
};

onEachBuild("Opening", (test) => {
  test("open_inbox makes an inbox that is open at birth and addressed to nobody", (world) => {
    const chat = world.chat({ overwrite: true });
    expect(world.gains([chat.payer.address, chat.writer.address, chat.address], () => world.does(openInbox(chat)))).to.deep.equal([
      -rent(1_468),
      0n,
      rent(1_468),
    ]);
    expect(world.inbox(chat)).to.deep.include({
      state: "open",
      overwrite: true,
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
      reader: chat.reader.address,
      recipient: NOBODY,
      refund: chat.refund,
      reply: new Uint8Array(60),
      openSalt: chat.openSalt,
      ownerBox: OWNER_BOX,
      capacity: 1_024,
      frames: [],
      intact: true,
    });
  });

  test("open_inbox needs somebody as a reader", (world) => {
    const chat = world.chat();
    world.refuses("NotReader", openInbox({ ...chat, reader: { ...chat.reader, address: NOBODY } }));
  });

  for (const [name, way] of Object.entries(WAYS)) {
    test(`${name} takes rings of 256 to 9,796 bytes`, (world) => {
      const opens = way(world);
      for (const capacity of [256, 257, 9_796]) {
        const chat = world.chat({ capacity });
        world.does(opens(chat));
        expect(world.inbox(chat)).to.include({ capacity, intact: true });
        expect(world.balance(chat.address)).to.equal(rent(444 + capacity));
      }
      for (const capacity of [0, 1, 255, 9_797, 10_240, 0x7fff_ffff, 0xffff_ffff]) world.refuses("BadCapacity", opens(world.chat({ capacity })));
    });

    test(`${name} takes no flag but bit 0`, (world) => {
      const opens = way(world);
      const chat = world.chat();
      const instruction = opens(chat);
      const flagged = (flags: number): Instruction => ({ ...instruction, data: instruction.data.map((byte, i) => (i === FLAGS_AT ? flags : byte)) });
      for (const flags of [2, 3, 4, 8, 16, 32, 64, 128, 129, 255]) world.refuses("BadFlags", flagged(flags));
      world.does(flagged(1));
      expect(world.inbox(chat).overwrite).to.equal(true);
    });

    test(`${name} takes every index`, (world) => {
      const opens = way(world);
      const writer = world.person();
      for (const index of [0, 1, 255, 256, 0x8000_0000, 0xffff_ffff]) {
        const chat = world.chat({ writer, index });
        world.does(opens(chat));
        expect(world.inbox(chat).index).to.equal(index);
      }
    });

    test(`${name} is refused without the rent, and outside of 1970 to 2106`, (world) => {
      const opens = way(world);
      world.refuses("Custom(1)", opens(world.chat({ payer: world.person(rent(1_468) - 1n) })));
      for (const time of [-1, 2 ** 32]) {
        world.setTime(time);
        world.refuses("InvalidClock", opens(world.chat()));
      }
    });
  }
});
