/** What the demo claims, as a function of what it saw: a claim that does not hold is a sentence in the result. */

/** A line of a conversation: who wrote it, and what. */
export type Line = { readonly from: string; readonly text: string };

export type WalletAccount = { readonly name: string; readonly before: bigint; readonly after: bigint; readonly fees: bigint; readonly rentLeft: bigint };

/** Everything that was seen. Amounts are lamports. */
export type Findings = {
  /** What was written, and what each side and the restored device read. */
  readonly written: readonly Line[];
  readonly readByAlice: readonly Line[];
  readonly readByBob: readonly Line[];
  readonly restored: readonly Line[];
  /** As Alice and as Bob see it. */
  readonly safetyNumbers: readonly string[];
  readonly prompts: { readonly registration: readonly number[]; readonly messages: number; readonly restore: number };
  readonly searched: {
    readonly bytes: number;
    /** Places where six bytes in a row of any message stand. */
    readonly plaintextHits: number;
    /** Places where Alice's address stands, which is public: shows that the search finds what is there. */
    readonly addressHits: number;
  };
  /** Frames and boxes on the ledger that the outsider's keys opened, and that Bob's keys opened by the same attempts. */
  readonly outsider: { readonly attempts: number; readonly opened: number; readonly openedByBob: number; readonly listed: number };
  readonly steps: readonly { readonly name: string; readonly transactions: number; readonly fees: bigint; readonly computeUnits: number }[];
  readonly inboxes: { readonly left: number; readonly rentPaid: bigint; readonly rentReturned: bigint };
  readonly delegates: readonly bigint[];
  readonly wallets: readonly WalletAccount[];
};

const SAME = (a: readonly Line[], b: readonly Line[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The order between the two directions is not defined; the order within each is. */
const byWriter = (lines: readonly Line[]): Line[] => [...lines].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));

/** Sentences for the claims that do not hold; none when all do. */
export function brokenClaims(findings: Findings): string[] {
  const { written, prompts, searched, outsider, inboxes } = findings;
  const messages = written.length;
  const claims: readonly (readonly [boolean, string])[] = [
    [new Set(written.map(({ from }) => from)).size === 2, "both wallets write"],
    [SAME(byWriter(findings.readByAlice), byWriter(written)), "Alice reads every message, once and unaltered"],
    [SAME(byWriter(findings.readByBob), byWriter(written)), "Bob reads every message, once and unaltered"],
    [SAME(byWriter(findings.restored), byWriter(written)), "a fresh device reads every message from the wallet alone"],
    [findings.safetyNumbers.length === 2 && /^\d{60}$/.test(findings.safetyNumbers[0] ?? "") && new Set(findings.safetyNumbers).size === 1, "both see one safety number"],
    [prompts.registration.length === 2 && prompts.registration.every((count) => count <= 4), "registering asks at most four times"],
    [prompts.messages === 0, "no message asks the wallet for anything"],
    [prompts.restore === 1, "restoring asks once"],
    [searched.bytes > 0 && searched.addressHits > 0, "the search looks at the ledger, and finds what is there"],
    [searched.plaintextHits === 0, "nothing of the text is on the ledger"],
    [outsider.attempts > 0 && outsider.opened === 0 && outsider.listed === 0, "an outsider opens nothing"],
    [outsider.openedByBob > messages / 2, "the same attempts with Bob's keys succeed"],
    [findings.steps.every(({ transactions, fees, computeUnits }) => transactions === 0 || (fees > 0n && computeUnits > 0)), "every step's cost is measured"],
    [inboxes.left === 0, "no inbox is left"],
    [inboxes.rentPaid > 0n && inboxes.rentReturned === inboxes.rentPaid, "all rent of the inboxes is back"],
    [findings.delegates.length === 2 && findings.delegates.every((balance) => balance === 0n), "the delegates own nothing"],
    ...findings.wallets.map(({ name, before, after, fees, rentLeft }) =>
      [before - after === fees + rentLeft, `${name}'s wallet has paid the fees and the rent of its registration, and nothing else`] as const),
  ];
  return claims.filter(([holds]) => !holds).map(([, claim]) => claim);
}
