/** A sender who is shown keys that were replaced: nothing tells it at first contact, and the recipient's week of grace ends it. */
import { createProfile, profileAddress, transfer } from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { withData } from "./support/lying-rpc.js";
import { program } from "./support/raw-device.js";
import { historyOf, listen, shown, World, type Person } from "./support/world.js";

const DAY = 86_400;

describe("a sender who is shown a recipient's replaced keys", () => {
  let world: World;
  let alice: Person;

  before(async () => {
    world = await World.start();
    alice = await world.person();
  });
  afterEach(() => world.rpc.honest());
  after(() => world.stop());

  /** Registered 20 days ago, as the cards say, with keys that were replaced `days` ago; and the profile as it was before that. */
  async function rotatedAgo(days: number): Promise<{ recipient: Person; past: Uint8Array }> {
    const recipient = await world.person({ register: false });
    const { raw, address } = recipient;
    const delegate = raw.delegate().publicKey.toBase58();
    await raw.submit([createProfile({ program, payer: address, wallet: address, delegate, rootNumber: 1, rootKind: "wallet", policy: { kind: "open" }, refund: address })], [raw.walletKey]);
    const now = Math.floor(Date.now() / 1_000);
    const valid = (ago: number): { validFrom: number; validUntil: number } => ({ validFrom: now - ago * DAY, validUntil: now + 100 * DAY });
    await raw.rotate(valid(20));
    const profile = await world.connection.getAccountInfo(new PublicKey(profileAddress(address, program)), "confirmed");
    await raw.rotate(valid(days));
    await raw.submit([transfer({ from: address, to: raw.delegate(1).publicKey.toBase58(), lamports: 100_000_000n })], [raw.walletKey]);
    return { recipient, past: Uint8Array.from(profile!.data) };
  }

  async function writesToThePast({ recipient, past }: { recipient: Person; past: Uint8Array }): Promise<void> {
    world.rpc.account(profileAddress(recipient.address, program), withData(() => past));
    await (await (await world.liedTo(alice)).conversation(recipient.address)).send("under the old keys");
    world.rpc.honest();
  }

  it("is read within a week of the change, for an honest endpoint may be late", async () => {
    const scene = await rotatedAgo(6);
    await writesToThePast(scene);
    const device = await world.connect({ wallet: scene.recipient.wallet });
    expect((await device.requests()).map(({ from, firstMessage }) => [from, ...shown([firstMessage])])).to.deep.equal([[alice.address, "under the old keys"]]);
  });

  it("is refused after that: STALE_RECIPIENT_KEYS, no entry; what is sent to the current keys is read", async () => {
    const index = await alice.raw.freeIndex();
    const scene = await rotatedAgo(8);
    await writesToThePast(scene);
    const device = await world.connect({ wallet: scene.recipient.wallet });
    const heard = listen(device);
    expect(await device.requests()).to.deep.equal([]);
    expect(heard.rejections((await alice.raw.own(index)).address)).to.deep.equal(["STALE_RECIPIENT_KEYS"]);
    heard.stop();
    await (await device.conversation(alice.address)).send("write to my new keys");
    await (await alice.postern.conversation(scene.recipient.address)).send("these?");
    expect(await historyOf(device, alice.address)).to.include.members(["write to my new keys", "these?"]);
  });
});
