import { expect } from "chai";
import { PROGRAM_ADDRESS, type Instruction } from "../../sdk/src/program/index.js";
import { onEachBuild } from "./support/builds.js";
import { rent } from "./support/ledger.js";
import { bundleAddress, closeBundle, closeProfile, createBundle, createProfile, updateProfile } from "./support/parties.js";

const NOBODY = "11111111111111111111111111111111";
const patched = (instruction: Instruction, at: number, value: number): Instruction => ({
  ...instruction,
  data: instruction.data.map((byte, i) => (i === at ? value : byte)),
});

onEachBuild("Profiles", (test) => {
  test("create_profile registers a wallet at the payer's cost, without keys or requests", (world) => {
    const member = world.stranger();
    const payer = world.person();
    const gains = world.gains([payer.address, member.wallet.address], () =>
      world.does(createProfile(member, payer, { policy: { kind: "postage", lamports: 2n ** 64n - 1n }, rootNumber: 3, rootKind: "given" })),
    );
    expect(gains).to.deep.equal([-rent(432), 0n]);
    expect(world.profile(member)).to.deep.equal({
      policy: { kind: "postage", lamports: 2n ** 64n - 1n },
      rootKind: "given",
      rootNumber: 3,
      currentGeneration: undefined,
      nextGeneration: 0,
      bundles: 0,
      requests: 0n,
      wallet: member.wallet.address,
      delegate: member.delegate.address,
      refund: member.refund,
      recent: [],
    });
  });

  test("create_profile takes no unknown policy, root kind, root number 0 or zero delegate", (world) => {
    const member = world.stranger();
    const instruction = createProfile(member);
    for (const kind of [0, 4, 255]) world.refuses("BadRoot", patched(instruction, 37, kind));
    for (const policy of [3, 255]) world.refuses("BadPolicy", patched(instruction, 38, policy));
    world.refuses("BadRoot", createProfile(member, member.wallet, { rootNumber: 0 }));
    world.refuses("NotDelegate", createProfile({ ...member, delegate: { ...member.delegate, address: NOBODY } }));
    world.does(createProfile(member));
  });

  test("update_profile changes what is given and nothing else", (world) => {
    const member = world.member();
    const fresh = world.person();
    let expected = world.profile(member);
    for (const [changes, now] of [
      [{ policy: { kind: "postage", lamports: 7n } }, { policy: { kind: "postage", lamports: 7n } }],
      [{ root: { number: 9, kind: "vault" } }, { rootNumber: 9, rootKind: "vault" }],
      [{ delegate: fresh.address }, { delegate: fresh.address }],
      [{ policy: { kind: "closed" } }, { policy: { kind: "closed" } }],
      [{}, {}],
    ] as const) {
      world.does(updateProfile(member, member.wallet, changes));
      expected = { ...expected, ...now };
      expect(world.profile(member)).to.deep.equal(expected);
    }
  });

  test("the delegate changes policy and postage; delegate and root are the wallet's alone", (world) => {
    const member = world.member();
    const { delegate } = member;
    world.does(updateProfile(member, delegate, { policy: { kind: "postage", lamports: 7n } }));
    world.does(updateProfile(member, delegate, { policy: { kind: "closed" } }));
    const thief = world.person().address;
    world.refuses("NotOwner", updateProfile(member, delegate, { delegate: thief }));
    world.refuses("NotOwner", updateProfile(member, delegate, { delegate: delegate.address }));
    world.refuses("NotOwner", updateProfile(member, delegate, { root: { number: 2, kind: "wallet" } }));
    world.refuses("NotOwner", updateProfile(member, delegate, { policy: { kind: "open" }, delegate: thief }));
    const [number, kind] = [
      [0, 1, 2, 0, 0, 0, 0, 0, 0],
      [0, 0, 1, 2, 0, 0],
    ];
    for (const options of [number, kind]) world.refuses("NotOwner", { ...updateProfile(member, delegate, {}), data: Uint8Array.from([9, ...options]) });
  });

  test("nobody else changes a profile: not a former delegate, nor another wallet or its delegate", (world) => {
    const member = world.member();
    const other = world.member();
    const former = member.delegate;
    const fresh = world.person();
    world.does(updateProfile(member, member.wallet, { delegate: fresh.address }));
    for (const signer of [former, other.wallet, other.delegate, world.person()])
      world.refuses("NotOwner", updateProfile(member, signer, { policy: { kind: "open" } }));
    world.does(updateProfile(member, fresh, { policy: { kind: "closed" } }));
  });

  test("update_profile takes no unknown policy, root kind, root number 0 or zero delegate", (world) => {
    const member = world.member();
    const raw = (...options: number[]): Instruction => ({ ...updateProfile(member, member.wallet, {}), data: Uint8Array.from([9, ...options]) });
    world.refuses("NotDelegate", updateProfile(member, member.wallet, { delegate: NOBODY }));
    world.refuses("BadRoot", updateProfile(member, member.wallet, { root: { number: 0, kind: "wallet" } }));
    for (const kind of [0, 4, 255]) world.refuses("BadRoot", raw(0, 0, 1, kind, 0, 0));
    for (const policy of [3, 255]) world.refuses("BadPolicy", raw(0, 0, 0, 1, policy, 0));
    for (const tag of [2, 255]) world.refuses("InvalidInstructionData", raw(tag, 0, 0, 0, 0));
  });

  test("close_profile returns the rent of a profile without keys", (world) => {
    const member = world.member({ keys: false });
    expect(world.gains([member.refund, member.wallet.address], () => world.does(closeProfile(member, undefined)))).to.deep.equal([rent(432), 0n]);
    expect(world.gone(member.profile)).to.equal(true);
  });

  test("close_profile closes the current bundle with it, each to its own refund address", (world) => {
    const member = world.member();
    const gains = world.gains([member.refund, member.bundleRefund, member.wallet.address, member.delegate.address], () => world.does(closeProfile(member, 0)));
    expect(gains).to.deep.equal([rent(432), rent(1_488), 0n, 0n]);
    expect([world.gone(member.profile), world.gone(bundleAddress(member, 0))]).to.deep.equal([true, true]);
  });

  test("close_profile may pay both rents to one address, or to the wallet itself", (world) => {
    const wallet = world.person();
    for (const refund of [world.person().address, wallet.address]) {
      const member = world.member({ wallet, refund, bundleRefund: refund });
      expect(world.gains([refund], () => world.does(closeProfile(member, 0)))).to.deep.equal([rent(432) + rent(1_488)]);
    }
  });

  test("close_profile is for the wallet alone", (world) => {
    const member = world.member();
    const other = world.member();
    for (const signer of [member.delegate, other.wallet, world.person()]) {
      const { accounts, ...rest } = closeProfile(member, 0);
      world.refuses("NotOwner", { ...rest, accounts: accounts.map((account, slot) => (slot === 0 ? { ...account, address: signer.address } : account)) });
    }
  });

  test("close_profile pays the recorded refund addresses alone", (world) => {
    const member = world.member();
    for (const thief of [member.wallet.address, member.delegate.address, world.person().address]) {
      world.refuses("WrongRefund", closeProfile(member, 0, thief));
      world.refuses("WrongRefund", closeProfile(member, 0, member.refund, thief));
    }
    const { accounts, ...rest } = closeProfile(member, 0);
    world.refuses("WrongRefund", {
      ...rest,
      accounts: accounts.map((account, slot) => (slot === 4 ? { address: PROGRAM_ADDRESS, signer: false, writable: false } : account)),
    });
  });

  test("close_profile leaves no bundle behind: not the current one, nor any other", (world) => {
    const member = world.member();
    world.refuses("WrongAddress", closeProfile(member, undefined));
    world.does(createBundle(member, 1));
    world.refuses("BundlesRemain", closeProfile(member, 0));
    world.does(closeBundle(member, 1));
    world.publish(member, 2);
    world.refuses("BundlesRemain", closeProfile(member, 2));
    world.does(closeBundle(member, 0));
    world.does(closeProfile(member, 2));

    const unfinished = world.member({ keys: false });
    world.does(createBundle(unfinished, 0));
    world.refuses("BundlesRemain", closeProfile(unfinished, undefined));
    world.refuses("BundlesRemain", closeProfile(unfinished, 0));
  });

  test("close_profile takes no other bundle for the current one", (world) => {
    const member = world.member();
    const other = world.member({ refund: member.refund, bundleRefund: member.bundleRefund });
    const { accounts, ...rest } = closeProfile(member, 0);
    const foreign = accounts.map((account, slot) => (slot === 3 ? { ...account, address: bundleAddress(other, 0) } : account));
    world.refuses("WrongAddress", { ...rest, accounts: foreign });
    world.publish(member, 1);
    world.refuses("BundlesRemain", closeProfile(member, 0));
    world.forge(member.profile, (view) => {
      view.setUint32(24, 1, true);
    });
    world.refuses("WrongAddress", closeProfile(member, 0));

    const bare = world.member({ keys: false, refund: member.refund });
    const uninvited = closeProfile(bare, undefined).accounts.map((account, slot) => {
      const address = slot === 3 ? bundleAddress(other, 0) : slot === 4 ? other.bundleRefund : account.address;
      return { ...account, address, writable: slot > 0 };
    });
    world.refuses("WrongAddress", { ...closeProfile(bare, undefined), accounts: uninvited });
  });

  test("a wallet that closed its profile registers again from nothing", (world) => {
    const member = world.member({ policy: { kind: "closed" } });
    world.forge(member.profile, (view) => {
      view.setBigUint64(32, 5n, true);
    });
    world.does(closeProfile(member, 0), createProfile(member));
    expect(world.profile(member)).to.deep.include({
      policy: { kind: "open" },
      currentGeneration: undefined,
      nextGeneration: 0,
      bundles: 0,
      requests: 0n,
      recent: [],
    });
    expect(world.account(member.profile)!.data.subarray(144)).to.deep.equal(new Uint8Array(288));
    world.publish(member, 0);
  });
});
