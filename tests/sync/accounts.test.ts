import { expect } from "chai";
import { toBase58 } from "../../sdk/src/crypto/index.js";
import type { AccountInfo, Rpc, SeenAccount } from "../../sdk/src/net/rpc.js";
import { Accounts } from "../../sdk/src/sync/accounts.js";

const PROGRAM = toBase58(new Uint8Array(32).fill(1));
const ADDRESS = toBase58(new Uint8Array(32).fill(2));
const account = (fill: number): AccountInfo => ({ owner: PROGRAM, lamports: 1n, data: new Uint8Array(444).fill(fill), executable: false });
const [OLD, NEW] = [account(3), account(4)];
const fillOf = (read: AccountInfo | null | undefined): number | undefined => read?.data[100];

/** Answers in the order in which the test gives them, whichever question is whose. */
function endpoint(): { readonly rpc: Rpc; answer(which: number, account: AccountInfo, slot: number): void; asks(): number } {
  const waiting: ((seen: SeenAccount[]) => void)[] = [];
  const slices: (({ offset: number; length: number }) | undefined)[] = [];
  const accountsSeen: Rpc["accountsSeen"] = (_, options = {}) => new Promise((resolve) => {
    slices.push(options.slice);
    waiting.push(resolve);
  });
  return {
    rpc: { accountsSeen } as Rpc,
    asks: () => waiting.length,
    answer: (which, { data, ...rest }, slot) => {
      const { offset = 0, length = data.length } = slices[which] ?? {};
      waiting[which]!([{ account: { ...rest, data: data.slice(offset, offset + length) }, slot }]);
    },
  };
}

describe("accounts as they were seen last", () => {
  const clock = Date.now;
  afterEach(() => void (Date.now = clock));

  it("are asked for again where two questions were on their way together and the later answer is of an earlier slot: it may be the newer one", async () => {
    const { rpc, answer } = endpoint();
    const accounts = new Accounts(rpc, PROGRAM);
    const [first, second] = [accounts.look([ADDRESS]), accounts.look([ADDRESS])];
    answer(0, OLD, 10);
    await first;
    answer(1, NEW, 9);
    await second;
    expect(accounts.markOf(ADDRESS), "nothing is concluded").to.equal(undefined);
    expect(accounts.isThere(ADDRESS)).to.equal(true);
    const whole = accounts.whole([ADDRESS]);
    answer(2, NEW, 11);
    expect(fillOf((await whole)[0])).to.equal(4);
    expect(accounts.markOf(ADDRESS)).to.be.a("string");
  });

  it("are not turned back by an endpoint that answers a later question with an earlier slot", async () => {
    const { rpc, answer } = endpoint();
    const accounts = new Accounts(rpc, PROGRAM);
    const first = accounts.look([ADDRESS]);
    answer(0, NEW, 10);
    await first;
    const mark = accounts.markOf(ADDRESS);
    for (const at = Date.now(); Date.now() <= at;); // a question of another millisecond
    const second = accounts.look([ADDRESS]);
    answer(1, OLD, 9);
    await second;
    expect(accounts.markOf(ADDRESS)).to.equal(mark);
  });

  it("are turned back once they are older than an endpoint may be behind, for what it goes on to show is not to be left unread for good", async () => {
    const { rpc, answer } = endpoint();
    const accounts = new Accounts(rpc, PROGRAM);
    const look = async (which: number, account: AccountInfo, slot: number): Promise<string | undefined> => {
      const looked = accounts.look([ADDRESS]);
      answer(which, account, slot);
      await looked;
      return accounts.markOf(ADDRESS);
    };
    const atMs = clock();
    Date.now = () => atMs;
    const mark = await look(0, NEW, 10);
    Date.now = () => atMs + 29_999;
    expect(await look(1, OLD, 9)).to.equal(mark);
    Date.now = () => atMs + 30_000;
    expect(await look(2, OLD, 9)).to.be.a("string").and.not.equal(mark);
  });

  it("are read whole once more after five minutes, though they seem to stand as they were: no byte that arrived wrong stays for good", async () => {
    const { rpc, answer, asks } = endpoint();
    const accounts = new Accounts(rpc, PROGRAM);
    const wrong = { ...NEW, data: NEW.data.map((byte, i) => (i === 400 ? byte ^ 1 : byte)) };
    let asked = 0;
    const whole = async (account: AccountInfo): Promise<number | undefined> => {
      const looked = accounts.look([ADDRESS]);
      answer(asked++, NEW, 10);
      await looked;
      const read = accounts.whole([ADDRESS]);
      if (asks() > asked) answer(asked++, account, 10);
      return (await read)[0]?.data[400];
    };
    const atMs = clock();
    Date.now = () => atMs;
    expect(await whole(wrong)).to.equal(5);
    Date.now = () => atMs + 299_999;
    expect(await whole(NEW), "held").to.equal(5);
    Date.now = () => atMs + 300_000;
    expect(await whole(NEW), "read again").to.equal(4);
  });
});
