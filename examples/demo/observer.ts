/** Someone with full RPC access, who sees every account of the program and every transaction, and has no keys. */
import { addressBytes, decodeInbox, decodeProfile, INBOX_DISCRIMINATOR, isOnCurve, KEY_BUNDLE_DISCRIMINATOR, PROFILE_DISCRIMINATOR, type Inbox } from "@postern/sdk/program";
import { PublicKey, type Connection, type VersionedTransactionResponse } from "@solana/web3.js";

export type Seen<T> = { readonly address: string; readonly bytes: number; readonly lamports: bigint; readonly account: T };
export type Step = {
  readonly name: string;
  readonly transactions: number;
  readonly prompts: number;
  readonly fees: bigint;
  /** Rent that went into the program's accounts; negative when it came out. */
  readonly rent: bigint;
  readonly computeUnits: number;
};

export class Observer {
  readonly #connection: Connection;
  readonly #program: string;
  readonly #wallets: readonly string[];
  readonly #prompts: () => number;
  readonly #known = new Map<string, VersionedTransactionResponse>();
  readonly steps: Step[] = [];

  constructor(connection: Connection, program: string, wallets: readonly string[], prompts: () => number) {
    this.#connection = connection;
    this.#program = program;
    this.#wallets = wallets;
    this.#prompts = prompts;
  }

  /** Runs a step of the demo and works out from its transactions what it cost. */
  async watch<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#prompts();
    const result = await work();
    const prompts = this.#prompts() - before;
    const fresh = await this.#newTransactions();
    const sum = (value: (transaction: VersionedTransactionResponse) => bigint): bigint => fresh.map(value).reduce((a, b) => a + b, 0n);
    this.steps.push({
      name, prompts, transactions: fresh.length,
      fees: sum(({ meta }) => BigInt(meta?.fee ?? 0)), rent: sum(rentOf), computeUnits: Number(sum(({ meta }) => BigInt(meta?.computeUnitsConsumed ?? 0))),
    });
    return result;
  }

  /** Lamports that an account has paid in fees so far. */
  feesPaidBy(address: string): bigint {
    const paid = [...this.#known.values()].filter(({ transaction }) => transaction.message.staticAccountKeys[0]?.toBase58() === address);
    return paid.reduce((total, { meta }) => total + BigInt(meta?.fee ?? 0), 0n);
  }

  /** The delegates of the wallets that are watched, and whose they are: profiles are public. */
  async delegates(): Promise<Map<string, string>> {
    const profiles = (await this.#accounts(PROFILE_DISCRIMINATOR, decodeProfile)).map(({ account }) => account);
    return new Map(profiles.filter(({ wallet }) => this.#wallets.includes(wallet)).map(({ delegate, wallet }) => [delegate, wallet]));
  }

  async delegateOf(wallet: string): Promise<string | undefined> {
    return [...(await this.delegates())].find(([, owner]) => owner === wallet)?.[0];
  }

  /** Resolves once an inbox is as wanted. @throws when none is within ten seconds */
  async until(wanted: (inbox: Seen<Inbox>) => boolean): Promise<void> {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      if ((await this.inboxes()).some(wanted)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("The ledger does not show what was waited for.");
  }

  /** Every account of the program, by kind. */
  async accounts(): Promise<{ readonly kind: string; readonly address: string; readonly bytes: number; readonly lamports: bigint }[]> {
    const kinds = [["profile", PROFILE_DISCRIMINATOR], ["key bundle", KEY_BUNDLE_DISCRIMINATOR], ["inbox", INBOX_DISCRIMINATOR]] as const;
    const found = await this.#connection.getProgramAccounts(new PublicKey(this.#program));
    return found
      .map(({ pubkey, account: { data, lamports } }) => ({
        kind: kinds.find(([, mark]) => Buffer.from(mark).equals(data.subarray(0, 8)))?.[0] ?? "unknown",
        address: pubkey.toBase58(), bytes: data.length, lamports: BigInt(lamports),
      }))
      .sort((a, b) => a.bytes - b.bytes);
  }

  inboxes(): Promise<Seen<Inbox>[]> {
    return this.#accounts(INBOX_DISCRIMINATOR, decodeInbox);
  }

  /** Every byte of the program's accounts and of the transactions so far, their logs and inner instructions included. */
  async everything(): Promise<{ readonly accounts: number; readonly transactions: number; readonly haystacks: readonly Buffer[] }> {
    await this.#newTransactions();
    const accounts = await this.#connection.getProgramAccounts(new PublicKey(this.#program));
    const transactions = [...this.#known.values()];
    return {
      accounts: accounts.length,
      transactions: transactions.length,
      haystacks: [
        ...accounts.map(({ account }) => account.data),
        ...transactions.map(({ transaction }) => Buffer.from(transaction.message.serialize())),
        ...transactions.map(({ meta }) => Buffer.from(JSON.stringify([meta?.logMessages, meta?.innerInstructions]))),
      ],
    };
  }

  async #accounts<T>(discriminator: Uint8Array, decode: (account: { owner: string; lamports: bigint; data: Uint8Array }, program: string) => T): Promise<Seen<T>[]> {
    const found = await this.#connection.getProgramAccounts(new PublicKey(this.#program));
    return found
      .filter(({ account }) => Buffer.from(discriminator).equals(account.data.subarray(0, 8)))
      .map(({ pubkey, account: { owner, lamports, data } }) => ({
        address: pubkey.toBase58(), bytes: data.length, lamports: BigInt(lamports),
        account: decode({ owner: owner.toBase58(), lamports: BigInt(lamports), data }, this.#program),
      }));
  }

  async #newTransactions(): Promise<VersionedTransactionResponse[]> {
    const fresh: VersionedTransactionResponse[] = [];
    for (const address of [...this.#wallets, ...(await this.delegates()).keys()]) {
      for (const { signature } of await this.#connection.getSignaturesForAddress(new PublicKey(address), {}, "confirmed")) {
        if (this.#known.has(signature)) continue;
        const transaction = await this.#connection.getTransaction(signature, { commitment: "confirmed", maxSupportedTransactionVersion: 1 });
        if (transaction === null) throw new Error(`The network lists the transaction ${signature} and does not show it.`);
        this.#known.set(signature, transaction);
        fresh.push(transaction);
      }
    }
    return fresh;
  }
}

/** What the program's accounts gained: their addresses are off the curve, those of wallets and delegates are on it. */
function rentOf({ transaction, meta }: VersionedTransactionResponse): bigint {
  return transaction.message.staticAccountKeys.reduce((total, key, i) => {
    const gained = BigInt(meta?.postBalances[i] ?? 0) - BigInt(meta?.preBalances[i] ?? 0);
    return isOnCurve(addressBytes(key.toBase58())) ? total : total + gained;
  }, 0n);
}

/** How often any `window` bytes in a row of a text stand in the haystacks. */
export function occurrences(haystacks: readonly Buffer[], text: Uint8Array, window: number): number {
  const needles = Array.from({ length: text.length - window + 1 }, (_, i) => Buffer.from(text.subarray(i, i + window)));
  return haystacks.reduce((total, haystack) => total + needles.filter((needle) => haystack.includes(needle)).length, 0);
}
