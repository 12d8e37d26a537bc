/** Where every byte of an account stands: read here without the SDK's decoders, which these offsets are to hold to. */
import { expect } from "chai";
import { addressBytes, findAddress, PROGRAM_ADDRESS } from "../../sdk/src/program/index.js";
import { fill, u32 } from "./support/bytes.js";
import { CERTIFICATE, cardOf, xWingKey } from "./support/card.js";
import { onEachBuild } from "./support/builds.js";
import { START_TIME } from "./support/ledger.js";
import { OWNER_BOX, REPLY, accept, bundleAddress, createBundle, createProfile, openRequest, updateProfile, writeBundle } from "./support/parties.js";
import { discriminator, u64 } from "./support/raw-accounts.js";
import { firstHead, nextHead } from "./support/log.js";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const bumpOf = (...seeds: Uint8Array[]): number => findAddress(seeds, PROGRAM_ADDRESS).bump;
const join = (...parts: readonly (Uint8Array | readonly number[])[]): string => Buffer.concat(parts.map((part) => Uint8Array.from(part))).toString("hex");

onEachBuild("The layout of accounts", (test) => {
  test("a request, and what accepting, posting and acknowledging change of it", (world) => {
    const recipient = world.member({ policy: { kind: "postage", lamports: 900_000n } });
    const chat = world.chat({ capacity: 256, overwrite: true, index: 0x01020304 });
    world.does(openRequest(chat, recipient, 900_000n));
    const bump = bumpOf(text("inbox"), addressBytes(chat.writer.address), u32(chat.index));
    const hex = (): string => Buffer.from(world.account(chat.address)!.data).toString("hex");
    const names = [addressBytes(recipient.wallet.address), addressBytes(chat.refund)];
    const rest = (ring: Uint8Array): Uint8Array[] => [chat.openSalt, OWNER_BOX, fill(24, 0), u32(256), ring];
    const head = firstHead(chat.address, chat.openSalt);
    expect(hex()).to.equal(
      join(
        discriminator("Inbox"),
        [1, 0, 1, bump],
        u32(chat.index),
        head,
        u32(0),
        u32(START_TIME),
        u32(0),
        u32(0),
        u32(0),
        u32(0),
        u64(world.slot),
        u64(900_000n),
        u32(START_TIME),
        addressBytes(chat.writer.address),
        fill(32, 0),
        ...names,
        fill(60, 0),
        ...rest(fill(256, 0)),
      ),
    );

    world.does(accept(chat, recipient));
    world.pass(5);
    world.post(chat, fill(99, 7), fill(99, 8));
    world.acknowledge(chat, 1);
    world.post(chat, fill(100, 9));
    const time = START_TIME + 5;
    const frames = [fill(99, 7), fill(99, 8), fill(100, 9)].map((payload, seq) => ({ seq, time, payload }));
    const ring = new Uint8Array(256).fill(0);
    frames.forEach(({ payload }, i) =>
      [payload.length, 0, ...u32(time), ...payload].forEach((byte, at) => {
        ring[(105 * i + at) % 256] = byte;
      }),
    );
    expect(hex()).to.equal(
      join(
        discriminator("Inbox"),
        [1, 1, 1, bump],
        u32(chat.index),
        frames.reduce(nextHead, head),
        u32(3),
        u32(time),
        u32(1),
        u32(1),
        u32(105),
        u32(211),
        u64(world.slot),
        u64(0n),
        u32(START_TIME),
        addressBytes(chat.writer.address),
        addressBytes(chat.reader.address),
        ...names,
        REPLY,
        ...rest(ring),
      ),
    );
  });

  test("a profile, new and in use", (world) => {
    const member = world.stranger();
    const choices = { policy: { kind: "postage", lamports: 7n }, rootNumber: 0x01020304, rootKind: "vault" } as const;
    world.does(createProfile(member, member.wallet, choices));
    const bump = bumpOf(text("profile"), addressBytes(member.wallet.address));
    const hex = (): string => Buffer.from(world.account(member.profile)!.data).toString("hex");
    const names = [member.wallet, member.delegate].map(({ address }) => addressBytes(address));
    expect(hex()).to.equal(
      join(
        discriminator("Profile"),
        [1, 1, 2, bump],
        u32(0x01020304),
        u32(0xffff_ffff),
        u32(0),
        u32(0),
        fill(4, 0),
        u64(0n),
        u64(7n),
        ...names,
        addressBytes(member.refund),
        fill(256, 0),
        fill(32, 0),
      ),
    );
    world.publish(member, 0);
    world.does(createBundle(member, 1));
    const [a, b] = [world.request(member), world.request(member)];
    world.does(updateProfile(member, member.wallet, { policy: { kind: "closed" }, root: { number: 5, kind: "given" } }));
    expect(hex()).to.equal(
      join(
        discriminator("Profile"),
        [1, 2, 3, bump],
        u32(5),
        u32(0),
        u32(2),
        u32(2),
        fill(4, 0),
        u64(2n),
        u64(0n),
        ...names,
        addressBytes(member.refund),
        addressBytes(a.address),
        addressBytes(b.address),
        fill(192, 0),
        fill(32, 0),
      ),
    );
  });

  test("a key bundle, half uploaded and activated", (world) => {
    const member = world.member({ keys: false });
    world.does(createBundle(member, 0));
    world.does(writeBundle(member, 0, 0, xWingKey(0).subarray(0, 600)));
    const bump = bumpOf(text("keys"), addressBytes(member.wallet.address), u32(0));
    const card = cardOf({ generation: 0, wallet: member.wallet.address, delegate: member.delegate.address });
    const hex = (generation: number): string => Buffer.from(world.account(bundleAddress(member, generation))!.data).toString("hex");
    expect(hex(0)).to.equal(
      join(
        discriminator("KeyBundle"),
        [1, 0, bump, 0, 0x58, 0x02],
        card,
        CERTIFICATE,
        addressBytes(member.bundleRefund),
        xWingKey(0).subarray(0, 600),
        fill(616, 0),
        fill(20, 0),
      ),
    );
    world.publish(member, 1);
    const second = cardOf({ generation: 1, wallet: member.wallet.address, delegate: member.delegate.address });
    expect(hex(1)).to.equal(
      join(
        discriminator("KeyBundle"),
        [1, 1, bumpOf(text("keys"), addressBytes(member.wallet.address), u32(1)), 0, 0xc0, 0x04],
        second,
        CERTIFICATE,
        addressBytes(member.bundleRefund),
        xWingKey(1),
        fill(20, 0),
      ),
    );
  });
});
