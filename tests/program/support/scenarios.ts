/** For every instruction: a ledger on which it would succeed, each of its accounts another than the others. */
import type { Instruction } from "../../../sdk/src/program/index.js";
import { fill } from "./bytes.js";
import { xWingKey } from "./card.js";
import * as i from "./parties.js";
import type { World } from "./world.js";

/** A member whose generation 0 is active, with generation 1 created and `written` bytes of it uploaded. */
function uploading(world: World, written: number): i.Member {
  const member = world.member();
  world.does(i.createBundle(member, 1));
  for (let from = 0; from < written; from += 608) world.does(i.writeBundle(member, 1, from, xWingKey(1).subarray(from, from + 608)));
  return member;
}

function filled(world: World): i.Chat {
  const chat = world.open();
  world.post(chat, fill(100, 1), fill(100, 2));
  return chat;
}

function asked(world: World): [i.Chat, i.Member] {
  const recipient = world.member({ policy: { kind: "postage", lamports: 900_000n } });
  return [world.request(recipient), recipient];
}

export const SCENARIOS: Readonly<Record<string, (world: World) => Instruction>> = {
  post: (world) => i.post(filled(world), 2, fill(50, 3)),
  acknowledge: (world) => i.acknowledge(filled(world), 1),
  open_request: (world) => i.openRequest(world.chat(), world.member({ policy: { kind: "postage", lamports: 900_000n } }), 900_000n),
  open_inbox: (world) => i.openInbox(world.chat()),
  accept: (world) => i.accept(...asked(world)),
  decline: (world) => i.decline(...asked(world)),
  // A shrink, which pays the refund address.
  resize_inbox: (world) => i.resize(filled(world), 512, 2),
  close_inbox: (world) => {
    const chat = filled(world);
    world.acknowledge(chat);
    return i.close(chat, 2);
  },
  create_profile: (world) => i.createProfile(world.stranger(), world.person()),
  update_profile: (world) => {
    const member = world.member();
    return i.updateProfile(member, member.wallet, {
      delegate: world.person().address,
      root: { number: 2, kind: "vault" },
      policy: { kind: "postage", lamports: 5n },
    });
  },
  close_profile: (world) => i.closeProfile(world.member(), 0),
  create_key_bundle: (world) => i.createBundle(world.member(), 1, {}, world.person()),
  write_key_bundle: (world) => i.writeBundle(uploading(world, 608), 1, 608, xWingKey(1).subarray(608)),
  activate_key_bundle: (world) => i.activateBundle(uploading(world, 1_216), 1),
  close_key_bundle: (world) => i.closeBundle(uploading(world, 608), 1),
};
