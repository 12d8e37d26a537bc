/** What is asked and bid for a transaction: limits that fit it, and a priority fee where others pay one, up to the app's limit. */
import type { ConnectOptions, SentMessage } from "@postern/sdk";
import { ComputeBudgetProgram, type Connection, type VersionedTransactionResponse } from "@solana/web3.js";
import { expect } from "chai";
import { hooked, type Hook } from "./support/connections.js";
import { lamportsOf, profileOf } from "./support/ledger.js";
import { refusal } from "./support/refusal.js";
import { open, stage } from "./support/stage.js";

const SIGNATURE_LAMPORTS = 5_000n;

type Budget = { units?: number; microLamports?: number; loadedBytes?: number };

function budgetOf({ transaction: { message } }: VersionedTransactionResponse): Budget {
  const budget: Budget = {};
  for (const { programIdIndex, data } of message.compiledInstructions) {
    if (!message.staticAccountKeys[programIdIndex]?.equals(ComputeBudgetProgram.programId)) continue;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data[0] === 2) budget.units = view.getUint32(1, true);
    if (data[0] === 3) budget.microLamports = Number(view.getBigUint64(1, true));
    if (data[0] === 4) budget.loadedBytes = view.getUint32(1, true);
  }
  return budget;
}

describe("what a message pays", () => {
  const on = stage();

  const landed = async ({ signature }: SentMessage): Promise<VersionedTransactionResponse> => {
    const transaction = await on.connection.getTransaction(signature, { maxSupportedTransactionVersion: 1, commitment: "confirmed" });
    if (transaction === null) throw new Error("not found");
    return transaction as VersionedTransactionResponse;
  };

  /** A message over a network where others pay `paid` for the same accounts, by slot; and what it cost the delegate. */
  async function sendWhere(paid: readonly number[], options: Partial<ConnectOptions> & { text?: string; hooks?: Partial<Record<"sendRawTransaction", Hook>> } = {}) {
    const [alice, bob] = await on.people(2);
    await open(alice, bob, "0");
    const asked: unknown[] = [];
    const connection: Connection = hooked(on.connection, {
      ...options.hooks,
      getRecentPrioritizationFees: async (_call, _pass, args) => {
        asked.push(args[0]);
        return paid.map((prioritizationFee, slot) => ({ slot, prioritizationFee }));
      },
    });
    const { text = "1", hooks: _, ...connect } = options;
    const { postern } = await on.device(alice, { connection, ...connect });
    const chat = await postern.conversation(bob.address);
    const { delegate } = await profileOf(on.connection, alice.address);
    const before = await lamportsOf(on.connection, delegate);
    const sent = await chat.send(text);
    return { sent, asked, postern, costLamports: before - (await lamportsOf(on.connection, delegate)) };
  }

  it("is a signature where nobody pays more, and it asks for little more than it needs", async () => {
    const { sent, asked, costLamports } = await sendWhere([0, 0, 0]);
    expect(asked.length).to.equal(1);
    expect([sent.feeLamports, costLamports]).to.deep.equal([SIGNATURE_LAMPORTS, SIGNATURE_LAMPORTS]);
    const transaction = await landed(sent);
    const { units, microLamports } = budgetOf(transaction);
    expect(microLamports).to.equal(undefined);
    expect(units).to.be.within(transaction.meta!.computeUnitsConsumed!, 20_000);
  });

  it("follows what three quarters of the recent blocks took, and says so in feeLamports and estimate()", async () => {
    const { sent, costLamports, postern } = await sendWhere([0, 100_000, 400_000, 200_000, 9_000_000]);
    const { units, microLamports } = budgetOf(await landed(sent));
    expect(microLamports).to.equal(400_000);
    expect(sent.feeLamports).to.equal(SIGNATURE_LAMPORTS + BigInt(Math.ceil((units! * 400_000) / 1e6)));
    expect(costLamports).to.equal(sent.feeLamports);
    expect((await postern.estimate()).message.feeLamports).to.equal(SIGNATURE_LAMPORTS + 2_000n);
  });

  it("never more than the app allows; nothing is asked where it allows nothing", async () => {
    const { sent } = await sendWhere([9_000_000], { fees: { maxMicroLamportsPerComputeUnit: 7_000 } });
    expect(budgetOf(await landed(sent)).microLamports).to.equal(7_000);
    const none = await sendWhere([9_000_000], { fees: { maxMicroLamportsPerComputeUnit: 0 } });
    expect(none.asked).to.deep.equal([]);
    expect(none.sent.feeLamports).to.equal(SIGNATURE_LAMPORTS);
  });

  it("is more after a transaction ran out unconfirmed", async () => {
    const dropped = new Set<string>();
    const { sent } = await sendWhere([0], {
      hooks: {
        sendRawTransaction: async (_call, pass, args) => {
          const wire = Buffer.from(args[0] as Uint8Array).toString("hex");
          if (dropped.size > 0 && !dropped.has(wire)) return pass();
          dropped.add(wire);
          return "dropped";
        },
      },
    });
    expect(budgetOf(await landed(sent)).microLamports).to.equal(100_000);
  });

  it("fits the transaction for the longest text too", async () => {
    const { sent } = await sendWhere([500_000], { text: "x".repeat(885) });
    expect(budgetOf(await landed(sent))).to.include({ microLamports: 500_000 });
  });

  it("is the app's to limit, by a whole number", async () => {
    const wallet = await on.wallet();
    for (const fees of [{ maxMicroLamportsPerComputeUnit: -1 }, { maxMicroLamportsPerComputeUnit: 0.5 }, {} as { maxMicroLamportsPerComputeUnit: number }]) {
      await refusal(on.connect(wallet, { fees }), "INVALID_ARGUMENT");
    }
  });
});
