import { expect } from "chai";
import type { Instruction } from "../../sdk/src/program/index.js";
import { fill } from "./support/bytes.js";
import { CERTIFICATE, cardOf, xWingKey } from "./support/card.js";
import { onEachBuild } from "./support/builds.js";
import { rent } from "./support/ledger.js";
import { activateBundle, bundleAddress, closeBundle, createBundle, updateProfile, writeBundle, writeWholeBundle, type Member } from "./support/parties.js";
import type { World } from "./support/world.js";

/** A member whose generation 0 is uploaded but not activated. */
function uploaded(world: World): Member {
  const member = world.member({ keys: false });
  world.does(createBundle(member, 0));
  for (const chunk of writeWholeBundle(member, 0)) world.does(chunk);
  return member;
}

const withAddress = (instruction: Instruction, slot: number, address: string): Instruction => ({
  ...instruction,
  accounts: instruction.accounts.map((account, i) => (i === slot ? { ...account, address } : account)),
});

onEachBuild("Key bundles", (test) => {
  test("create_key_bundle publishes a card and its certificate at the payer's cost, and counts it", (world) => {
    const member = world.member({ keys: false });
    const payer = world.person();
    expect(world.gains([payer.address, member.wallet.address], () => world.does(createBundle(member, 0, {}, payer)))).to.deep.equal([-rent(1_488), 0n]);
    const card = cardOf({ generation: 0, wallet: member.wallet.address, delegate: member.delegate.address });
    expect(world.bundle(bundleAddress(member, 0))).to.deep.equal({
      activated: false,
      written: 0,
      card,
      certificate: CERTIFICATE,
      refund: member.bundleRefund,
      xWing: new Uint8Array(1_216),
    });
    expect(world.profile(member)).to.include({ currentGeneration: undefined, nextGeneration: 1, bundles: 1 });
  });

  test("an activated bundle is the profile's current generation, and its delegate the profile's", (world) => {
    const member = world.member();
    const fresh = world.person();
    world.publish(member, 1, fresh);
    expect(world.profile(member)).to.include({ currentGeneration: 1, nextGeneration: 2, bundles: 2, delegate: fresh.address });
    expect(world.bundle(bundleAddress(member, 1))).to.deep.include({ activated: true, written: 1_216, xWing: xWingKey(1) });
  });

  test("create_key_bundle is for the wallet alone: its delegate cannot publish keys in its name", (world) => {
    const member = world.member();
    const other = world.member();
    for (const signer of [member.delegate, other.wallet, world.person()])
      world.refuses("NotOwner", withAddress(createBundle(member, 1, {}, world.person()), 1, signer.address));
    world.refuses("NotOwner", withAddress(createBundle(member, 1), 2, other.profile));
  });

  test("create_key_bundle takes a card of this suite and a known kind of certificate, for this wallet, with a delegate and a time in which it is valid", (world) => {
    const member = world.member();
    for (const wrong of [
      { suite: 0 },
      { suite: 2 },
      ...[1, 3, 4, 255].map((certificateKind) => ({ certificateKind })),
      { validFrom: 2, validUntil: 2 },
      { validFrom: 3, validUntil: 2 },
      { wallet: member.delegate.address },
      { delegate: "11111111111111111111111111111111" },
    ]) {
      world.refuses("BadCard", createBundle(member, 1, wrong));
    }
    world.does(createBundle(member, 1, { validFrom: 0, validUntil: 0xffff_ffff }));
    world.does(createBundle(member, 2, { certificateKind: 2 }));
  });

  test("a generation is published once: at exactly the profile's next one, though an earlier bundle was closed", (world) => {
    const member = world.member();
    for (const generation of [0, 2, 3, 0xffff_ffff]) world.refuses("WrongGeneration", createBundle(member, generation));
    world.does(createBundle(member, 1));
    world.refuses("WrongGeneration", createBundle(member, 1));
    world.does(closeBundle(member, 1));
    world.refuses("WrongGeneration", createBundle(member, 1));
    expect(world.profile(member)).to.include({ currentGeneration: 0, nextGeneration: 2, bundles: 1 });
    world.does(createBundle(member, 2));
  });

  test("a card's generation and its address are one", (world) => {
    const member = world.member();
    world.refuses("WrongGeneration", createBundle(member, 1, { generation: 2 }));
    world.refuses("WrongAddress", createBundle(member, 2, { generation: 1 }));
  });

  test("generations end at 65,535", (world) => {
    const member = world.member();
    world.forge(member.profile, (view) => {
      view.setUint32(20, 65_535, true);
    });
    world.does(createBundle(member, 65_535));
    world.refuses("WrongGeneration", createBundle(member, 65_536));
  });

  test("the key is uploaded strictly in order, in chunks of any length, by the card's delegate alone", (world) => {
    const member = world.member();
    const fresh = world.person();
    world.does(createBundle(member, 1, { delegate: fresh.address }));
    const key = xWingKey(1);
    for (const signer of [member.wallet, member.delegate, world.person()]) world.refuses("NotDelegate", writeBundle(member, 1, 0, key.subarray(0, 10), signer));
    world.refuses("ChunkOutOfOrder", writeBundle(member, 1, 1, key.subarray(1, 10), fresh));
    for (const [from, to] of [
      [0, 0],
      [0, 1],
      [1, 900],
      [900, 1_216],
    ] as const) {
      world.does(writeBundle(member, 1, from, key.subarray(from, to), fresh));
      expect(world.bundle(bundleAddress(member, 1))).to.deep.include({ written: to, xWing: Uint8Array.from(key, (byte, i) => (i < to ? byte : 0)) });
      for (const wrong of [to - 1, to + 1, 65_535].filter((offset) => offset >= 0))
        world.refuses("ChunkOutOfOrder", writeBundle(member, 1, wrong, fill(1, 1), fresh));
    }
    world.refuses("ChunkTooLong", writeBundle(member, 1, 1_216, fill(1, 1), fresh));
    world.does(writeBundle(member, 1, 1_216, new Uint8Array(), fresh));
  });

  test("a chunk that runs past the end of the key is refused whole", (world) => {
    const member = world.member();
    world.does(createBundle(member, 1));
    world.does(writeBundle(member, 1, 0, fill(800, 1)));
    world.refuses("ChunkTooLong", writeBundle(member, 1, 800, fill(417, 1)));
    world.does(writeBundle(member, 1, 800, fill(416, 1)));
  });

  test("nobody but the card's delegate activates", (world) => {
    const member = uploaded(world);
    for (const signer of [member.wallet, world.person()]) world.refuses("NotDelegate", activateBundle(member, 0, signer));
    world.does(updateProfile(member, member.wallet, { delegate: world.person().address }));
    world.does(activateBundle(member, 0));
    expect(world.profile(member).delegate).to.equal(member.delegate.address);
  });

  test("an incomplete key is not activated, down to its last byte", (world) => {
    const member = world.member({ keys: false });
    world.does(createBundle(member, 0));
    world.refuses("BundleIncomplete", activateBundle(member, 0));
    world.does(writeBundle(member, 0, 0, xWingKey(0).subarray(0, 900)));
    world.refuses("BundleIncomplete", activateBundle(member, 0));
    world.does(writeBundle(member, 0, 900, xWingKey(0).subarray(900, 1_215)));
    world.refuses("BundleIncomplete", activateBundle(member, 0));
    world.does(writeBundle(member, 0, 1_215, xWingKey(0).subarray(1_215)));
    world.does(activateBundle(member, 0));
  });

  test("a key of which one bit differs from what the card names is not activated", (world) => {
    for (const at of [0, 607, 1_215]) {
      const member = world.member({ keys: false });
      const key = xWingKey(0).map((byte, i) => (i === at ? byte ^ 1 : byte));
      world.does(createBundle(member, 0));
      for (const chunk of writeWholeBundle(member, 0, member.delegate, key)) world.does(chunk);
      world.refuses("KeyHashMismatch", activateBundle(member, 0));
    }
  });

  test("a bundle is activated into its own wallet's profile alone", (world) => {
    const [member, other] = [uploaded(world), world.member()];
    world.refuses("WrongAddress", withAddress(activateBundle(member, 0), 1, other.profile));
  });

  test("an activated bundle never changes again", (world) => {
    const member = world.member();
    const before = world.account(bundleAddress(member, 0));
    for (const offset of [0, 608, 1_216]) world.refuses("BundleActivated", writeBundle(member, 0, offset, fill(offset === 1_216 ? 0 : 8, 1)));
    world.refuses("BundleActivated", activateBundle(member, 0));
    world.refuses("BundleInUse", closeBundle(member, 0));
    world.publish(member, 1);
    world.refuses("BundleActivated", activateBundle(member, 0));
    world.refuses("BundleActivated", writeBundle(member, 0, 1_216, new Uint8Array()));
    expect(world.account(bundleAddress(member, 0))).to.deep.equal(before);
  });

  test("a later generation supersedes the earlier ones that were never activated", (world) => {
    const member = uploaded(world);
    world.publish(member, 1);
    world.refuses("BundleSuperseded", activateBundle(member, 0));
    expect(world.profile(member).currentGeneration).to.equal(1);
    world.does(closeBundle(member, 0));
  });

  test("the wallet closes old and unfinished bundles, and their refund address gets the rent", (world) => {
    const member = world.member();
    world.publish(member, 1);
    world.does(createBundle(member, 2));
    for (const generation of [0, 2]) {
      const gains = world.gains([member.bundleRefund, member.refund, member.wallet.address], () => world.does(closeBundle(member, generation)));
      expect(gains).to.deep.equal([rent(1_488), 0n, 0n]);
      expect(world.gone(bundleAddress(member, generation))).to.equal(true);
    }
    expect(world.profile(member)).to.include({ bundles: 1, currentGeneration: 1, nextGeneration: 3 });
  });

  test("the current bundle stays while the profile does", (world) => {
    const member = world.member();
    world.refuses("BundleInUse", closeBundle(member, 0));
    world.publish(member, 1);
    world.refuses("BundleInUse", closeBundle(member, 1));
    world.does(closeBundle(member, 0));
  });

  test("close_key_bundle is for the wallet and its own bundles alone, and pays the recorded refund address alone", (world) => {
    const member = world.member();
    const other = world.member({ bundleRefund: member.bundleRefund });
    for (const who of [member, other]) world.does(createBundle(who, 1));
    for (const signer of [member.delegate, other.wallet, world.person()]) world.refuses("NotOwner", withAddress(closeBundle(member, 1), 0, signer.address));
    world.refuses("WrongAddress", withAddress(closeBundle(member, 1), 2, bundleAddress(other, 1)));
    for (const thief of [member.wallet.address, member.refund, member.delegate.address]) world.refuses("WrongRefund", closeBundle(member, 1, thief));
    world.does(closeBundle(member, 1));
  });
});
