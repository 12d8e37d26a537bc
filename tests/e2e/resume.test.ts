import { expect } from "chai";
import type { Postern } from "@postern/sdk";
import { lamportsOf } from "./support/ledger.js";
import { down, hooked, numbered, type Hook } from "./support/connections.js";
import { refusal } from "./support/refusal.js";
import { open, stage, type Person } from "./support/stage.js";
import { textsOf, until } from "./support/waiting.js";
import type { CountingWallet } from "./support/wallets.js";

const FUNDS = 50_000_000n;

describe("a registration that was interrupted", () => {
  const on = stage();

  /** Registers over a connection that fails for good from the `nth` transaction on. */
  async function disconnected(wallet: CountingWallet, nth: number, fundLamports = FUNDS): Promise<void> {
    const numberOf = numbered();
    let cut = false;
    const whileUp: Hook = (_call, pass) => (cut ? down() : pass());
    const connection = hooked(on.connection, {
      sendRawTransaction: (_call, pass, args) => {
        cut ||= numberOf(args) === nth;
        return cut ? down() : pass();
      },
      getSignatureStatuses: whileUp, getMultipleAccountsInfo: whileUp, getLatestBlockhash: whileUp, simulateTransaction: whileUp, getBlockHeight: whileUp,
    });
    const session = await on.connect(wallet, { connection });
    await refusal(session.register({ fundLamports }), "RPC_FAILED");
    await session.close();
  }

  /** Registers, and closes the session when the `nth` transaction has landed, before it hears of that. */
  async function closed(wallet: CountingWallet, nth: number, fundLamports = FUNDS): Promise<void> {
    const numberOf = numbered();
    let handed = false;
    const landed = new AbortController();
    const connection = hooked(on.connection, {
      sendRawTransaction: async (_call, pass, args) => {
        const signature = (await pass()) as string;
        if (numberOf(args) < nth) return signature;
        handed = true;
        await until(async () => (await on.connection.getSignatureStatus(signature)).value?.confirmationStatus === "confirmed", "the transaction lands");
        await session.close();
        landed.abort();
        return down();
      },
      getSignatureStatuses: (_call, pass) => (handed ? down() : pass()),
    });
    const session = await on.connect(wallet, { connection });
    await refusal(session.register({ fundLamports }), "CLOSED");
    expect(landed.signal.aborted).to.equal(true);
  }

  async function works(wallet: CountingWallet, postern: Postern): Promise<void> {
    const person: Person = { wallet, postern, address: postern.address };
    const peer = await on.person();
    const [, answered] = await open(peer, person);
    await answered.send("registered after all");
    expect(textsOf(await (await peer.postern.conversation(person.address)).history())).to.deep.equal(["gm", "registered after all"]);
  }

  it("goes on when the connection failed before its first, second or third transaction", async () => {
    await Promise.all([1, 2, 3].map(async (nth) => {
      const wallet = await on.wallet();
      await disconnected(wallet, nth);
      const asked = wallet.total;
      const postern = await on.connect(wallet);
      expect(await postern.isRegistered()).to.equal(false);
      await postern.register({ fundLamports: FUNDS });
      expect(await postern.isRegistered()).to.equal(true);
      expect(await postern.balance()).to.equal(FUNDS);
      expect(wallet.total - asked).to.equal(nth === 1 ? 4 : 1); // what the wallet has signed and published is not asked again
      await works(wallet, postern);
    }));
  });

  for (const nth of [1, 2, 3]) {
    it(`goes on when the app was closed once the ${["", "first", "second", "third"][nth]} transaction had landed`, async () => {
      const wallet = await on.wallet();
      await closed(wallet, nth);
      const asked = wallet.total;
      const postern = await on.connect(wallet);
      expect(await postern.isRegistered()).to.equal(nth === 3);
      await postern.register({ fundLamports: FUNDS });
      expect(await postern.isRegistered()).to.equal(true);
      expect(await postern.balance()).to.equal(FUNDS);
      expect(wallet.total - asked).to.equal(1);
      await works(wallet, postern);
    });
  }

  for (const [kind, nth, prompts] of [["messages", 2, 1], ["messages", 3, 2], ["transactions", 1, 3]] as const) {
    it(`goes on in the same session when the wallet refused its prompt ${prompts + 1} (${kind})`, async () => {
      const wallet = await on.wallet();
      const postern = await on.connect(wallet);
      if (kind === "transactions" || nth === 2) wallet.refuse(kind);
      else {
        const { signMessage } = wallet;
        let calls = 0;
        wallet.signMessage = (message) => {
          if (++calls === 2) wallet.refuse("messages");
          return signMessage(message);
        };
      }
      await refusal(postern.register({ fundLamports: FUNDS }), "REJECTED_BY_WALLET");
      expect(wallet.total).to.equal(prompts);
      expect(await postern.isRegistered()).to.equal(false);
      wallet.refuse(undefined);
      await postern.register({ fundLamports: FUNDS });
      expect(await postern.balance()).to.equal(FUNDS);
      await works(wallet, postern);
    });
  }

  it("ends with what is asked for then, whatever was sent before", async () => {
    const cases = [[0n, 0n, 0], [FUNDS, 0n, 0], [FUNDS, 2n * FUNDS, 1], [0n, FUNDS, 1], [2n * FUNDS, FUNDS, 0]] as const;
    for (const nth of [1, 2]) {
      await Promise.all(cases.map(async ([before, after, transactions]) => {
        const wallet = await on.wallet();
        await closed(wallet, nth, before);
        const { transactions: signed } = wallet.prompts;
        const postern = await on.connect(wallet);
        await postern.register({ fundLamports: after });
        expect(await postern.balance()).to.equal(after);
        expect(wallet.prompts.transactions - signed).to.equal(transactions);
      }));
    }
  });

  it("counts what someone has sent to the delegate already, and returns what is too much", async () => {
    for (const fundLamports of [0n, FUNDS]) {
      const wallet = await on.wallet();
      await closed(wallet, 1, 3n * FUNDS);
      const before = await lamportsOf(on.connection, wallet.publicKey.toBase58());
      const postern = await on.connect(wallet);
      await postern.register({ fundLamports });
      expect(await postern.balance()).to.equal(fundLamports);
      expect((await lamportsOf(on.connection, wallet.publicKey.toBase58())) - before).to.equal(3n * FUNDS - fundLamports);
    }
  });
});
