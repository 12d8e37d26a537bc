/** Bytes of every account, and the rent that is paid for them: read from accounts that the program made. */
import type { Address } from "../sdk/src/program/index.js";
import { bundleAddress } from "../tests/program/support/parties.js";
import type { World } from "../tests/program/support/world.js";
import { worldsOf } from "./builds.js";
import type { Figures } from "./figures.js";

/** Lamports a byte: mainnet's, and what local networks charge. */
const RATES: Record<string, bigint> = { "5,080 lamports/B": 5_080n, "6,960 lamports/B": 6_960n };
/** What a request opens with, an answer, and the least. */
const RINGS: Record<string, number> = { "inbox, 2,048 B ring": 2_048, "inbox, 512 B ring": 512, "inbox, 256 B ring": 256 };

const newWorld = worldsOf("v3");

export function measureAccounts(): Figures {
  const world = newWorld();
  const { profile, keyBundle, inboxes } = made(world);
  const bytes = (address: Address): number => world.account(address)?.data.length ?? 0;
  const rings = Object.entries(inboxes).map(([name, address]): [string, number] => [name, bytes(address)]);
  const smallest = Object.values(inboxes).at(-1) ?? "";
  return {
    profile: bytes(profile),
    "key bundle": bytes(keyBundle),
    "inbox header": bytes(smallest) - world.inbox({ address: smallest }).capacity,
    ...Object.fromEntries(rings),
  };
}

/** Lamports, all of which return when the account is closed. */
export function measureRent(): Figures {
  return Object.fromEntries(Object.entries(RATES).map(([name, lamportsPerByte]) => {
    const world = newWorld();
    world.setLamportsPerByte(lamportsPerByte);
    const { profile, keyBundle, inboxes } = made(world);
    const lamports = (...addresses: Address[]): number => Number(addresses.reduce((sum, address) => sum + world.balance(address), 0n));
    return [name, {
      profile: lamports(profile),
      "key bundle": lamports(keyBundle),
      registration: lamports(profile, keyBundle),
      ...Object.fromEntries(Object.entries(inboxes).map(([name, address]) => [name, lamports(address)])),
    }];
  }));
}

function made(world: World): { profile: Address; keyBundle: Address; inboxes: Record<string, Address> } {
  const member = world.member();
  const inboxes = Object.entries(RINGS).map(([name, capacity]) => [name, world.open({ capacity }).address] as const);
  return { profile: member.profile, keyBundle: bundleAddress(member, 0), inboxes: Object.fromEntries(inboxes) };
}
