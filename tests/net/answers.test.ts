/** What an endpoint answers is believed only where it has the shape of an answer. */
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { isPosternError } from "../../sdk/src/errors.js";
import type { Connection } from "../../sdk/src/net/connection.js";
import { Rpc } from "../../sdk/src/net/rpc.js";

const ADDRESS = "So11111111111111111111111111111111111111112";
const key = new PublicKey(ADDRESS);
const account = { owner: key, lamports: 1, data: new Uint8Array(3), executable: false };
/** Asks once: what is malformed stays so. */
const rpcOf = (methods: object): Rpc => new Rpc(methods as Connection, "confirmed", new AbortController().signal, () => undefined, { tries: 1, timeoutMs: 5_000 });
const outcome = (asked: Promise<unknown>): Promise<unknown> => asked.catch((error: unknown) => (isPosternError(error) ? error.code : String(error)));

describe("an answer of an endpoint", () => {
  const accounts = (found: unknown): Rpc => rpcOf({ getMultipleAccountsInfoAndContext: async () => ({ context: { slot: 1 }, value: found }) });
  const wrong: readonly (readonly [name: string, ask: () => Promise<unknown>])[] = [
    ["with fewer accounts than were asked for", () => accounts([account]).accounts([ADDRESS, ADDRESS])],
    ["with more accounts than were asked for", () => accounts([account, account]).accounts([ADDRESS])],
    ["with no list of accounts", () => accounts({ 0: account, length: 1 }).accounts([ADDRESS])],
    ["with data that is no bytes", () => accounts([{ ...account, data: ["AAAA", "base64"] }]).accounts([ADDRESS])],
    ["with a negative balance", () => accounts([{ ...account, lamports: -1 }]).lamports(ADDRESS)],
    ["with a balance that is no whole number", () => accounts([{ ...account, lamports: 0.5 }]).lamports(ADDRESS)],
    ["with a balance that has been rounded", () => accounts([{ ...account, lamports: 2 ** 53 }]).lamports(ADDRESS)],
    ["with rent of nothing, as web3.js has it for an error", () => rpcOf({ getMinimumBalanceForRentExemption: async () => 0 }).rentLamports(1)],
    ["with a fee below nothing", () => rpcOf({ getFeeForMessage: async () => ({ value: -5_000 }) }).feeLamports(undefined as never)],
    ["with a blockhash that is none", () => rpcOf({ getLatestBlockhash: async () => ({ blockhash: 7, lastValidBlockHeight: 9 }) }).latestBlockhash()],
    ["with a blockhash that ends nowhere", () => rpcOf({ getLatestBlockhash: async () => ({ blockhash: ADDRESS }) }).latestBlockhash()],
    ["with a slot that is none", () => rpcOf({ getSlot: async () => -1 }).slot()],
    ["with a block height that is none", () => rpcOf({ getBlockHeight: async () => "9" }).blockHeight()],
    ["with a genesis hash that is none", () => rpcOf({ getGenesisHash: async () => "0OIl" }).genesisHash()],
    ["with priority fees that are no list", () => rpcOf({ getRecentPrioritizationFees: async () => ({ length: 0 }) }).recentPriorityFees([ADDRESS])],
    ["with accounts of the program that are no list", () => rpcOf({ getProgramAccounts: async () => null }).programAccounts(ADDRESS, [])],
    ["with signatures that are no list", () => rpcOf({ getSignaturesForAddress: async () => "none" }).signatures(ADDRESS, { limit: 1 })],
  ];
  for (const [name, ask] of wrong) it(`${name} is RPC_FAILED`, async () => expect(await outcome(ask())).to.equal("RPC_FAILED"));

  it("in its shape is taken: in order, with the slot where it is told, and nothing where there is nothing", async () => {
    expect(await accounts([account, null]).accountsSeen([ADDRESS, ADDRESS])).to.deep.equal([
      { account: { owner: ADDRESS, lamports: 1n, data: new Uint8Array(3), executable: false }, slot: 1 }, { account: null, slot: 1 },
    ]);
    const undated = rpcOf({ getMultipleAccountsInfo: async () => [account] });
    expect((await undated.accountsSeen([ADDRESS])).map(({ slot }) => slot)).to.deep.equal([undefined]);
    expect(await rpcOf({ getRecentPrioritizationFees: async () => [{ slot: 1, prioritizationFee: 3 }, { slot: 2, prioritizationFee: -1 }, null] }).recentPriorityFees([ADDRESS])).to.deep.equal([3]);
  });

  it("for more than a hundred accounts is several, put together in order", async () => {
    const asked: number[] = [];
    const rpc = rpcOf({
      getMultipleAccountsInfo: async (keys: PublicKey[]) => (asked.push(keys.length), keys.map((_, i) => ({ ...account, lamports: 1_000 * asked.length + i }))),
    });
    const read = await rpc.accounts(Array.from({ length: 201 }, () => ADDRESS));
    expect(asked).to.deep.equal([100, 100, 1]);
    expect([0, 99, 100, 199, 200].map((i) => read[i]?.lamports)).to.deep.equal([1_000n, 1_099n, 2_000n, 2_099n, 3_000n]);
  });
});
