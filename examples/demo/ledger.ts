/** What the ledger shows to anyone, and what an outsider can do with it. */
import { addressBytes } from "@postern/sdk/program";
import type { Findings, Line } from "./claims.js";
import { occurrences } from "./observer.js";
import { keysOf, tryToRead } from "./outsider.js";
import { heading, number, table } from "./print.js";
import type { Stage } from "./stage.js";

/** So many bytes in a row of a text count as a trace of it. */
const TRACE_BYTES = 6;

export async function whatTheLedgerShows({ observer, nameOf, alice }: Stage, written: readonly Line[]): Promise<Findings["searched"]> {
  heading("2. What the ledger shows of it");
  const delegates = await observer.delegates();
  for (const [delegate, wallet] of delegates) console.log(`  Wallet ${wallet} (${nameOf(wallet)}) is registered, and acts by its delegate ${delegate}.`);
  console.log("  The program's accounts, with their rent here in lamports:");
  table((await observer.accounts()).map(({ kind, address, bytes, lamports }) => [`  ${kind}`, address, `${number(bytes)} bytes`, number(lamports)]));
  const owner = (delegate: string): string => `${nameOf(delegates.get(delegate) ?? delegate)}'s delegate`;
  for (const { address, account } of await observer.inboxes()) {
    console.log(`  Inbox ${address}: written by ${owner(account.writer)}, read by ${owner(account.reader)}.`);
    table(account.frames.map(({ seq, time, payload }) => [
      `  frame ${seq}`, new Date(time * 1_000).toISOString(), `${payload.length} bytes`, `${Buffer.from(payload.subarray(0, 24)).toString("hex")}…`,
    ]));
  }
  const { accounts, transactions, haystacks } = await observer.everything();
  const texts = written.map(({ text }) => new TextEncoder().encode(text));
  const searched = {
    bytes: haystacks.reduce((total, { length }) => total + length, 0),
    plaintextHits: texts.reduce((hits, text) => hits + occurrences(haystacks, text, TRACE_BYTES), 0),
    addressHits: occurrences(haystacks, addressBytes(alice.wallet.address), 32),
  };
  console.log("  So anyone sees which wallets talk (this is direct mode), when, and each message's size bucket. What they say is not there:");
  console.log(`  of all texts, six bytes in a row stand ${searched.plaintextHits} times in the ${number(searched.bytes)} bytes of ${accounts} accounts and ${transactions} transactions`);
  console.log(`  (Alice's address, which is public, stands in ${searched.addressHits} places).`);
  return searched;
}

export async function anOutsiderTries(stage: Stage): Promise<Findings["outsider"]> {
  heading("4. An outsider with full access to the RPC");
  const { net, ledger, observer, alice, bob, mallory } = stage;
  const session = await stage.connect(mallory);
  await session.register();
  const history = await (await session.conversation(alice.wallet.address)).history();
  const listed = (await session.conversations()).length + (await session.requests()).length + history.length;
  await session.close();
  const inboxes = await observer.inboxes();
  const hers = tryToRead(inboxes, await keysOf(ledger, net.programId, mallory.wallet));
  const bobs = tryToRead(inboxes, await keysOf(ledger, net.programId, bob.wallet));
  console.log(`  Mallory registers a wallet of her own, reads every inbox, and tries her keys and everything public on it in ${number(hers.attempts)} ways.`);
  console.log(`  She opens ${hers.texts.length} messages. The same attempts with Bob's keys open ${bobs.texts.length}: it is the keys that she lacks.`);
  return { attempts: hers.attempts, opened: hers.texts.length, openedByBob: bobs.texts.length, listed };
}
