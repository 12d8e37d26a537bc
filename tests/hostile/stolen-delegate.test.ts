/** The delegate's key is stolen, and no other: what the thief can do, and what not. What the owner does then is in replaced-delegate.test.ts. */
import type { PosternEvent } from "@postern/sdk";
import { concat, encodeCard, generationKeys, inboxKey, joinHandshake, openMessage, openOwnerBox, openReplyPointer, respond, u8 } from "@postern/sdk/crypto";
import {
  accept, acknowledge, activateKeyBundle, addressBytes, closeInbox, closeKeyBundle, closeProfile, createKeyBundle, decline, openRequest, post, profileAddress, resizeInbox,
  transfer, updateProfile, writeKeyBundle, type Instruction,
} from "@postern/sdk/program";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { outcome as outcomeOf } from "../crypto/expect-code.js";
import { DelegateThief } from "./support/delegate-thief.js";
import { itTellsNoSecret, refused } from "./support/leaks.js";
import { program, random } from "./support/raw-device.js";
import { historyOf, listen, World, type Person } from "./support/world.js";

describe("who has stolen a delegate's key", () => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let thief: DelegateThief;

  before(async () => void (world = await World.start()));
  beforeEach(async () => {
    [alice, bob] = (await world.people(2)) as [Person, Person];
    await world.introduce(alice, bob);
    thief = new DelegateThief(alice.raw);
  });
  after(() => world.stop());

  const lamports = async (address: string): Promise<number> => world.connection.getBalance(new PublicKey(address), "confirmed");
  const garbage = (): Uint8Array => concat(u8(1), u8(2), random(140));

  describe("can", () => {
    it("post garbage where the wallet writes: unreadable messages at both ends, and the next true message opens", async () => {
      const { address, inbox } = await alice.raw.own(0);
      for (const [i, payload] of [garbage(), random(9), new Uint8Array(0)].entries()) await thief.does(post({ program, writer: thief.address, inbox: address, expectedSeq: inbox.next + i, payload }));
      await (await alice.postern.conversation(bob.address)).send("the true one");
      for (const [reader, peer] of [[alice, bob], [bob, alice]] as const) {
        const texts = await historyOf(reader.postern, peer.address);
        expect(texts.filter((text) => text.startsWith("["))).to.have.lengthOf(3);
        expect(texts.at(-1)).to.equal("the true one");
      }
    });

    it("acknowledge what the owner has not read, so that the ring lets go of it: the owner reads it from transaction history, and what comes as well", async () => {
      const toAlice = await bob.postern.conversation(alice.address);
      await toAlice.send("never seen by alice");
      const { address } = await bob.raw.own(0);
      for (let i = 0; i < 6; i++) {
        await thief.does(acknowledge({ program, reader: thief.address, inbox: address, upto: (await bob.raw.inbox(address)).next }));
        await toAlice.send("x".repeat(400));
      }
      const { events, stop } = listen(alice.postern);
      expect((await bob.raw.own(0)).inbox.first, "let go of").to.be.greaterThan(1);
      expect(await historyOf(alice.postern, bob.address)).to.include("never seen by alice");
      expect(events.filter(({ kind }) => kind === "gap")).to.deep.equal([]);
      await toAlice.send("seen");
      expect(await historyOf(alice.postern, bob.address)).to.include("seen");
      stop();
    });

    it("spend the delegate's balance, and no other: the owner is told what is missing", async () => {
      const wallet = await lamports(alice.address);
      const balance = await alice.postern.balance();
      await thief.does(transfer({ from: thief.address, to: thief.purse.publicKey.toBase58(), lamports: balance - 5_000n }));
      const error = await refused((await alice.postern.conversation(bob.address)).send("no money"), "INSUFFICIENT_FUNDS");
      expect(error.context["missingLamports"] as bigint > 0n).to.equal(true);
      expect(await lamports(alice.address)).to.equal(wallet);
    });

    it("answer a request into nothing: its sender is told that the answer is none, the owner reads what was asked and can write back", async () => {
      const carol = await world.person();
      await (await carol.postern.conversation(alice.address)).send("are you there?");
      const { address } = await carol.raw.own(0);
      await thief.does(accept({ program, signer: thief.address, wallet: alice.address, inbox: address, reader: thief.address, reply: random(60) }));
      const heard = listen(carol.postern);
      expect(await historyOf(carol.postern, alice.address)).to.deep.equal(["are you there?"]);
      expect(heard.rejections(address)).to.deep.equal(["REPLY_POINTER_INVALID"]);
      heard.stop();
      expect(await historyOf(alice.postern, carol.address)).to.deep.equal(["are you there?"]);
      await (await alice.postern.conversation(carol.address)).send("yes, in an inbox of my own");
      await (await carol.postern.conversation(alice.address)).send("good");
      for (const [reader, peer] of [[alice, carol], [carol, alice]] as const) {
        expect(await historyOf(reader.postern, peer.address)).to.have.members(["are you there?", "yes, in an inbox of my own", "good"]);
      }
    });

    it("decline a request: its sender sees DECLINED, and is reached when the owner writes first", async () => {
      const carol = await world.person();
      await (await carol.postern.conversation(alice.address)).send("may I?");
      await thief.does(decline({ program, signer: thief.address, wallet: alice.address, inbox: (await carol.raw.own(0)).address }));
      await refused((await carol.postern.conversation(alice.address)).send("hello?"), "DECLINED");
      await (await alice.postern.conversation(carol.address)).send("that was a thief");
      expect((await carol.postern.requests()).map(({ from }) => from)).to.deep.equal([alice.address]);
      await (await carol.postern.conversation(alice.address)).send("I see");
      expect(await historyOf(alice.postern, carol.address)).to.include.members(["that was a thief", "I see"]);
    });

    it("change who may ask for contact, which the owner changes back", async () => {
      await thief.does(updateProfile({ program, signer: thief.address, wallet: alice.address, policy: { kind: "closed" } }));
      expect((await bob.raw.profileOf(alice.address)).policy.kind).to.equal("closed");
      await alice.postern.setContactPolicy({ kind: "open" });
      expect((await bob.raw.profileOf(alice.address)).policy.kind).to.equal("open");
    });

    it("close an inbox of the wallet's that has been read to its end: the rent goes to the wallet, which cannot restore that conversation any more and begins it anew", async () => {
      await historyOf(bob.postern, alice.address);
      await (await bob.postern.conversation(alice.address)).send("read, all of it");
      const { address, inbox } = await alice.raw.own(0);
      expect(inbox.acknowledged).to.equal(inbox.next);
      const [wallet, rent] = [await lamports(alice.address), await lamports(address)];
      await thief.does(closeInbox({ program, closer: thief.address, refund: alice.address, inbox: address, expectedNext: inbox.next }));
      expect(await lamports(alice.address)).to.equal(wallet + rent);
      const later = await world.connect({ wallet: alice.wallet });
      expect(await historyOf(later, bob.address), "what restored it is gone").to.deep.equal([]);
      const chat = await later.conversation(bob.address);
      expect(chat.state).to.equal("new");
      await chat.send("anew");
      expect(await historyOf(bob.postern, alice.address)).to.include.members(["first", "answer", "read, all of it", "anew"]);
    });

    it("open requests from the wallet's address, which nobody takes for the wallet's: one rejection, no entry", async () => {
      const carol = await world.person();
      const index = await alice.raw.freeIndex();
      const opening = openRequest({
        program, payer: thief.address, writer: thief.address, index, capacity: 2_048, openSalt: random(16), refund: thief.address, ownerBox: random(120),
        recipient: carol.address, maxPostageLamports: 0n,
      });
      await thief.does(opening);
      const address = opening.accounts[2]!.address;
      const { frames } = (await alice.raw.own(0)).inbox; // the wallet's own handshake with Bob, copied
      for (const [i, { payload }] of [...frames.slice(0, 2), frames[2]!].entries()) await thief.does(post({ program, writer: thief.address, inbox: address, expectedSeq: i, payload }));
      const { events, rejections, stop } = listen(carol.postern);
      expect(await carol.postern.requests()).to.deep.equal([]);
      expect(rejections(address)).to.deep.equal(["HANDSHAKE_NOT_FOR_ME"]);
      expect(events.filter((event: PosternEvent) => event.kind === "request")).to.deep.equal([]);
      expect(await historyOf(alice.postern, bob.address), "the owner's client passes over an owner box that is none").to.have.members(["first", "answer"]);
      stop();
    });
  });

  describe("cannot", () => {
    it("read: the delegate's seed opens neither owner box, handshake, message nor pointer, in whatever place it is tried", async () => {
      const seed = thief.key.secretKey.slice(0, 32);
      const keys = generationKeys(world.cluster.domain, seed);
      const { inbox, identity, box } = await alice.raw.own(0);
      expect(outcomeOf(() => openOwnerBox(keys.owner, { ...identity, box: inbox.ownerBox }))).to.equal("OWNER_BOX_INVALID");
      expect(outcomeOf(() => openOwnerBox(concat(seed, seed), { ...identity, box: inbox.ownerBox }))).to.equal("OWNER_BOX_INVALID");
      const carol = await world.person();
      await (await carol.postern.conversation(alice.address)).send("secret");
      const theirs = await carol.raw.own(0);
      const [first, second, message] = theirs.inbox.frames.map(({ payload }) => payload);
      const { hash: bundleHash } = await bob.raw.bundleOf(alice.address);
      const honest = alice.raw.keys();
      for (const held of [keys, { ...honest, kem: keys.kem }, { ...honest, kem: { ...honest.kem, seed } }]) {
        const outcome = outcomeOf(() => respond({ ...theirs.identity, cluster: world.cluster, wallet: alice.raw.walletBytes, handshake: joinHandshake(first!, second!), generationKeys: () => ({ keys: held, bundleHash }) }));
        expect(outcome).to.equal("HANDSHAKE_NOT_FOR_ME");
      }
      expect(outcomeOf(() => openMessage(inboxKey(world.cluster.domain, seed, { role: 0, ...theirs.identity }), 2, message!))).to.equal("KEY_MISMATCH");
      const answer = { inboxX: identity.inbox, readerR: addressBytes(inbox.reader), pointer: inbox.reply };
      const pointer = (thread: Uint8Array): string => outcomeOf(() => openReplyPointer(world.cluster.domain, thread, answer));
      expect(pointer(box.thread), "the wallet's thread does").to.equal("opened");
      for (const thread of [seed, keys.owner.slice(0, 32), keys.owner.slice(32), keys.identity.secret, keys.kem.seed]) expect(pointer(thread)).to.equal("REPLY_POINTER_INVALID");
    });

    const forbidden: Readonly<Record<string, () => Promise<readonly (readonly [expected: string, instructions: readonly Instruction[]])[]>>> = {
      "publish keys": async () => {
        const card = { ...alice.raw.card(1), delegate: thief.key.publicKey.toBytes() };
        const bundle = { program, payer: thief.address, generation: 1, card: encodeCard(card), certificate: alice.raw.certify(card, thief.key.secretKey.slice(0, 32)), refund: thief.address };
        const asWallet = createKeyBundle({ ...bundle, wallet: alice.address });
        const asItself = createKeyBundle({ ...bundle, wallet: thief.address });
        const theirProfile = asItself.accounts.map((role, i) => (i === 2 ? { ...role, address: profileAddress(alice.address, program) } : role));
        const unsigned = asWallet.accounts.map((role) => (role.address === alice.address ? { ...role, signer: false } : role));
        const current = { program, wallet: alice.address, generation: 0, delegate: thief.address };
        return [
          ["MISSING_SIGNATURE", [asWallet]], ["MISSING_SIGNATURE", [{ ...asWallet, accounts: unsigned }]], ["NOT_OWNER", [{ ...asItself, accounts: theirProfile }]],
          ["BUNDLE_ACTIVATED", [writeKeyBundle({ ...current, offset: 1_216, chunk: random(1) })]], ["BUNDLE_ACTIVATED", [activateKeyBundle(current)]],
        ];
      },
      "name another delegate, root number or kind": async () => {
        const as = { program, signer: thief.address, wallet: alice.address };
        return [
          ["NOT_OWNER", [updateProfile({ ...as, delegate: thief.purse.publicKey.toBase58() })]],
          ["NOT_OWNER", [updateProfile({ ...as, root: { number: 2, kind: "wallet" } })]],
          ["NOT_OWNER", [updateProfile({ ...as, root: { number: 1, kind: "given" }, policy: { kind: "open" } })]],
        ];
      },
      "take rent, by closing or by shrinking": async () => {
        const { address, inbox } = await alice.raw.own(0);
        const purse = thief.purse.publicKey.toBase58();
        const close = { program, closer: thief.address, inbox: address, expectedNext: inbox.next };
        return [
          ["WRONG_REFUND", [closeInbox({ ...close, refund: purse })]], ["WRONG_REFUND", [closeInbox({ ...close, refund: thief.address })]],
          ["WRONG_REFUND", [resizeInbox({ program, payer: thief.address, writer: thief.address, inbox: address, refund: purse, capacity: 256, expectedNext: inbox.next })]],
        ];
      },
      "close the profile or a key bundle": async () => {
        const both = [
          closeProfile({ program, wallet: alice.address, refund: alice.address, current: { generation: 0, refund: alice.address } }),
          closeKeyBundle({ program, wallet: alice.address, generation: 0, refund: alice.address }),
        ];
        const itself = (instruction: Instruction): Instruction => ({ ...instruction, accounts: instruction.accounts.map((role, i) => (i === 0 ? { ...role, address: thief.address } : role)) });
        return both.flatMap((instruction) => [["MISSING_SIGNATURE", [instruction]], ["NOT_OWNER", [itself(instruction)]]] as const);
      },
      "write where a peer writes, or acknowledge where the wallet writes": async () => {
        const [mine, theirs] = [await alice.raw.own(0), await bob.raw.own(0)];
        return [
          ["NOT_WRITER", [post({ program, writer: thief.address, inbox: theirs.address, expectedSeq: theirs.inbox.next, payload: garbage() })]],
          ["NOT_READER", [acknowledge({ program, reader: thief.address, inbox: mine.address, upto: mine.inbox.next })]],
        ];
      },
    };
    for (const [what, attempts] of Object.entries(forbidden)) {
      it(what, async () => {
        for (const [expected, instructions] of await attempts()) expect(await thief.isRefused(...instructions)).to.equal(expected);
        expect(await historyOf(alice.postern, bob.address)).to.have.members(["first", "answer"]);
      });
    }

    it("unlock a client: the keys come from the wallet, and a signature that is not the wallet's is WALLET_SIGNATURE_INVALID", async () => {
      const stolen = { publicKey: alice.wallet.publicKey, signMessage: async () => random(64) };
      await refused(world.connect({ wallet: stolen }), "WALLET_SIGNATURE_INVALID");
    });
  });

  describe("in the end", () => itTellsNoSecret());
});
