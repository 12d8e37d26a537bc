/** Numbers at the ends of their ranges, where no sequence of instructions brings them: planted. */
import { expect } from "chai";
import { transfer } from "../../sdk/src/program/index.js";
import { onEachBuild } from "./support/builds.js";
import { LAMPORTS_PER_BYTE, rent, type Outcome } from "./support/ledger.js";
import { accept, close, closeBundle, createBundle, decline, openRequest, resize } from "./support/parties.js";

const U32 = 0xffff_ffff;
const U64 = 0xffff_ffff_ffff_ffffn;
const CHARGED = { policy: { kind: "postage", lamports: 900_000n } } as const;
/** Byte offsets of a profile and of an inbox. */
const PROFILE = { current: 16, nextGeneration: 20, bundles: 24, requests: 32 } as const;
const INBOX = { postage: 80, capacity: 440, ring: 444 } as const;
/** Bytes that an account can have. */
const LARGEST = 10_485_760;

/** How often a transaction called the System program. */
const transfers = ({ logs }: Outcome): number => logs.filter((line) => line === "Program 11111111111111111111111111111111 invoke [2]").length;

onEachBuild("Numbers at the end of their range", (test) => {
  test("an inbox that holds less than the postage that it claims pays nobody", (world) => {
    const recipient = world.member(CHARGED);
    for (const answer of [accept, decline]) {
      const chat = world.request(recipient);
      const { lamports } = world.account(chat.address)!;
      for (const postage of [lamports + 1n, U64 - 200n * lamports, U64]) {
        world.forge(chat.address, (view) => {
          view.setBigUint64(INBOX.postage, postage, true);
        });
        world.refuses("CorruptAccount", answer(chat, recipient));
      }
    }
  });

  test("a wallet that can hold no more lamports is paid none", (world) => {
    const recipient = world.member(CHARGED);
    const chat = world.request(recipient);
    world.plant(recipient.wallet.address, { lamports: U64 - 899_999n });
    for (const answer of [accept, decline]) world.refuses("CorruptAccount", answer(chat, recipient));
  });

  test("rent and postage that together are more than there can be let no inbox change its size", (world) => {
    const chat = world.request(world.member(CHARGED));
    world.forge(chat.address, (view) => {
      view.setBigUint64(INBOX.postage, U64, true);
    });
    for (const capacity of [512, 1_024, 2_048]) world.refuses("PostageTooHigh", resize(chat, capacity, 0));
  });

  test("the last number that a request can have is followed by none", (world) => {
    const recipient = world.member();
    world.forge(recipient.profile, (view) => {
      view.setBigUint64(PROFILE.requests, U64, true);
    });
    world.refuses("CorruptAccount", openRequest(world.chat(), recipient));
  });

  test("key bundles are counted neither beyond the last number nor below none", (world) => {
    const member = world.member();
    world.does(createBundle(member, 1));
    for (const [bundles, instruction] of [
      [U32, createBundle(member, 2)],
      [0, closeBundle(member, 1)],
    ] as const) {
      world.forge(member.profile, (view) => {
        view.setUint32(PROFILE.current, U32, true);
        view.setUint32(PROFILE.bundles, bundles, true);
        if (bundles === 0) view.setUint32(PROFILE.nextGeneration, U32, true);
      });
      world.refuses("CorruptAccount", instruction);
    }
  });

  test("the last generation that there can be is published, and none after it", (world) => {
    const member = world.member();
    world.forge(member.profile, (view) => {
      view.setUint32(PROFILE.nextGeneration, 65_535, true);
    });
    world.refuses("WrongGeneration", createBundle(member, 65_534));
    world.does(createBundle(member, 65_535));
    world.refuses("WrongGeneration", createBundle(member, 65_536));
  });

  test("the largest ring that there can be grows no further", (world) => {
    const chat = world.open();
    const data = new Uint8Array(LARGEST);
    data.set(world.account(chat.address)!.data);
    new DataView(data.buffer).setUint32(INBOX.capacity, LARGEST - INBOX.ring, true);
    world.plant(chat.address, { ...world.account(chat.address)!, data, lamports: rent(LARGEST) });
    for (const more of [1, 2, 10_240]) world.refuses("BadCapacity", resize(chat, LARGEST - INBOX.ring + more, 0));
  });

  test("an inbox that holds less than its rent stays as large as it is, unless its payer makes up for it", (world) => {
    const chat = world.open();
    world.plant(chat.address, { ...world.account(chat.address)!, lamports: rent(INBOX.ring + 1_024) - 1n });
    world.refuses("CorruptAccount", resize(chat, 1_024, 0));
    const [paid] = world.gains([chat.payer.address], () => world.does(resize(chat, 1_025, 0)));
    expect(paid).to.equal(-5_080n - 1n);
  });

  test("a resize to the size that the ring has gives back what lies there beyond its rent", (world) => {
    const chat = world.open();
    world.plant(chat.address, { ...world.account(chat.address)!, lamports: rent(INBOX.ring + 1_024) + 7n });
    expect(world.gains([chat.refund, chat.address, chat.payer.address], () => world.does(resize(chat, 1_024, 0)))).to.deep.equal([7n, -7n, 0n]);
  });

  test("no transfer is made of no lamports: not of postage that nobody asks, nor of rent that lies there already", (world) => {
    expect(transfers(world.does(openRequest(world.chat(), world.member(), 900_000n)))).to.equal(1);
    expect(transfers(world.does(openRequest(world.chat(), world.member(CHARGED), 900_000n)))).to.equal(2);
    const chat = world.open();
    expect(transfers(world.does(resize(chat, 1_025, 0)))).to.equal(1);
    for (const surplus of [0n, 1n]) {
      world.plant(chat.address, { ...world.account(chat.address)!, lamports: rent(INBOX.ring + 1_026) + surplus });
      expect(transfers(world.does(resize(chat, 1_026, 0)))).to.equal(0);
      world.does(resize(chat, 1_025, 0));
    }
  });

  test("where the cluster's rent has risen, a request that holds postage is answered once somebody has made up for it, and an inbox closes as ever", (world) => {
    const raised = 1_880n;
    const open = world.open();
    const was = world.balance(open.address);
    const anybody = world.person().address;
    const asked = [900_000n, 20_000_000n].map((lamports) => {
      const recipient = world.member({ policy: { kind: "postage", lamports } });
      return { lamports, recipient, answers: [accept(world.request(recipient), recipient), decline(world.request(recipient), recipient)] };
    });
    world.setLamportsPerByte(LAMPORTS_PER_BYTE + raised);
    const lacking = raised * (128n + 1_468n);
    for (const { lamports, recipient, answers } of asked) {
      // The runtime lets an account with less than its rent lose nothing: what the postage takes out has to be put in before.
      const enough = lamports < lacking ? lamports : lacking;
      for (const answer of answers) {
        const { address: to } = answer.accounts[2]!;
        for (const less of [0n, 1n, enough - 1n]) world.refuses("InsufficientFundsForRent", transfer({ from: anybody, to, lamports: less }), answer);
        const [gain] = world.gains([recipient.wallet.address], () => world.does(transfer({ from: anybody, to, lamports: enough }), answer));
        expect(gain).to.equal(lamports);
      }
    }
    expect(world.gains([open.refund], () => world.does(close(open, 0)))).to.deep.equal([was]);
  });
});
