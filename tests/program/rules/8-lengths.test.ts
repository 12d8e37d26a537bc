import { expect } from "chai";
import fc from "fast-check";
import type { Instruction } from "../../../sdk/src/program/index.js";
import { fill } from "../support/bytes.js";
import { onEachBuild } from "../support/builds.js";
import { CRASH } from "../support/error-name.js";
import { acknowledge, bundleAddress, close, post, resize, updateProfile, writeBundle, type Chat } from "../support/parties.js";
import { SCENARIOS } from "../support/scenarios.js";
import type { World } from "../support/world.js";

const [NEXT, FIRST, ACKNOWLEDGED, TAIL, USED, CAPACITY, RING] = [48, 56, 60, 64, 68, 440, 444];
const RUNS = 150;

const withData = (instruction: Instruction, data: Uint8Array): Instruction => ({ ...instruction, data });

/** An inbox of 256 bytes whose two frames, one of them read, fill it to the last byte. */
function full(world: World): Chat {
  const chat = world.open({ capacity: 256 });
  world.post(chat, fill(122, 1), fill(122, 2));
  world.acknowledge(chat, 1);
  return chat;
}

/** Every instruction that reads or moves what is in a ring. */
const touching = (chat: Chat): readonly Instruction[] => [post(chat, 2, fill(60, 3)), acknowledge(chat, 2), resize(chat, 512, 2), resize(chat, 256, 2)];

