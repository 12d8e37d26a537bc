/** Both leave: the inboxes' rent and the delegates' balances return to the wallets. */
import { isPosternError } from "@postern/sdk";
import type { Findings, WalletAccount } from "./claims.js";
import { heading, number, sol } from "./print.js";
import type { Person, Stage } from "./stage.js";
import type { Talk } from "./talk.js";

/** @param before what Alice's and Bob's wallets owned at first, lamports */
export async function everythingBack(stage: Stage, talk: Talk, before: readonly bigint[]): Promise<Pick<Findings, "inboxes" | "delegates" | "wallets">> {
  heading("5. Everything back");
  const { observer } = stage;
  const people = [stage.alice, stage.bob];
  const delegateOf = async ({ wallet }: Person): Promise<string> => (await observer.delegateOf(wallet.address)) ?? "";
  const rentPaid = (await observer.inboxes()).reduce((sum, { lamports }) => sum + lamports, 0n);

  await observer.watch("Alice closes: too early", async () => {
    const early: unknown = await talk.toBob.close().then(() => undefined, (error: unknown) => error);
    if (!isPosternError(early, "CLOSE_TOO_EARLY")) throw new Error("Alice could close though Bob has not acknowledged everything.", { cause: early });
    console.log(`  Alice closes. Not yet, she is told: Bob has not acknowledged ${String(early.context["unreadByPeer"])} frames.`);
  });
  let rentReturned = 0n;
  for (const [name, chat] of [["Bob", talk.toAlice], ["Alice", talk.toBob]] as const) {
    await observer.watch(name === "Bob" ? "Bob acknowledges and closes" : "Alice closes", async () => {
      const { reclaimedLamports } = await chat.close();
      rentReturned += reclaimedLamports;
      console.log(`  ${name} closes: ${number(reclaimedLamports)} lamports of rent go to ${name}'s wallet.`);
    });
  }
  await observer.watch("both withdraw", () => Promise.all([talk.alice.withdraw(), talk.bob.withdraw()]));

  const left = (await observer.inboxes()).length;
  const delegates = await Promise.all(people.map(async (person) => stage.balance(await delegateOf(person))));
  console.log(`  Both withdraw: the delegates own ${delegates.map(number).join(" and ")} lamports, and ${left} inboxes are left.`);
  const { rentLamports: rentLeft } = (await talk.alice.estimate()).register;
  const wallets = await Promise.all(people.map(async (person, i): Promise<WalletAccount> => ({
    name: person.name, before: before[i] ?? 0n, after: await stage.balance(person.wallet.address), rentLeft,
    fees: observer.feesPaidBy(person.wallet.address) + observer.feesPaidBy(await delegateOf(person)),
  })));
  for (const { name, before: had, after, fees } of wallets) {
    console.log(`  ${name} had ${sol(had)} and has ${sol(after)}: ${number(fees)} lamports of fees, and ${number(rentLeft)} of rent in profile and keys.`);
  }
  return { inboxes: { left, rentPaid, rentReturned }, delegates, wallets };
}
