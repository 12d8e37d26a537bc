import { expect } from "chai";
import { PROGRAM_ADDRESS, keyBundleAddress } from "../../../sdk/src/program/index.js";
import { onEachBuild } from "../support/builds.js";
import { SOL, rent } from "../support/ledger.js";
import { accept, createBundle, decline, openRequest, updateProfile, writeWholeBundle } from "../support/parties.js";

/** The System program's refusal to pay more than there is. */
const TOO_FEW_LAMPORTS = "Custom(1)";

onEachBuild("Rule 4: a request needs the recipient's active keys and policy, and costs no more postage than agreed to", (test) => {
  test("a wallet without a profile gets no request", (world) => {
    world.refuses("AccountDataTooSmall", openRequest(world.chat(), world.stranger()));
  });

  test("a profile gets no request before its first keys are activated", (world) => {
    const recipient = world.member({ keys: false });
    const chat = world.chat();
    world.refuses("NoActiveKeys", openRequest(chat, recipient));
    world.does(createBundle(recipient, 0));
    world.refuses("NoActiveKeys", openRequest(chat, recipient));
    for (const chunk of writeWholeBundle(recipient, 0)) world.does(chunk);
    world.refuses("NoActiveKeys", openRequest(chat, recipient));
  });

  test("a key bundle does not pass for a profile", (world) => {
    const recipient = world.member();
    const chat = world.chat();
    const { accounts, ...rest } = openRequest(chat, recipient);
    const bundle = keyBundleAddress(recipient.wallet.address, 0, PROGRAM_ADDRESS);
    world.refuses("InvalidAccountData", {
      ...rest,
      accounts: accounts.map((account) => (account.address === recipient.profile ? { ...account, address: bundle } : account)),
    });
  });

  test("a closed wallet gets no request, however much postage is offered, until it opens again", (world) => {
    const recipient = world.member({ policy: { kind: "closed" } });
    const chat = world.chat();
    world.refuses("PolicyClosed", openRequest(chat, recipient, SOL));
    world.does(updateProfile(recipient, recipient.delegate, { policy: { kind: "open" } }));
    world.does(openRequest(chat, recipient));
  });

  test("an open wallet costs rent alone", (world) => {
    const recipient = world.member();
    const chat = world.chat({ capacity: 2_048 });
    expect(world.gains([chat.payer.address, chat.writer.address], () => world.does(openRequest(chat, recipient, SOL)))).to.deep.equal([-rent(2_492), 0n]);
    expect(world.inbox(chat).postageLamports).to.equal(0n);
  });

  test("the payer pays rent and exactly the postage that is asked, and the inbox holds it", (world) => {
    const recipient = world.member({ policy: { kind: "postage", lamports: 900_000n } });
    const chat = world.chat();
    expect(world.gains([chat.payer.address, chat.address], () => world.does(openRequest(chat, recipient, SOL)))).to.deep.equal([
      -rent(1_468) - 900_000n,
      rent(1_468) + 900_000n,
    ]);
    expect(world.inbox(chat).postageLamports).to.equal(900_000n);
  });

  test("postage above what the sender agreed to refuses the request, to the lamport", (world) => {
    const recipient = world.member({ policy: { kind: "postage", lamports: 900_000n } });
    const chat = world.chat();
    for (const most of [0n, 899_999n]) world.refuses("PostageTooHigh", openRequest(chat, recipient, most));
    world.does(openRequest(chat, recipient, 900_000n));
  });

  test("postage that rose while the request was on its way refuses it", (world) => {
    const recipient = world.member({ policy: { kind: "postage", lamports: 1n } });
    const request = openRequest(world.chat(), recipient, 1n);
    world.does(updateProfile(recipient, recipient.wallet, { policy: { kind: "postage", lamports: 2n } }));
    world.refuses("PostageTooHigh", request);
  });

  test("postage that nobody has refuses the request, without a trace", (world) => {
    const recipient = world.member({ policy: { kind: "postage", lamports: 2n ** 64n - 1n } });
    world.refuses(TOO_FEW_LAMPORTS, openRequest(world.chat(), recipient, 2n ** 64n - 1n));
    const poor = world.person(rent(1_468));
    world.does(updateProfile(recipient, recipient.wallet, { policy: { kind: "postage", lamports: 1n } }));
    world.refuses(TOO_FEW_LAMPORTS, openRequest(world.chat({ payer: poor }), recipient, 1n));
  });

  test("the postage of another policy is no postage", (world) => {
    const recipient = world.member({ policy: { kind: "postage", lamports: 900_000n } });
    world.forge(recipient.profile, (_, bytes) => {
      bytes[9] = 0;
    });
    const chat = world.request(recipient);
    expect(world.inbox(chat).postageLamports).to.equal(0n);
  });

  for (const [answer, act] of [
    ["accepting", accept],
    ["declining", decline],
  ] as const) {
    test(`${answer} pays the held postage to the recipient's wallet, whoever of wallet and delegate signs`, (world) => {
      for (const signer of ["wallet", "delegate"] as const) {
        const recipient = world.member({ policy: { kind: "postage", lamports: 900_000n } });
        const chat = world.request(recipient);
        const gains = world.gains([recipient.wallet.address, recipient.delegate.address, chat.refund, chat.address], () =>
          world.does(act(chat, recipient, recipient[signer])),
        );
        expect(gains).to.deep.equal([900_000n, 0n, 0n, -900_000n]);
        expect(world.inbox(chat).postageLamports).to.equal(0n);
        expect(world.balance(chat.address)).to.equal(rent(1_468));
      }
    });

    test(`${answer} is for the recipient's wallet and delegate alone`, (world) => {
      const recipient = world.member({ policy: { kind: "postage", lamports: 900_000n } });
      const other = world.member();
      const chat = world.request(recipient);
      for (const signer of [chat.writer, chat.payer, chat.reader, world.person(), other.wallet, other.delegate])
        world.refuses("NotRecipient", act(chat, recipient, signer));
      for (const signer of [other.wallet, other.delegate, recipient.wallet, recipient.delegate]) world.refuses("NotRecipient", act(chat, other, signer));
    });

    test(`${answer} pays nobody but the wallet`, (world) => {
      const recipient = world.member({ policy: { kind: "postage", lamports: 900_000n } });
      const chat = world.request(recipient);
      for (const thief of [recipient.delegate.address, chat.writer.address, recipient.profile]) {
        const { accounts, ...rest } = act(chat, recipient);
        const substituted = accounts.map((account, slot) => (slot === 3 ? { ...account, address: thief } : account));
        world.refuses("WrongAddress", { ...rest, accounts: substituted });
      }
    });

    test(`${answer} what was answered before is refused`, (world) => {
      for (const first of [accept, decline]) {
        const recipient = world.member();
        const chat = world.request(recipient);
        world.does(first(chat, recipient));
        world.refuses("NotARequest", act(chat, recipient));
      }
    });

    test(`${answer} an inbox that is addressed to nobody is refused`, (world) => {
      world.refuses("NotRecipient", act(world.open(), world.member()));
    });

    test(`${answer} needs a wallet that the runtime lets hold the postage`, (world) => {
      const recipient = world.member({ policy: { kind: "postage", lamports: 1_000n } });
      const chat = world.request(recipient);
      world.plant(recipient.wallet.address, { lamports: 0n });
      world.refuses("InsufficientFundsForRent", act(chat, recipient));
      world.plant(recipient.wallet.address, { lamports: rent(0) });
      world.does(act(chat, recipient));
      expect(world.balance(recipient.wallet.address)).to.equal(rent(0) + 1_000n);
    });
  }
});