onEachBuild("Rule 8: every length is checked before it is used, and nothing panics", (test) => {
  test("a ring whose tail or used bytes lie outside of it is refused, whatever is done to it", (world) => {
    for (const [field, value] of [
      [TAIL, 256],
      [TAIL, 257],
      [TAIL, 0xffff_ffff],
      [USED, 257],
      [USED, 0xffff_ffff],
    ] as const) {
      const chat = full(world);
      world.forge(chat.address, (view) => {
        view.setUint32(field, value, true);
      });
      for (const instruction of touching(chat)) world.refuses("CorruptAccount", instruction);
    }
  });

  test("a ring that claims to be longer than its account is refused, whatever is done to it", (world) => {
    for (const capacity of [257, 0x7fff_ffff, 0xffff_ffff]) {
      const chat = full(world);
      world.forge(chat.address, (view) => {
        view.setUint32(CAPACITY, capacity, true);
      });
      for (const instruction of touching(chat)) world.refuses("InvalidAccountData", instruction);
    }
  });

  test("a ring that is shorter than its account takes nothing until a resize has made the two agree", (world) => {
    const chat = full(world);
    const real = world.account(chat.address)!;
    world.plant(chat.address, { ...real, data: Uint8Array.from([...real.data, 0]) });
    for (const instruction of [post(chat, 2, fill(60, 3)), acknowledge(chat, 2)]) world.refuses("CorruptAccount", instruction);
    world.does(resize(chat, 512, 2));
    expect(world.inbox(chat).frames.map(({ payload }) => payload)).to.deep.equal([fill(122, 1), fill(122, 2)]);
    for (const capacity of [0, 255]) {
      const shortened = full(world);
      world.forge(shortened.address, (view) => {
        view.setUint32(CAPACITY, capacity, true);
      });
      for (const instruction of touching(shortened)) world.refuses("CorruptAccount", instruction);
    }
  });

  test("counts that contradict each other, or a state that does not exist, are refused", (world) => {
    for (const [field, value] of [
      [FIRST, 4],
      [FIRST, 0xffff_ffff],
      [ACKNOWLEDGED, 4],
      [ACKNOWLEDGED, 0xffff_ffff],
    ] as const) {
      const chat = world.open({ capacity: 256 });
      world.post(chat, fill(10, 1), fill(10, 2));
      world.forge(chat.address, (view) => {
        view.setUint32(field, value, true);
      });
      for (const instruction of [post(chat, 2, fill(60, 3)), resize(chat, 512, 2), resize(chat, 256, 2)]) world.refuses("CorruptAccount", instruction);
    }
    for (const state of [3, 255]) {
      const chat = world.open({ capacity: 256 });
      world.forge(chat.address, (view) => {
        view.setUint8(9, state);
      });
      for (const instruction of [post(chat, 0, fill(60, 3)), resize(chat, 512, 0), resize(chat, 256, 0)]) world.refuses("CorruptAccount", instruction);
    }
  });

  test("a frame that claims to be longer than all frames together is refused before it is dropped", (world) => {
    for (const length of [251, 0xffff]) {
      const chat = full(world);
      world.forge(chat.address, (view) => {
        view.setUint16(RING, length, true);
      });
      world.refuses("CorruptAccount", post(chat, 2, fill(60, 3)));
    }
  });

  test("an inbox that holds postage though it is open is refused", (world) => {
    const chat = full(world);
    world.forge(chat.address, (view) => {
      view.setBigUint64(80, 1n, true);
    });
    for (const instruction of touching(chat)) expect(world.send([instruction]).error).to.equal("CorruptAccount");
  });

  test("a profile that contradicts itself is refused, and not repaired", (world) => {
    const [POLICY, ROOT_KIND, ROOT_NUMBER, CURRENT, NEXT_GENERATION, BUNDLES] = [9, 10, 12, 16, 20, 24];
    for (const [field, value] of [
      [POLICY, 3],
      [ROOT_KIND, 0],
      [ROOT_KIND, 4],
      [ROOT_NUMBER, 0],
      [CURRENT, 1],
      [NEXT_GENERATION, 0],
      [BUNDLES, 0],
      [BUNDLES, 2],
    ] as const) {
      const member = world.member();
      world.forge(member.profile, (view) => {
        if (field === POLICY || field === ROOT_KIND) view.setUint8(field, value);
        else view.setUint32(field, value, true);
      });
      world.refuses("CorruptAccount", updateProfile(member, member.wallet, {}));
    }
  });

  test("a key bundle that claims more bytes than there are takes none", (world) => {
    const member = world.member();
    world.forge(bundleAddress(member, 0), (view) => {
      view.setUint8(9, 0);
      view.setUint16(12, 1_217, true);
    });
    world.refuses("CorruptAccount", writeBundle(member, 0, 1_217, fill(1, 1)));
  });

  test("whatever numbers stand in an inbox, nothing crashes and a refusal changes nothing", (world) => {
    const chat = full(world);
    const { address } = chat;
    const real = world.account(address)!;
    const number = fc.oneof(fc.nat(300), fc.integer({ min: 0xffff_ff00, max: 0xffff_ffff }), fc.nat(0xffff_ffff));
    const numbers = fc.uniqueArray(fc.tuple(fc.constantFrom(NEXT, FIRST, ACKNOWLEDGED, TAIL, USED), number), { selector: ([field]) => field, maxLength: 3 });
    const lengths = fc.array(fc.tuple(fc.nat(254), fc.nat(0xffff)), { maxLength: 2 });
    fc.assert(
      fc.property(
        numbers,
        lengths,
        fc.nat(3),
        fc.nat(1),
        fc.nat(260),
        fc.integer({ min: 240, max: 600 }),
        (fields, frames, state, flags, payload, capacity) => {
          const next = fields.find(([field]) => field === NEXT)?.[1] ?? 2;
          for (const instruction of [post(chat, next, fill(payload, 3)), acknowledge(chat, next), resize(chat, capacity, next), close(chat, next)]) {
            world.plant(address, real);
            world.forge(address, (view) => {
              for (const [field, value] of fields) view.setUint32(field, value, true);
              for (const [at, length] of frames) view.setUint16(RING + at, length, true);
              view.setUint8(9, state);
              view.setUint8(10, flags);
            });
            const before = world.account(address);
            const { error } = world.send([instruction]);
            expect(error).not.to.equal(CRASH);
            if (error !== undefined) expect(world.account(address)).to.deep.equal(before);
          }
        },
      ),
      { numRuns: RUNS, seed: 20_260_702 },
    );
  });

  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    test(`${name} with its data cut off at any byte is refused`, (world) => {
      const instruction = scenario(world);
      const { data } = instruction;
      const cuts =
        data.length <= 64 ? data.map((_, i) => i) : Uint8Array.from([0, 1, 2, 4, 5, 8, 9, 10, 32, 63, data.length - 33, data.length - 2, data.length - 1]);
      for (const length of cuts) world.refuses("InvalidInstructionData", withData(instruction, data.subarray(0, length)));
      world.does(instruction);
    });

    test(`${name} ignores bytes behind its arguments`, (world) => {
      const instruction = scenario(world);
      world.does(withData(instruction, Uint8Array.from([...instruction.data, 1, 2, 3, 4, 5])));
    });
  }

  test("a payload or chunk that claims more bytes than follow is refused", (world) => {
    const chat = world.open();
    const bytes = post(chat, 0, fill(20, 1));
    for (const claimed of [21, 22, 0xffff, 0x0100_0000, 0x7fff_ffff, 0xffff_ffff]) {
      const data = bytes.data.slice();
      new DataView(data.buffer).setUint32(5, claimed, true);
      world.refuses("InvalidInstructionData", withData(bytes, data));
    }
    const write = SCENARIOS["write_key_bundle"]!(world);
    for (const claimed of [609, 0xffff_ffff]) {
      const data = write.data.slice();
      new DataView(data.buffer).setUint32(3, claimed, true);
      world.refuses("InvalidInstructionData", withData(write, data));
    }
  });

  test("an instruction that does not exist is refused", (world) => {
    const instruction = post(world.open(), 0, fill(20, 1));
    for (let number = 15; number < 256; number += 16)
      world.refuses("InvalidInstructionData", withData(instruction, Uint8Array.from([number, ...instruction.data.subarray(1)])));
    world.refuses("InvalidInstructionData", withData(instruction, new Uint8Array()));
  });

  test("no instruction data crashes any instruction", (world) => {
    for (const scenario of Object.values(SCENARIOS)) {
      const instruction = scenario(world);
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
          expect(world.send([withData(instruction, Uint8Array.from([instruction.data[0]!, ...rest]))]).error).not.to.equal(CRASH);
        }),
        { numRuns: 15, seed: 20_260_703 },
      );
    }
  });
});
