/** Compute units of every instruction, whole transactions without compute-budget instructions. */
import type { Outcome } from "../tests/program/support/ledger.js";
import {
  accept, acknowledge, activateBundle, closeBundle, close, closeProfile, createBundle, createProfile, decline, openInbox, openRequest, post, resize, updateProfile,
  writeWholeBundle, type Chat, type Member,
} from "../tests/program/support/parties.js";
import { fill } from "../tests/program/support/bytes.js";
import type { World } from "../tests/program/support/world.js";
import { VERSIONS, worldsOf } from "./builds.js";
import type { Figures } from "./figures.js";
import { measurePosts } from "./posts.js";

/** Where the program searches an address, the cost depends on the keys: so many are tried, of which half need one bump. */
const SAMPLES = 25;
const POSTAGE = 1_000_000n;

export function measureCompute(): Figures {
  return Object.fromEntries(VERSIONS.map((version) => {
    const newWorld = worldsOf(version);
    return [version, { ...measurePosts(newWorld), ...measureOthers(newWorld) }];
  }));
}

function measureOthers(newWorld: () => World): Figures {
  const units = (act: (world: World) => Outcome): number => act(newWorld()).computeUnits;
  return {
    "post 256 B + acknowledge": units((world) => {
      const person = world.person();
      const [own, peers] = [openDirect(world, { writer: person, payer: person }), openDirect(world, { reader: person })];
      world.post(peers, fill(256, 1));
      return world.does(post(own, 0, fill(256, 7)), acknowledge(peers, 1));
    }),
    acknowledge: units((world) => {
      const chat = openDirect(world);
      world.post(chat, fill(256, 1));
      return world.does(acknowledge(chat, 1));
    }),
    open_request: searched(newWorld(), (world) => {
      const recipient = world.member();
      return world.does(openRequest(directChat(world), recipient));
    }),
    "open_request, with postage": searched(newWorld(), (world) => {
      const recipient = world.member({ policy: { kind: "postage", lamports: POSTAGE } });
      return world.does(openRequest(directChat(world), recipient, POSTAGE));
    }),
    open_inbox: searched(newWorld(), (world) => world.does(openInbox(directChat(world)))),
    accept: units((world) => {
      const recipient = world.member();
      return world.does(accept(world.request(recipient), recipient));
    }),
    "accept, with postage": units((world) => {
      const recipient = world.member({ policy: { kind: "postage", lamports: POSTAGE } });
      return world.does(accept(world.request(recipient), recipient));
    }),
    decline: units((world) => {
      const recipient = world.member();
      return world.does(decline(world.request(recipient), recipient));
    }),
    "resize_inbox, 10,240 B more, wrapped": units((world) => {
      const chat = wrappedChat(world);
      const { capacity, next } = world.inbox(chat);
      return world.does(resize(chat, capacity + 10_240, next));
    }),
    "resize_inbox, to the smallest": units((world) => {
      const chat = wrappedChat(world);
      world.acknowledge(chat);
      return world.does(resize(chat, 256, world.inbox(chat).next));
    }),
    "close_inbox, all read": units((world) => {
      const chat = openDirect(world);
      world.post(chat, fill(256, 1));
      world.acknowledge(chat);
      return world.does(close(chat, 1));
    }),
    "close_inbox, declined": units((world) => {
      const recipient = world.member();
      const chat = world.request(recipient);
      world.does(decline(chat, recipient));
      return world.does(close(chat, 0));
    }),
    create_profile: searched(newWorld(), (world) => world.does(createProfile(world.stranger()))),
    "update_profile, policy": units((world) => {
      const member = world.member();
      return world.does(updateProfile(member, member.delegate, { policy: { kind: "postage", lamports: POSTAGE } }));
    }),
    "update_profile, delegate and root": units((world) => {
      const member = world.member();
      return world.does(updateProfile(member, member.wallet, { delegate: world.person().address, root: { number: 2, kind: "wallet" } }));
    }),
    create_key_bundle: searched(newWorld(), (world) => world.does(createBundle(world.member({ keys: false }), 0))),
    "write_key_bundle, 900 B": units((world) => {
      const member = world.member({ keys: false });
      world.does(createBundle(member, 0));
      return world.does(...writeWholeBundle(member, 0).slice(0, 1));
    }),
    activate_key_bundle: units((world) => {
      const member = world.member({ keys: false });
      world.does(createBundle(member, 0));
      for (const chunk of writeWholeBundle(member, 0)) world.does(chunk);
      return world.does(activateBundle(member, 0));
    }),
    close_key_bundle: units((world) => {
      const member = directMember(world);
      world.publish(member, 1);
      return world.does(closeBundle(member, 0));
    }),
    close_profile: units((world) => {
      const member = directMember(world);
      return world.does(closeProfile(member, 0));
    }),
    "close_profile, without keys": units((world) => world.does(closeProfile(directMember(world, { keys: false }), undefined))),
  };
}

/**
 * The same transaction for many keys. The program searches an address from bump 255 downwards, and each try costs about the
 * same: unlike the cost for one key, the costs of the first two bumps do not depend on which keys were tried.
 */
function searched(world: World, act: (world: World) => Outcome): Figures {
  const samples = new Set(Array.from({ length: SAMPLES }, () => act(world).computeUnits));
  const [first, second] = [...samples].sort((a, b) => a - b);
  if (first === undefined || second === undefined) throw new Error("all addresses were found at the same bump");
  return { "bump 255": first, "bump 254": second };
}

/** A wallet that gets its own rent back, as in direct mode. */
function directMember(world: World, choices: { keys?: boolean } = {}): Member {
  const wallet = world.person();
  return world.member({ wallet, refund: wallet.address, bundleRefund: wallet.address, ...choices });
}

/** The names of an inbox whose writer pays for it, as in direct mode. */
function directChat(world: World, choices: Partial<Chat> = {}): Chat {
  const { writer = world.person(), capacity = 2_048 } = choices;
  return world.chat({ payer: writer, writer, capacity, ...choices });
}

function openDirect(world: World, choices: Partial<Chat> = {}): Chat {
  const chat = directChat(world, choices);
  world.does(openInbox(chat));
  return chat;
}

/** An inbox whose frames, two of them not acknowledged, wrap at the end of the ring. */
function wrappedChat(world: World): Chat {
  const chat = openDirect(world);
  for (let frames = 0; frames < 9; frames++) {
    if (frames > 2) world.acknowledge(chat, frames - 2);
    world.post(chat, fill(300, frames));
  }
  const { tail, used, capacity } = world.inbox(chat);
  if (tail + used <= capacity) throw new Error("the ring does not wrap");
  return chat;
}
