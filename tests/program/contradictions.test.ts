/** Accounts that contradict themselves, which no sequence of instructions makes: planted. None is worked on, and none repaired. */
import type { Instruction } from "../../sdk/src/program/index.js";
import { fill } from "./support/bytes.js";
import { onEachBuild } from "./support/builds.js";
import { activateBundle, bundleAddress, closeBundle, createBundle, openRequest, updateProfile, writeBundle, writeWholeBundle, type Member } from "./support/parties.js";
import type { World } from "./support/world.js";

type Change = (view: DataView) => void;
const byte = (at: number, value: number): Change => (view) => {
  view.setUint8(at, value);
};
const u32 = (at: number, value: number): Change => (view) => {
  view.setUint32(at, value, true);
};

/** Byte offsets of a profile, and of a key bundle. */
const [POLICY, ROOT_KIND, ROOT_NUMBER, CURRENT, BUNDLES] = [9, 10, 12, 16, 24];
const [STATE, WRITTEN] = [9, 12];

/** Whatever writes to a profile whose generation 0 is current and whose generation 1 is complete, and what that does not look at before. */
const WRITING: Readonly<Record<string, { readonly sent: (world: World, member: Member) => Instruction; readonly sooner?: readonly Change[] }>> = {
  update_profile: { sent: (_, member) => updateProfile(member, member.wallet, {}), sooner: [byte(POLICY, 3), u32(CURRENT, 7)] },
  create_key_bundle: { sent: (_, member) => createBundle(member, 2), sooner: [byte(POLICY, 3), u32(CURRENT, 7)] },
  activate_key_bundle: { sent: (_, member) => activateBundle(member, 1), sooner: [byte(POLICY, 3)] },
  close_key_bundle: { sent: (_, member) => closeBundle(member, 1), sooner: [byte(POLICY, 3), u32(CURRENT, 7)] },
  open_request: { sent: (world, member) => openRequest(world.chat(), member), sooner: [u32(CURRENT, 7)] },
};

/** Generation 0 is current, generation 1 complete. */
function uploaded(world: World): Member {
  const member = world.member();
  world.does(createBundle(member, 1));
  for (const chunk of writeWholeBundle(member, 1)) world.does(chunk);
  return member;
}

onEachBuild("Accounts that contradict themselves", (test) => {
  for (const [name, { sent, sooner = [] }] of Object.entries(WRITING)) {
    test(`${name} works on no profile that contradicts itself`, (world) => {
      for (const change of [byte(ROOT_KIND, 0), byte(ROOT_KIND, 4), u32(ROOT_NUMBER, 0), u32(BUNDLES, 7), ...sooner]) {
        const member = uploaded(world);
        const instruction = sent(world, member);
        world.forge(member.profile, change);
        world.refuses("CorruptAccount", instruction);
      }
    });
  }

  test("the current generation is not activated again, though its bundle says that it is incomplete", (world) => {
    const member = world.member();
    world.forge(bundleAddress(member, 0), byte(STATE, 0));
    world.refuses("BundleSuperseded", activateBundle(member, 0));
  });

  test("a key bundle in a state that does not exist is neither written nor activated", (world) => {
    for (const state of [2, 255]) {
      const member = uploaded(world);
      world.forge(bundleAddress(member, 1), byte(STATE, state));
      world.refuses("BundleActivated", activateBundle(member, 1));
      world.refuses("BundleActivated", writeBundle(member, 1, 1_216, fill(0, 0)));
    }
  });

  test("a key bundle that claims more bytes than there are takes none, not even none, and is not activated", (world) => {
    const member = uploaded(world);
    world.forge(bundleAddress(member, 1), (view) => {
      view.setUint16(WRITTEN, 1_217, true);
    });
    world.refuses("CorruptAccount", writeBundle(member, 1, 1_217, fill(0, 0)));
    world.refuses("BundleIncomplete", activateBundle(member, 1));
  });
});
