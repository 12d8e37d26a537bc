import { expect } from "chai";
import type { Instruction } from "../../sdk/src/program/index.js";
import { fill } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { xWingKey } from "./support/card.js";
import { ERRORS } from "./support/idl.js";
import * as i from "./support/parties.js";
import type { World } from "./support/world.js";

const NOBODY = "11111111111111111111111111111111";
const set = (instruction: Instruction, at: number, value: number): Instruction => ({
  ...instruction,
  data: instruction.data.map((byte, n) => (n === at ? value : byte)),
});

function declined(world: World): i.Chat {
  const recipient = world.member();
  const chat = world.request(recipient);
  world.does(i.decline(chat, recipient));
  return chat;
}

function uploading(world: World, key?: Uint8Array): i.Member {
  const member = world.member({ keys: false });
  world.does(i.createBundle(member, 0));
  if (key !== undefined) for (const chunk of i.writeWholeBundle(member, 0, member.delegate, key)) world.does(chunk);
  return member;
}

/** For every error of the program, an instruction that ends with it. */
const CAUSES: Readonly<Record<string, (world: World) => Instruction>> = {
  NotWriter: (world) => i.post(world.open(), 0, fill(1, 1), world.person()),
  NotReader: (world) => i.acknowledge(world.open(), 1, world.person()),
  NotRecipient: (world) => i.accept(world.request(world.member()), world.member()),
  NotOwner: (world) => i.updateProfile(world.member(), world.person(), {}),
  NotDelegate: (world) => i.writeBundle(uploading(world), 0, 0, fill(1, 1), world.person()),
  SequenceMismatch: (world) => i.post(world.open(), 1, fill(1, 1)),
  PayloadTooLarge: (world) => i.post(world.open({ capacity: 256 }), 0, fill(251, 1)),
  InboxFull: (world) => {
    const chat = world.open({ capacity: 256 });
    world.post(chat, fill(250, 1));
    return i.post(chat, 1, fill(1, 1));
  },
  Declined: (world) => i.post(declined(world), 0, fill(1, 1)),
  NotARequest: (world) => {
    const recipient = world.member();
    const chat = world.request(recipient);
    world.does(i.accept(chat, recipient));
    return i.accept(chat, recipient);
  },
  NotOpen: (world) => i.acknowledge(world.request(world.member()), 1),
  BadAcknowledge: (world) => i.acknowledge(world.open(), 1),
  BadCapacity: (world) => i.openInbox(world.chat({ capacity: 255 })),
  CloseTooEarly: (world) => i.close(world.request(world.member()), 0),
  PolicyClosed: (world) => i.openRequest(world.chat(), world.member({ policy: { kind: "closed" } })),
  PostageTooHigh: (world) => i.openRequest(world.chat(), world.member({ policy: { kind: "postage", lamports: 1n } })),
  NoActiveKeys: (world) => i.openRequest(world.chat(), world.member({ keys: false })),
  WrongRefund: (world) => i.openInbox(world.chat({ refund: NOBODY })),
  WrongAddress: (world) => i.createBundle(world.member(), 2, { generation: 1 }),
  UnsupportedVersion: (world) => {
    const chat = world.open();
    world.forge(chat.address, (view) => {
      view.setUint8(8, 2);
    });
    return i.post(chat, 0, fill(1, 1));
  },
  BadFlags: (world) => set(i.openInbox(world.chat()), 9, 2),
  BadPolicy: (world) => set(i.createProfile(world.stranger()), 38, 3),
  BadRoot: (world) => i.createProfile(world.stranger(), world.person(), { rootNumber: 0 }),
  BadCard: (world) => i.createBundle(world.member(), 1, { suite: 2 }),
  WrongGeneration: (world) => i.createBundle(world.member(), 2),
  ChunkOutOfOrder: (world) => i.writeBundle(uploading(world), 0, 1, fill(1, 1)),
  ChunkTooLong: (world) => i.writeBundle(uploading(world, xWingKey(0)), 0, 1_216, fill(1, 1)),
  BundleIncomplete: (world) => i.activateBundle(uploading(world), 0),
  KeyHashMismatch: (world) => i.activateBundle(uploading(world, fill(1_216, 1)), 0),
  BundleActivated: (world) => i.activateBundle(world.member(), 0),
  BundleSuperseded: (world) => {
    const member = uploading(world);
    world.publish(member, 1);
    return i.activateBundle(member, 0);
  },
  BundleInUse: (world) => i.closeBundle(world.member(), 0),
  BundlesRemain: (world) => i.closeProfile(uploading(world), undefined),
  InvalidClock: (world) => {
    const chat = world.open();
    world.setTime(-1);
    return i.post(chat, 0, fill(1, 1));
  },
  CorruptAccount: (world) => {
    const chat = world.open();
    world.forge(chat.address, (view) => {
      view.setUint32(64, 0xffff_ffff, true);
    });
    return i.post(chat, 0, fill(1, 1));
  },
};

/** Errors that no instruction can end with, each with the reason. */
const UNREACHABLE: Readonly<Record<string, string>> = {};

it("every error of the program has a cause, or a reason why it has none", () => {
  expect([...Object.keys(CAUSES), ...Object.keys(UNREACHABLE)].sort()).to.deep.equal([...ERRORS].sort());
});

onEachBuild("Errors", (test) => {
  for (const [error, cause] of Object.entries(CAUSES))
    test(`${error} is what its cause ends with`, (world) => {
      world.refuses(error, cause(world));
    });
});
